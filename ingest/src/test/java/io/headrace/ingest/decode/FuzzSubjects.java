package io.headrace.ingest.decode;

import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.text.TextSplit;
import io.headrace.schemas.Image;
import io.headrace.schemas.Sample;
import io.headrace.schemas.Schemas;
import io.headrace.schemas.SparseIds;
import io.headrace.schemas.SparseNames;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;
import java.util.stream.Stream;
import javax.imageio.ImageIO;
import org.apache.avro.Schema;

/** Every decoder, in every framing, with sound records to damage. */
final class FuzzSubjects {
  private static final LabelMapping CLASSES =
      new LabelMapping("y", new LabelSpec.Classes(List.of("no", "yes")));
  private static final LabelMapping LABEL =
      new LabelMapping("label", new LabelSpec.Classes(List.of("no", "yes")));

  /** The names of those whose records are lines of text. */
  static final Set<String> LINES = Set.of("csv", "jsonl", "vw", "libsvm", "libffm", "text-lines");

  private FuzzSubjects() {}

  /**
   * One decoder.
   *
   * @param sound records that it accepts
   * @param words that mean something to it
   * @param bytesPerByte of memory that it may allocate for each of a record's
   */
  record Subject(
      String name,
      Supplier<SampleDecoder> decoder,
      SampleMapping mapping,
      List<byte[]> sound,
      List<String> words,
      int bytesPerByte) {

    static Subject of(
        String name, DecoderSpec spec, SampleMapping mapping, List<byte[]> sound, String... words) {
      return new Subject(
          name, () -> Decoders.create(spec, mapping), mapping, sound, List.of(words), 200);
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Subject> all() {
    return Stream.of(
        avro("bare", flights()),
        avro("single-object", flights().stream().map(FuzzSubjects::singleObject).toList()),
        avro("confluent", flights().stream().map(f -> Flights.confluent(7, f)).toList()),
        resolved(),
        canonical(),
        sparse(),
        csv(),
        json(),
        vw(),
        libsvm(),
        libffm(),
        text("text-lines", '\t'),
        text("text-folder", '\n'),
        windows(),
        growing(),
        cifar(),
        idx(),
        images());
  }

  static List<byte[]> flights() {
    return List.of(
        Flights.flight("JFK", 100, "MO", 50, true),
        Flights.flight("", -1, "TU", -0.5, false),
        Flights.flight("Zürich".repeat(20), Integer.MAX_VALUE, "MO", 1e30, true));
  }

  private static byte[] singleObject(byte[] flight) {
    return Flights.singleObject(Flights.SCHEMA, flight);
  }

  private static Subject avro(String framing, List<byte[]> sound) {
    return Subject.of(
        "avro " + framing,
        DecoderSpec.avro(framing, Optional.of(Flights.SCHEMA)),
        Flights.MAPPING,
        sound);
  }

  /** Two versions of a producer's schema, read with the newer one. */
  private static Subject resolved() {
    Schema old = EvolvedTrips.OLD;
    Schema reader = EvolvedTrips.NEW;
    SampleMapping mapping = EvolvedTrips.mapping("kind", "distance", "rain");
    WriterSchemas known = WriterSchemas.of(List.of(), Map.of(1, old, 2, reader));
    return new Subject(
        "avro confluent, resolved",
        () -> Decoders.create(DecoderSpec.avro("confluent", Optional.of(reader)), mapping, known),
        mapping,
        List.of(
            Flights.confluent(1, Flights.binary(old, EvolvedTrips.old(700, "BUS", 30))),
            Flights.confluent(2, Flights.binary(reader, EvolvedTrips.upgraded(7.5, "TRAM", 0)))),
        List.of(),
        200);
  }

  private static Subject canonical() {
    var mapping =
        new SampleMapping(
            CLASSES,
            Optional.empty(),
            Optional.empty(),
            List.of(
                new InputMapping.DenseVector("x", "x", 3),
                new InputMapping.Image("i", "i", List.of(2, 2, 1)),
                new InputMapping.SparseFields("s", List.of(), 18),
                new InputMapping.Tokens(
                    "t", "t", TextSplit.WORDS, List.of("good", "bad"), 0, 4, false)));
    ByteBuffer floats = ByteBuffer.allocate(12);
    var image = new Image(2, 2, 1, ByteBuffer.wrap(new byte[] {1, 2, 3, 4}));
    return Subject.of(
        "avro canonical samples",
        DecoderSpec.avro("single-object", Optional.empty()),
        mapping,
        List.of(
            sample(1, Map.of("x", floats, "i", image, "s", ids(), "t", "good")),
            sample("no", Map.of("x", List.of(1f, 2f, 3f), "i", image, "s", names(), "t", "bad")),
            sample(0.0, Map.of("more", "x", "x", floats, "i", image, "s", ids(), "t", "good bad")),
            sample(1, Map.of("x", floats, "i", image, "s", packed(), "t", "good"))));
  }

  private static SparseIds ids() {
    return new SparseIds(List.of(1, 70_000, -3), List.of(1f, 0.5f, 2f), List.of());
  }

  private static ByteBuffer packed() {
    return RejectionsTest.packed(new int[] {1, 70_000, -3}, 1, 0.5f, 2);
  }

  /** Samples that are read in one go: see {@link ConvertedSamples}. */
  private static Subject sparse() {
    var mapping =
        new SampleMapping(
            CLASSES,
            Optional.empty(),
            Optional.empty(),
            List.of(
                new InputMapping.SparseFields("s", List.of(), 18),
                new InputMapping.SparseFields("p", List.of(), 24)));
    return Subject.of(
        "avro canonical samples, sparse",
        DecoderSpec.avro("single-object", Optional.empty()),
        mapping,
        List.of(
            sample("no", Map.of("s", ids(), "p", packed())),
            sample(1, Map.of("p", packed())),
            sample(0.0, Map.of("s", ids()))));
  }

  private static SparseNames names() {
    return new SparseNames(List.of("a", "b"), List.of());
  }

  private static byte[] sample(Object label, Map<String, Object> inputs) {
    return Schemas.message(Sample.newBuilder().setLabel(label).setInputs(inputs).build());
  }

  private static SampleMapping fields() {
    return new SampleMapping(
        CLASSES,
        Optional.of("w"),
        Optional.of("t"),
        List.of(
            new InputMapping.DenseFields("d", List.of("a")),
            new InputMapping.SparseFields(
                "s",
                List.of("b", "c"),
                18,
                List.of("c"),
                Map.of("b", 10.0),
                List.of(List.of("b", "c")))));
  }

  private static Subject csv() {
    return Subject.of(
        "csv",
        DecoderSpec.csv(List.of("y", "a", "b", "c", "w", "t"), ','),
        fields(),
        texts(
            "yes,1,2,x,1,2026-01-31T12:00:00Z",
            "\"no\",-1.5e3,,\"a \"\"b\"\", c\",0.5,17",
            "1,0,,,,"),
        "\"",
        "\"\"",
        ",",
        "\n",
        "\r\n",
        "1e999",
        "-",
        "NaN",
        "2026-13-45T99:00:00Z",
        "\ufeff");
  }

  private static Subject json() {
    var mapping =
        new SampleMapping(
            CLASSES,
            Optional.of("w"),
            Optional.of("at.t"),
            List.of(
                new InputMapping.DenseVector("x", "v", 3),
                new InputMapping.SparseFields("s", List.of("b", "at.c"), 18)));
    return Subject.of(
        "jsonl",
        DecoderSpec.jsonLines(),
        mapping,
        texts(
            "{\"y\": \"yes\", \"v\": [1, [2.5], 3e-3], \"b\": 4, \"at\": {\"c\": \"x\\u00e9\", \"t\": 17}}",
            "{\"w\": 0.5, \"more\": [{\"a\": null}, true], \"v\": [1, 2, 3], \"y\": 1}",
            "{\"y\": false, \"v\": [0, 0, 0], \"at\": {\"t\": \"2026-01-31\", \"u\": {}}, \"b\": null}"),
        "{",
        "}",
        "[",
        "]",
        "[[[[[[[[",
        "\"",
        "\\",
        "\\u",
        "\\ud800",
        ":",
        ",",
        "null",
        "1e999",
        "-",
        "{\"at\":",
        "{\"v\":[",
        "9".repeat(400));
  }

  private static Subject vw() {
    var crossed =
        new InputMapping.SparseFields(
            "c", List.of("a", "b"), 18, List.of(), Map.of(), List.of(List.of("a", "b")));
    return Subject.of(
        "vw",
        DecoderSpec.fixed("vw"),
        new SampleMapping(
            LABEL,
            Optional.empty(),
            Optional.empty(),
            List.of(new InputMapping.SparseFields("all", List.of(), 18), crossed)),
        texts(
            "yes 2.5 'tag|a:0.5 x:1 city:Rome |b y :2 17",
            "1 |a u v w |b x:-1e3 y:0 z",
            "no | plain features:1"),
        "|",
        "|a",
        ":",
        "'",
        " ",
        "\t",
        "1e999",
        "nan",
        "9".repeat(400));
  }

  private static Subject libsvm() {
    return Subject.of(
        "libsvm",
        DecoderSpec.fixed("libsvm"),
        new SampleMapping(
            LABEL,
            Optional.empty(),
            Optional.empty(),
            List.of(new InputMapping.SparseFields("all", List.of(), 18))),
        texts("yes 1:0.5 20:-1e3 2147483647:1", "no qid:7 3:1\t5:0 # 4:1", "1"),
        ":",
        "#",
        " ",
        "\t",
        "-",
        "1e999",
        "nan",
        "9".repeat(400));
  }

  private static Subject libffm() {
    var declared =
        new SampleMapping(
            LABEL,
            Optional.empty(),
            Optional.empty(),
            List.of(new InputMapping.SparseFields("all", List.of("user", "ad", "site"), 18)));
    return Subject.of(
        "libffm",
        DecoderSpec.fixed("libsvm"),
        declared.withFieldsOf(Set.of("all")),
        texts("yes 0:1:0.5 2:20:-1e3 1:2147483647:1", "no qid:7 1:3:1\t0:5:0 # 4:1:1", "1"),
        ":",
        "::",
        "3:1:1",
        "#",
        " ",
        "-",
        "1e999",
        "9".repeat(400));
  }

  private static Subject text(String format, char separator) {
    return Subject.of(
        format,
        DecoderSpec.fixed(format),
        new SampleMapping(
            LABEL,
            Optional.empty(),
            Optional.empty(),
            List.of(
                new InputMapping.Tokens(
                    "text", "text", TextSplit.WORDS, List.of("good", "bad"), 0, 4, true))),
        texts("yes" + separator + "A good film, it's", "no" + separator + "bad\n\nбред 17"),
        "\t",
        "\n",
        "yes",
        " ",
        "'");
  }

  private static Subject windows() {
    return Subject.of(
        "text-window",
        DecoderSpec.fixed("text-window"),
        new SampleMapping(
            new LabelMapping("label", new LabelSpec.Classes(List.of("a", "b", "ж"))),
            Optional.empty(),
            Optional.empty(),
            List.of(
                new InputMapping.Tokens(
                    "text", "text", TextSplit.CHARACTERS, List.of("a", "b", "ж"), 0, 8, false))),
        texts("abжabж", "bbbbbbbba"));
  }

  private static Subject growing() {
    SampleMapping declared =
        new SampleMapping(
            LABEL,
            Optional.empty(),
            Optional.empty(),
            List.of(
                new InputMapping.Tokens(
                    "text",
                    "text",
                    TextSplit.WORDS,
                    List.of(),
                    0,
                    4,
                    false,
                    Optional.of(new Growth(50)))));
    return Subject.of(
        "text-lines, growing vocabulary",
        DecoderSpec.fixed("text-lines"),
        GrowingVocabularies.of(declared).learning(),
        texts("yes\tA good film", "no\tbad"),
        "\t",
        "new",
        " ");
  }

  private static Subject cifar() {
    byte[] record = new byte[3073];
    new Random(1).nextBytes(record);
    record[0] = 1;
    return Subject.of(
        "cifar10", DecoderSpec.fixed("cifar10"), image("image", 32, 3), List.of(record));
  }

  private static Subject idx() {
    return Subject.of(
        "idx",
        DecoderSpec.fixed("idx"),
        image("image", 4, 1),
        List.of(new byte[17], Arrays.copyOf(new byte[] {1, 127, -1}, 17)));
  }

  private static SampleMapping image(String name, int side, int channels) {
    return new SampleMapping(
        LABEL,
        Optional.empty(),
        Optional.empty(),
        List.of(new InputMapping.Image(name, name, List.of(side, side, channels))));
  }

  /** A few bytes may say that they are a large picture. */
  private static Subject images() {
    SampleMapping mapping = image("image", 4, 3);
    return new Subject(
        "image-folder",
        () -> Decoders.create(DecoderSpec.fixed("image-folder"), mapping),
        mapping,
        pictures(),
        List.of(
            "\u0089PNG", "IHDR", "IDAT", "IEND", "\u00ff\u00d8", "\u00ff\u00c4", "GIF89a", "BM"),
        70_000);
  }

  /** Pictures of class yes, in every format that is read. */
  static List<byte[]> pictures() {
    return List.of(
        picture("png", BufferedImage.TYPE_INT_RGB),
        picture("png", BufferedImage.TYPE_BYTE_BINARY),
        picture("jpg", BufferedImage.TYPE_INT_RGB),
        picture("gif", BufferedImage.TYPE_BYTE_INDEXED),
        picture("bmp", BufferedImage.TYPE_INT_RGB));
  }

  private static byte[] picture(String format, int type) {
    var image = new BufferedImage(9, 7, type);
    image.setRGB(3, 3, 0x00ff80);
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes("yes\n".getBytes(StandardCharsets.US_ASCII));
    try {
      if (!ImageIO.write(image, format, bytes)) {
        throw new IllegalStateException("no writer of " + format);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  private static List<byte[]> texts(String... texts) {
    return Arrays.stream(texts).map(text -> text.getBytes(StandardCharsets.UTF_8)).toList();
  }
}
