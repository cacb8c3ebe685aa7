package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.file.FileFormat;
import io.headrace.ingest.file.FileLimits;
import io.headrace.ingest.file.FileSampleSource;
import io.headrace.ingest.file.ParquetFiles;
import io.headrace.ingest.order.ShuffledSource;
import io.headrace.ingest.text.TextSplit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever a record is rejected for, the rejection says where in its file it begins, packed or not,
 * shuffled or not: there the file has the record's bytes.
 */
class PlacedRejectionsTest {
  private static final LabelMapping LABEL =
      new LabelMapping("label", new LabelSpec.Classes(List.of("no", "yes")));
  private static final byte[] SYNC = new byte[16];

  @TempDir Path folder;

  /** A rejected record: its number, the byte that it is said to begin at, its own bytes. */
  private record Rejected(
      long position,
      String reason,
      @Nullable Long fileByte,
      @Nullable String file,
      ByteBuffer bytes) {}

  /**
   * A file with sound records and others.
   *
   * @param rejected what is expected, in order: a record's number and the reason
   */
  record Subject(
      String name,
      FileFormat format,
      DecoderSpec spec,
      SampleMapping mapping,
      ByteBuffer content,
      List<String> rejected) {
    @Override
    public String toString() {
      return name;
    }
  }

  /** Formats whose records stand in the file as they are given to the decoder. */
  static Stream<Subject> everyPlainFormat() {
    var csv = new FileFormat.Csv(',', true);
    return Stream.of(
        lines(
            "csv",
            csv,
            DecoderSpec.csv(List.of(), ','),
            fields(),
            "\ufefflabel,a,b,t\nno,1,2,\n\nperhaps,1,2,\n\"yes\",NaN,2,\r\nyes,1,,\nno,1e39,2,\nno,\"1\n\",2,\nyes,1,2,noon\nyes,1\n",
            "1 label-out-of-range",
            "2 not-a-number",
            "3 missing-field",
            "4 not-a-number",
            "5 not-a-number",
            "6 not-a-number",
            "7 malformed"),
        lines(
            "tsv",
            new FileFormat.Csv('\t', false),
            DecoderSpec.csv(List.of("label", "a", "b", "t"), '\t'),
            fields(),
            "maybe\t1\t2\t\nno\t1\t2\t\nno\tx\t2\t",
            "0 label-out-of-range",
            "2 not-a-number"),
        lines(
            "jsonl",
            new FileFormat.Lines(),
            DecoderSpec.jsonLines(),
            fields(),
            "{\"label\":\"no\",\"a\":1,\"b\":2}\n{\"label\":7,\"a\":1,\"b\":2}\r\n\n{\"label\":\"yes\",\"a\":\"бред\",\"b\":2}\n{\"label\":\"yes\",\"a\":1}\n{\"b\":[1]}\nnot json",
            "1 label-out-of-range",
            "2 not-a-number",
            "3 missing-field",
            "4 wrong-schema",
            "5 malformed"),
        lines(
            "libsvm",
            new FileFormat.Lines(),
            DecoderSpec.fixed("libsvm"),
            features(),
            "yes 1:2\nperhaps 1:2\n\n1 3:1e99\nno 4:1\nno 5:x\n",
            "1 label-out-of-range",
            "2 not-a-number",
            "4 not-a-number"),
        lines(
            "libffm",
            new FileFormat.Lines(),
            DecoderSpec.fixed("libsvm"),
            features("user", "ad").withFieldsOf(Set.of("s")),
            "yes 0:1:2\n9 0:1:2\nno 7:1:2\n",
            "1 label-out-of-range",
            "2 malformed"),
        lines(
            "vw",
            new FileFormat.Lines(),
            DecoderSpec.fixed("vw"),
            features(),
            "yes |a b:2\nperhaps |a b:2\nno -2 |a b\n\n|a c\nno |a d:1e99\n",
            "1 label-out-of-range",
            "2 not-a-number",
            "3 missing-field",
            "4 not-a-number"),
        lines(
            "text-lines",
            new FileFormat.Lines(),
            DecoderSpec.fixed("text-lines"),
            words(),
            "yes\tgood\nperhaps\tgood\nno\t\nno label\n",
            "1 label-out-of-range",
            "2 empty-text",
            "3 malformed"),
        lines(
            "text-window",
            new FileFormat.Windows(3, 2),
            DecoderSpec.fixed("text-window"),
            characters(),
            "abжabzabжaba",
            "1 label-out-of-range"),
        new Subject(
            "cifar10",
            new FileFormat.Fixed(3073),
            DecoderSpec.fixed("cifar10"),
            image(32, 3),
            ByteBuffer.wrap(images()),
            List.of("1 label-out-of-range", "3 malformed")));
  }

  private static byte[] images() {
    byte[] images = new byte[3 * 3073 + 100];
    for (int i = 0; i < images.length; i++) {
      images[i] = (byte) (i / 3073 * 40 + i % 7);
    }
    images[0] = 1;
    images[3073] = 9;
    images[2 * 3073] = 0;
    return images;
  }

