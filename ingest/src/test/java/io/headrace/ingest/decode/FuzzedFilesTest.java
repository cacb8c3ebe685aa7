package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import com.github.luben.zstd.ZstdOutputStream;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.file.FileFormat;
import io.headrace.ingest.file.FileLimits;
import io.headrace.ingest.file.FileSampleSource;
import io.headrace.ingest.file.ParquetFiles;
import io.headrace.ingest.text.TextSplit;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericDatumWriter;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.slf4j.LoggerFactory;

/**
 * Damaged files of every format: reading ends, accounts for every position, and comes to the same
 * wherever it is taken up again. Long runs as in {@link FuzzedDecodersTest}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedFilesTest {
  private static final LabelMapping LABEL =
      new LabelMapping("label", new LabelSpec.Classes(List.of("no", "yes")));
  private static final FileLimits LIMITS = new FileLimits(16, 4096);

  private static final int FILES_OF_A_FOLDER = 40;

  /** For a file and each of its chunks; codecs take some, whatever there is to unpack. */
  private static final long MEMORY = 64 << 20;

  @TempDir Path folder;

  private final Random random = new Random(FuzzSettings.SEED);

  /**
   * One format.
   *
   * @param refused whether a file may be refused as a whole, with a message that says why
   */
  record Subject(
      String name,
      FileFormat format,
      DecoderSpec spec,
      SampleMapping mapping,
      List<byte[]> sound,
      boolean refused) {
    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Subject> everyFormat() {
    var lines = DecoderSpec.jsonLines();
    var csv = new FileFormat.Csv(',', true);
    return Stream.concat(
        Stream.concat(
            Stream.of("null", "deflate", "snappy", "zstandard", "bzip2", "xz")
                .map(FuzzedFilesTest::avro),
            Stream.of("none-1", "snappy-2", "zstd-1", "b").map(FuzzedFilesTest::parquet)),
        Stream.of(
            file("csv", csv, DecoderSpec.csv(List.of(), ','), numbers(), csvText("y,a,b\n")),
            file(
                "csv without a header",
                new FileFormat.Csv(',', false),
                DecoderSpec.csv(List.of("y", "a", "b"), ','),
                numbers(),
                csvText("")),
            file("jsonl", new FileFormat.Lines(), lines, numbers(), jsonText()),
            file(
                "vw",
                new FileFormat.Lines(),
                DecoderSpec.fixed("vw"),
                features(),
                "1 0.5 'tag|a:2 x y:3.5 |b z\r\n0 |a b\n\n1|\n".repeat(20)),
            file(
                "libsvm",
                new FileFormat.Lines(),
                DecoderSpec.fixed("libsvm"),
                features(),
                "1 1:0.5 20:-1e3 # both\r\n0 qid:7 3:1\n-1\n".repeat(20)),
            file(
                "libffm",
                new FileFormat.Lines(),
                DecoderSpec.fixed("libsvm"),
                fieldsOfFeatures(),
                "1 0:1:0.5 1:20:-1e3 # both\r\n0 qid:7 1:3:1\n-1\n".repeat(20)),
            packed("gzip", GZIPOutputStream::new),
            packed("zstd", ZstdOutputStream::new),
            file(
                "text-lines",
                new FileFormat.Lines(),
                DecoderSpec.fixed("text-lines"),
                words(),
                "yes\tA good film\nno\tbad, бред\n".repeat(30)),
            file(
                "text-window",
                new FileFormat.Windows(5, 3),
                DecoderSpec.fixed("text-window"),
                characters(),
                "abжabжbba".repeat(40)),
            binary(
                "cifar10",
                new FileFormat.Fixed(3073),
                image(32, 3),
                ByteBuffer.allocate(20 * 3073).array()),
            idx()));
  }

  private static Subject file(
      String name, FileFormat format, DecoderSpec spec, SampleMapping mapping, String text) {
    return new Subject(
        name, format, spec, mapping, List.of(text.getBytes(StandardCharsets.UTF_8)), false);
  }

  private static Subject binary(
      String name, FileFormat format, SampleMapping mapping, byte[] sound) {
    boolean refused = name.equals("idx");
    return new Subject(name, format, DecoderSpec.fixed(name), mapping, List.of(sound), refused);
  }

  /** A way to pack bytes on their way to a file. */
  private interface Packing {
    OutputStream around(OutputStream out) throws IOException;
  }

  private static Subject packed(String name, Packing packing) {
    var bytes = new ByteArrayOutputStream();
    try (OutputStream out = packing.around(bytes)) {
      out.write(jsonText().getBytes(StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Subject(
        "jsonl, " + name,
        new FileFormat.Lines(),
        DecoderSpec.jsonLines(),
        numbers(),
        List.of(bytes.toByteArray()),
        true);
  }

  private static SampleMapping mapping(LabelMapping label, InputMapping input) {
    return new SampleMapping(label, Optional.empty(), Optional.empty(), List.of(input));
  }

  private static SampleMapping numbers() {
    return mapping(
        new LabelMapping("y", new LabelSpec.Numeric()),
        new InputMapping.DenseFields("d", List.of("a", "b")));
  }

  private static SampleMapping features() {
    return mapping(
        new LabelMapping("label", new LabelSpec.Numeric()),
        new InputMapping.SparseFields("s", List.of(), 18));
  }

  private static SampleMapping fieldsOfFeatures() {
    return mapping(
            new LabelMapping("label", new LabelSpec.Numeric()),
            new InputMapping.SparseFields("s", List.of("user", "ad"), 18))
        .withFieldsOf(Set.of("s"));
  }

  private static SampleMapping words() {
    return mapping(
        LABEL,
        new InputMapping.Tokens(
            "text", "text", TextSplit.WORDS, List.of("good", "bad"), 0, 4, true));
  }

  private static SampleMapping characters() {
    List<String> known = List.of("a", "b", "ж");
    return mapping(
        new LabelMapping("label", new LabelSpec.Classes(known)),
        new InputMapping.Tokens("text", "text", TextSplit.CHARACTERS, known, 0, 8, false));
  }

  private static SampleMapping image(int side, int channels) {
    return mapping(LABEL, new InputMapping.Image("image", "image", List.of(side, side, channels)));
  }

  private static String csvText(String header) {
    var text = new StringBuilder(header);
    for (int i = 0; i < 60; i++) {
      text.append(i).append(",\"").append(i * 0.5).append("\",-1\r\n");
    }
    return text.toString();
  }

  private static String jsonText() {
    var text = new StringBuilder();
    for (int i = 0; i < 60; i++) {
      text.append("{\"y\": ").append(i).append(", \"a\": 1e3, \"b\": [2]}\n".replace("[2]", "2"));
    }
    return text.toString();
  }

  private static Subject idx() {
    ByteBuffer file = ByteBuffer.allocate(16 + 60 * 16);
    file.putInt(0x0803).putInt(60).putInt(4).putInt(4);
    return binary(
        "idx", new FileFormat.Idx(Optional.empty()), image(4, 1).withoutLabel(), file.array());
  }

  private static Subject avro(String codec) {
    var bytes = new ByteArrayOutputStream();
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<>())) {
      writer.setCodec(CodecFactory.fromString(codec));
      writer.create(Flights.SCHEMA, bytes, new byte[16]);
      for (int i = 0; i < 60; i++) {
        byte[] flight = Flights.flight("JFK", i, i % 2 == 0 ? "MO" : "TU", i * 0.5, i % 3 == 0);
        writer.appendEncoded(ByteBuffer.wrap(flight));
        if (i % 7 == 0) {
          writer.sync();
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Subject(
        "avro container, " + codec,
        new FileFormat.Avro(),
        DecoderSpec.avro("container", Optional.empty()),
        Flights.MAPPING,
        List.of(bytes.toByteArray()),
        false);
  }

  private static Subject parquet(String name) {
    try {
      return new Subject(
          "parquet, " + name,
          new FileFormat.Parquet(),
          DecoderSpec.fixed("parquet"),
          mapping(
              new LabelMapping("id", new LabelSpec.Numeric()),
              new InputMapping.SparseFields("s", List.of("note"), 18)),
          List.of(ParquetFiles.bytes(name + ".parquet")),
          false);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** One warning for each damaged file would be many. */
  @BeforeAll
  static void keepQuiet() {
    level(Level.ERROR);
  }

  @AfterAll
  static void warnAgain() {
    level(null);
  }

  private static void level(@Nullable Level level) {
    ((Logger) LoggerFactory.getLogger(FileSampleSource.class)).setLevel(level);
  }

  @ParameterizedTest
  @MethodSource("everyFormat")
  void whateverIsDamagedEveryPositionIsAccountedFor(Subject subject) throws IOException {
    var mutator = new Mutator(random, subject.sound(), List.of(",", "\n", "\""));
    var log = new FuzzLog(subject.name() + " files", 200);
    SampleDecoder decoder = Decoders.create(subject.spec(), subject.mapping());
    var source = new FileSampleSource(folder, "f", subject.format(), LIMITS);
    long records = 0;
    int refused = 0;
    for (int file = 0; records < FuzzSettings.RECORDS; file++) {
      Files.write(folder.resolve("f"), mutator.next());
      int read = readAndResume(source, decoder, subject, log, file);
      records += 1 + Math.max(0, read);
      refused += read < 0 ? 1 : 0;
    }
    System.out.printf("%d files refused as a whole; ", refused);
    log.finish();
  }

  /** Images with a file of labels, either or both of them damaged, as MNIST comes. */
  @Test
  void everyDamagedPairOfImagesAndLabelsIsAccountedFor() throws IOException {
    int count = 60;
    byte[] pixels = new byte[count * 16];
    random.nextBytes(pixels);
    ByteBuffer images = ByteBuffer.allocate(16 + pixels.length);
    images.putInt(0x0803).putInt(count).putInt(4).putInt(4).put(pixels);
    ByteBuffer labels = ByteBuffer.allocate(8 + count).putInt(0x0801).putInt(count);
    while (labels.hasRemaining()) {
      labels.put((byte) (labels.position() % 2));
    }
    var subject =
        new Subject(
            "idx with labels",
            new FileFormat.Idx(Optional.of("labels")),
            DecoderSpec.fixed("idx"),
            image(4, 1),
            List.of(images.array()),
            true);
    var ofImages = new Mutator(random, subject.sound(), List.of());
    var ofLabels = new Mutator(random, List.of(labels.array()), List.of());
    var log = new FuzzLog(subject.name() + " files", 200);
    SampleDecoder decoder = Decoders.create(subject.spec(), subject.mapping());
    var source = new FileSampleSource(folder, "f", subject.format(), LIMITS);
    long records = 0;
    int refused = 0;
    int damagedLabels = 0;
    for (int file = 0; records < FuzzSettings.RECORDS; file++) {
      boolean spoilLabels = random.nextInt(3) > 0;
      boolean spoilImages = !spoilLabels || random.nextInt(3) == 0;
      Files.write(folder.resolve("f"), spoilImages ? ofImages.next() : images.array());
      Files.write(folder.resolve("labels"), spoilLabels ? ofLabels.next() : labels.array());
      int read = readAndResume(source, decoder, subject, log, file);
      records += 1 + Math.max(0, read);
      refused += read < 0 ? 1 : 0;
      damagedLabels += spoilLabels && read > 0 ? 1 : 0;
    }
    System.out.printf("%d pairs refused as a whole; ", refused);
    assertThat(refused).isPositive();
    assertThat(damagedLabels).isPositive();
    log.finish();
  }

  /** Reads what there is, and again from somewhere on: records read, -1 where it was refused. */
  private int readAndResume(
      FileSampleSource source, SampleDecoder decoder, Subject subject, FuzzLog log, int file) {
    int read = -1;
    try {
      List<Long> positions = read(source, Positions.START, decoder, subject, log);
      resume(source, positions, decoder, subject, log, file);
      read = positions.size();
    } catch (HeadraceException e) {
      assertThat(subject.refused())
          .as("%s, seed %s, file %s: %s", subject, FuzzSettings.SEED, file, e)
          .isTrue();
      assertThat(e).hasMessageContaining(folder.toString());
    } catch (RuntimeException e) {
      throw new AssertionError(
          "%s, seed %d, file %d threw %s".formatted(subject, FuzzSettings.SEED, file, e), e);
    }
    assertThat(source.chunksOutstanding()).isZero();
    return read;
  }

  static Stream<Subject> everyFolderFormat() {
    List<byte[]> pictures =
        FuzzSubjects.pictures().stream()
            .map(record -> Arrays.copyOfRange(record, "yes\n".length(), record.length))
            .toList();
    byte[] text = "A good film, it's not bad: бред".getBytes(StandardCharsets.UTF_8);
    return Stream.of(
        folder("image-folder", image(4, 3), pictures),
        folder("text-folder", words(), List.of(text, new byte[0])));
  }

  private static Subject folder(String format, SampleMapping mapping, List<byte[]> sound) {
    DecoderSpec spec = DecoderSpec.fixed(format);
    return new Subject(format, new FileFormat.Folder(), spec, mapping, sound, false);
  }

  @ParameterizedTest
  @MethodSource("everyFolderFormat")
  void everyDamagedFileOfAFolderIsAccountedFor(Subject subject) throws IOException {
    var mutator = new Mutator(random, subject.sound(), List.of("\n", "yes", "\u0089PNG"));
    var log = new FuzzLog(subject.name() + "s", 70_000);
    SampleDecoder decoder = Decoders.create(subject.spec(), subject.mapping());
    var source = new FileSampleSource(folder, "f", subject.format(), LIMITS);
    for (String name : List.of("yes", "no", "perhaps")) {
      Files.createDirectories(folder.resolve("f").resolve(name));
    }
    for (int records = 0; records < FuzzSettings.RECORDS; records += FILES_OF_A_FOLDER) {
      for (int i = 0; i < FILES_OF_A_FOLDER; i++) {
        byte[] bytes = random.nextInt(50) == 0 ? new byte[5000] : mutator.next();
        String name = i % 10 == 0 ? "perhaps" : i % 2 == 0 ? "yes" : "no";
        Files.write(folder.resolve("f").resolve(name).resolve("file " + i), bytes);
      }
      List<Long> positions = read(source, Positions.START, decoder, subject, log);
      assertThat(positions).as(subject.name()).hasSize(FILES_OF_A_FOLDER);
      resume(source, positions, decoder, subject, log, records);
      assertThat(source.chunksOutstanding()).isZero();
    }
    log.finish();
  }

  /** Taking up at any position that a chunk ended at leads to what came behind it. */
  private void resume(
      FileSampleSource source,
      List<Long> positions,
      SampleDecoder decoder,
      Subject subject,
      FuzzLog log,
      int file) {
    if (positions.isEmpty()) {
      return;
    }
    int at = random.nextInt(positions.size());
    var partition = new SourcePartition("f", 0);
    var from = Positions.of(Map.of(partition, positions.get(at)));
    assertThat(read(source, from, decoder, subject, log))
        .as(
            "%s, seed %s, file %s from position %s",
            subject, FuzzSettings.SEED, file, positions.get(at))
        .isEqualTo(positions.subList(at, positions.size()));
  }

  /** The position of each record, however it fared. */
  private static List<Long> read(
      FileSampleSource source,
      Positions from,
      SampleDecoder decoder,
      Subject subject,
      FuzzLog log) {
    var positions = new ArrayList<Long>();
    long next = -1;
    long before = FuzzLog.allocatedBytes();
    int chunks = 1;
    for (RecordChunk chunk : source.chunks(from).toIterable(1)) {
      if (next >= 0) {
        assertThat(chunk.firstPosition() + chunk.skipped()).as("%s", subject).isEqualTo(next);
      }
      log.decode(decoder, subject.mapping(), chunk);
      for (int i = chunk.skipped(); i < chunk.count(); i++) {
        positions.add(chunk.position(i));
      }
      next = chunk.nextPosition();
      chunk.release();
      chunks++;
    }
    assertThat(FuzzLog.allocatedBytes() - before).as("%s", subject).isLessThan(MEMORY * chunks);
    return positions;
  }
}