  private static Subject lines(
      String name,
      FileFormat format,
      DecoderSpec spec,
      SampleMapping mapping,
      String text,
      String... rejected) {
    ByteBuffer content = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    return new Subject(name, format, spec, mapping, content, List.of(rejected));
  }

  private static SampleMapping mapping(InputMapping input) {
    return new SampleMapping(LABEL, Optional.empty(), Optional.empty(), List.of(input));
  }

  private static SampleMapping fields() {
    return new SampleMapping(
        LABEL,
        Optional.empty(),
        Optional.of("t"),
        List.of(new InputMapping.DenseFields("d", List.of("a", "b"))));
  }

  private static SampleMapping features(String... names) {
    return mapping(new InputMapping.SparseFields("s", List.of(names), 18));
  }

  private static SampleMapping words() {
    return mapping(
        new InputMapping.Tokens("text", "text", TextSplit.WORDS, List.of("good"), 0, 4, true));
  }

  private static SampleMapping characters() {
    List<String> known = List.of("a", "b", "ж");
    return new SampleMapping(
        new LabelMapping("label", new LabelSpec.Classes(known)),
        Optional.empty(),
        Optional.empty(),
        List.of(new InputMapping.Tokens("text", "text", TextSplit.CHARACTERS, known, 0, 8, false)));
  }

  private static SampleMapping image(int side, int channels) {
    return mapping(new InputMapping.Image("image", "image", List.of(side, side, channels)));
  }

  @ParameterizedTest
  @MethodSource("everyPlainFormat")
  void theFileHasTheRecordWhereTheRejectionSays(Subject subject) throws IOException {
    byte[] content = subject.content().array();
    Files.write(folder.resolve("plain"), content);
    pack(content, new GZIPOutputStream(Files.newOutputStream(folder.resolve("gzip"))));
    pack(content, new ZstdOutputStream(Files.newOutputStream(folder.resolve("zstd"))));
    for (String file : List.of("plain", "gzip", "zstd")) {
      var source = new FileSampleSource(folder, file, subject.format(), FileLimits.DEFAULT);
      List<Rejected> rejected = rejected(source, subject.spec(), subject.mapping());
      assertThat(rejected)
          .as("%s, %s", subject, file)
          .extracting(one -> one.position() + " " + one.reason())
          .containsExactlyElementsOf(subject.rejected());
      assertRecordsStandThere(rejected, content);
      List<Rejected> shuffled =
          rejected(new ShuffledSource(source, "all", 100, 1, 0), subject.spec(), subject.mapping());
      assertRecordsStandThere(shuffled, content);
      assertThat(places(shuffled)).isEqualTo(places(rejected));
    }
  }

  private static void pack(byte[] content, OutputStream packing) throws IOException {
    try (packing) {
      packing.write(content);
    }
  }

  private static void assertRecordsStandThere(List<Rejected> rejected, byte[] content) {
    assertThat(rejected).isNotEmpty();
    for (Rejected one : rejected) {
      int at = Math.toIntExact(place(one));
      assertThat(one.bytes().remaining()).isPositive();
      assertThat(ByteBuffer.wrap(content, at, one.bytes().remaining()))
          .as("%s at byte %d", one.reason(), at)
          .isEqualTo(one.bytes());
    }
  }

  private static long place(Rejected one) {
    assertThat(one.fileByte()).isNotNull();
    return one.fileByte() == null ? -1 : one.fileByte();
  }

  private static List<Long> places(List<Rejected> rejected) {
    return rejected.stream().map(PlacedRejectionsTest::place).sorted().toList();
  }

  private static List<Rejected> rejected(
      SampleSource source, DecoderSpec spec, SampleMapping mapping) {
    SampleDecoder decoder = Decoders.create(spec, mapping);
    List<Rejected> all = new ArrayList<>();
    for (RecordChunk chunk : source.chunks(Positions.START).toIterable(1)) {
      var block = new SampleBlock(mapping.schema(), Math.max(1, chunk.count()));
      block.start(chunk.partition(), chunk.firstPosition());
      decoder.decode(
          chunk,
          block,
          (from, record, reason, detail) -> {
            boolean own = record >= 0;
            int i = own ? record : -1 - record;
            byte[] bytes =
                own ? Arrays.copyOfRange(from.bytes(), from.start(i), from.end(i)) : new byte[0];
            all.add(
                new Rejected(
                    from.position(i),
                    reason.code(),
                    from.fileByte(i),
                    from.file(i),
                    ByteBuffer.wrap(bytes)));
          });
      chunk.release();
    }
    return all;
  }

  @Test
  void aRecordOfAContainerHasThePlaceOfItsBlock() throws IOException {
    for (String codec : List.of("null", "deflate", "zstandard")) {
      byte[] container = container(codec);
      Files.write(folder.resolve("flights"), container);
      var source =
          new FileSampleSource(folder, "flights", new FileFormat.Avro(), FileLimits.DEFAULT);
      DecoderSpec spec = DecoderSpec.avro("container", Optional.empty());
      List<Rejected> rejected = rejected(source, spec, Flights.MAPPING);
      assertThat(rejected)
          .as(codec)
          .extracting(one -> one.position() + " " + one.reason())
          .containsExactly("1 not-a-number", "3 not-a-number", "4 not-a-number");
      for (Rejected one : rejected) {
        int at = Math.toIntExact(place(one));
        assertThat(Arrays.copyOfRange(container, at - SYNC.length, at)).isEqualTo(SYNC);
        assertThat(container[at])
            .as("2 records in the block, as Avro writes it")
            .isEqualTo((byte) 4);
      }
      assertThat(rejected).extracting(Rejected::fileByte).doesNotHaveDuplicates().isSorted();
      var shuffled = new ShuffledSource(source, "all", 100, 1, 0);
      assertThat(places(rejected(shuffled, spec, Flights.MAPPING))).isEqualTo(places(rejected));
    }
  }

  /** Blocks of two flights each, of which every other one or so has a distance that is none. */
  private static byte[] container(String codec) throws IOException {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
      writer.setCodec(CodecFactory.fromString(codec));
      writer.create(Flights.SCHEMA, bytes, SYNC);
      for (int i = 0; i < 6; i++) {
        double seats = i == 1 || i == 3 || i == 4 ? Double.NaN : 100;
        writer.appendEncoded(ByteBuffer.wrap(Flights.flight("JFK", i, "MO", seats, true)));
        if (i % 2 == 1) {
          writer.sync();
        }
      }
    }
    return bytes.toByteArray();
  }

  @Test
  void aRowOfParquetHasThePlaceOfItsRowGroup() throws IOException {
    Files.write(folder.resolve("rows"), ParquetFiles.bytes("none-1.parquet"));
    var source = new FileSampleSource(folder, "rows", new FileFormat.Parquet(), FileLimits.DEFAULT);
    var mapping =
        new SampleMapping(
            new LabelMapping("id", new LabelSpec.Classes(List.of("0", "30", "59"))),
            Optional.empty(),
            Optional.empty(),
            List.of(new InputMapping.SparseFields("s", List.of("note"), 18)));
    List<Rejected> rejected = rejected(source, DecoderSpec.fixed("parquet"), mapping);
    assertThat(rejected).hasSize(57).allMatch(one -> one.reason().equals("label-out-of-range"));
    List<Long> begins = rejected.stream().map(PlacedRejectionsTest::place).distinct().toList();
    assertThat(begins).hasSize(3).isSorted().startsWith((long) "PAR1".length());
    for (Rejected one : rejected) {
      assertThat(one.fileByte()).isEqualTo(begins.get((int) one.position() / 25));
    }
  }

  @Test
  void anImageOfIdxHasThePlaceInTheFileOfImages() throws IOException {
    ByteBuffer images =
        ByteBuffer.allocate(16 + 3 * 16).putInt(0x0803).putInt(3).putInt(4).putInt(4);
    while (images.hasRemaining()) {
      images.put((byte) images.position());
    }
    Files.write(folder.resolve("images"), images.array());
    Files.write(
        folder.resolve("labels"),
        ByteBuffer.allocate(11).putInt(0x0801).putInt(3).put(new byte[] {1, 5, 0}).array());
    var format = new FileFormat.Idx(Optional.of("labels"));
    var source = new FileSampleSource(folder, "images", format, FileLimits.DEFAULT);
    List<Rejected> rejected = rejected(source, DecoderSpec.fixed("idx"), image(4, 1));
    assertThat(rejected)
        .extracting(one -> one.position() + " " + one.reason())
        .containsExactly("1 label-out-of-range");
    byte[] pixels = Arrays.copyOfRange(rejected.getFirst().bytes().array(), 1, 17);
    int at = Math.toIntExact(place(rejected.getFirst()));
    assertThat(Arrays.copyOfRange(images.array(), at, at + 16)).isEqualTo(pixels);
  }

  @Test
  void aFileOfAFolderIsNamed() throws IOException {
    for (String name : List.of("yes/1.txt", "perhaps/2.txt", "no/3.txt", "no/4.txt")) {
      Path file = folder.resolve("f").resolve(name);
      Files.createDirectories(file.resolveSibling("."));
      Files.writeString(file, name.endsWith("4.txt") ? "" : "good " + name);
    }
    var source = new FileSampleSource(folder, "f", new FileFormat.Folder(), FileLimits.DEFAULT);
    DecoderSpec spec = DecoderSpec.fixed("text-folder");
    for (SampleSource each : List.of(source, new ShuffledSource(source, "all", 100, 1, 0))) {
      List<Rejected> rejected = new ArrayList<>(rejected(each, spec, words()));
      rejected.sort(Comparator.comparing(Rejected::reason));
      assertThat(rejected)
          .extracting(Rejected::reason)
          .containsExactly("empty-text", "label-out-of-range");
      assertThat(rejected).extracting(Rejected::fileByte).containsOnly(0L);
      assertThat(rejected.getFirst().file()).isEqualTo(folder.resolve("f/no/4.txt").toString());
      assertThat(rejected.getLast().file()).isEqualTo(folder.resolve("f/perhaps/2.txt").toString());
    }
  }
}
