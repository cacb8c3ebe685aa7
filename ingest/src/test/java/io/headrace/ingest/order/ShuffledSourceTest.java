package io.headrace.ingest.order;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.file.FileFormat;
import io.headrace.ingest.file.FileLimits;
import io.headrace.ingest.file.FileSampleSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ShuffledSourceTest {
  private static final int RECORDS = 250;
  private static final SourcePartition PARTITION = new SourcePartition("rows", 0);

  @TempDir private Path folder;

  /** Three files, so that windows reach over their ends. */
  @BeforeEach
  void writeFiles() throws IOException {
    Path rows = Files.createDirectory(folder.resolve("rows"));
    for (int file = 0; file < 3; file++) {
      int begin = file * 100;
      int end = Math.min(RECORDS, begin + 100);
      List<String> lines = IntStream.range(begin, end).mapToObj(i -> "row " + i).toList();
      Files.write(rows.resolve(file + ".txt"), lines);
    }
  }

  @ParameterizedTest(name = "window of {0}")
  @ValueSource(ints = {1, 7, 64, 100, 249, 250, 251, 100_000})
  void givesEveryRecordOnceAndWithinItsWindow(int window) {
    List<String> records = Reading.of(shuffled(window, 1), Positions.START).records();

    assertThat(records).hasSize(RECORDS).doesNotHaveDuplicates();
    for (int i = 0; i < RECORDS; i++) {
      String record = records.get(i);
      String number = record.substring(0, record.indexOf(' '));
      assertThat(record).isEqualTo(number + " row " + number);
      assertThat(Integer.parseInt(number) / window).isEqualTo(i / window);
    }
  }

  @Test
  void mixesAllFilesInAWindowThatHoldsThem() {
    List<String> records = Reading.of(shuffled(RECORDS, 1), Positions.START).records();

    long moved =
        IntStream.range(0, RECORDS).filter(i -> !records.get(i).startsWith(i + " ")).count();
    assertThat(moved).isGreaterThan(RECORDS * 9 / 10);
    assertThat(records.subList(0, 50))
        .anyMatch(record -> record.startsWith("2") && record.length() > 10);
  }

  @Test
  void hasTheSameOrderForTheSameSeedOnly() {
    List<String> first = Reading.of(shuffled(64, 1), Positions.START).records();

    assertThat(Reading.of(shuffled(64, 1), Positions.START).records()).isEqualTo(first);
    assertThat(Reading.of(shuffled(64, 2), Positions.START).records()).isNotEqualTo(first);
  }

  @ParameterizedTest(name = "window of {0}")
  @ValueSource(ints = {1, 7, 64, 250, 1000})
  void goesOnFromEveryPositionAsIfNothingHadHappened(int window) {
    Reading whole = Reading.of(shuffled(window, 3), Positions.START);

    for (int i = 0; i < RECORDS; i++) {
      List<String> rest = Reading.of(shuffled(window, 3), whole.settled().get(i)).records();
      assertThat(rest).as("behind record %d", i).isEqualTo(whole.records().subList(i + 1, RECORDS));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void goesOnExactlyAfterAnyNumberOfCuts(long seed) {
    var random = new Random(seed);
    int window = 1 + random.nextInt(120);
    Reading whole = Reading.of(shuffled(window, seed), Positions.START);
    List<String> pieces = new ArrayList<>();
    Positions from = Positions.START;
    while (pieces.size() < RECORDS) {
      Reading rest = Reading.of(shuffled(window, seed), from);
      int cut = 1 + random.nextInt(Math.min(60, RECORDS - pieces.size()));
      pieces.addAll(rest.records().subList(0, cut));
      from = rest.settled().get(cut - 1);
    }
    assertThat(pieces).as("seed %d, window %d", seed, window).isEqualTo(whole.records());
  }

  @Test
  void givesBackEveryChunkOfTheSource() {
    FileSampleSource files = files("rows");
    var shuffled = new ShuffledSource(files, "rows", 64, 1, 0);
    Reading.of(shuffled, at(30));

    assertThat(files.chunksOutstanding()).isZero();
    assertThat(shuffled.chunksOutstanding()).isZero();
  }

  @Test
  void saysThatTheDataHasBecomeShorter() {
    assertThatThrownBy(() -> Reading.of(shuffled(64, 1), at(251)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("rows has 250 records, but the checkpoint goes on at record 251");
  }

  @Test
  void keepsRecordsOfFilesWithOtherColumnsApart() throws IOException {
    Path tables = Files.createDirectory(folder.resolve("tables"));
    Files.writeString(tables.resolve("a.csv"), "x,y\n1,2\n3,4\n5,6\n");
    Files.writeString(tables.resolve("b.csv"), "y,x\n7,8\n9,10\n");
    var csv =
        new FileSampleSource(folder, "tables", new FileFormat.Csv(',', true), FileLimits.DEFAULT);

    List<String> records =
        Reading.of(new ShuffledSource(csv, "tables", 10, 1, 0), Positions.START).records();
    assertThat(records)
        .containsExactlyInAnyOrder(
            "0 1,2 [x, y]", "1 3,4 [x, y]", "2 5,6 [x, y]", "3 7,8 [y, x]", "4 9,10 [y, x]");
  }

  @Test
  void shufflesTheRecordsWithinBlocksOfAvroContainers() throws IOException {
    Path file = avro("whole.avro");
    var source = new ShuffledSource(avroSource(file), "rows", 40, 1, 0);

    List<String> records = Reading.of(source, Positions.START).records();
    assertThat(records).hasSize(60).doesNotHaveDuplicates();
    assertThat(records).allMatch(record -> record.matches("(?s)(\\d+) .row \\1"));
    assertThat(records.subList(0, 20))
        .isNotEqualTo(records.subList(0, 20).stream().sorted().toList());
    assertThat(Reading.of(source, at(31)).records()).isEqualTo(records.subList(31, 60));
  }

  @Test
  void makesFaultsOfRecordsThatCannotBeToldApart() throws IOException {
    Path file = avro("damaged.avro");
    byte[] bytes = Files.readAllBytes(file);
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    bytes[text.indexOf("row 25") - 1] = 120; // a text that goes on behind its block
    Files.write(file, bytes);

    List<String> records =
        Reading.of(new ShuffledSource(avroSource(file), "rows", 100, 1, 0), Positions.START)
            .records();
    assertThat(records).hasSize(60);
    assertThat(records.stream().filter(record -> record.endsWith(" malformed")))
        .containsExactlyInAnyOrder(
            IntStream.range(25, 30).mapToObj(i -> i + " malformed").toArray(String[]::new));
  }

  private ShuffledSource shuffled(int window, long seed) {
    return new ShuffledSource(files("rows"), "rows", window, seed, 0);
  }

  private FileSampleSource files(String path) {
    return new FileSampleSource(folder, path, new FileFormat.Lines(), new FileLimits(17, 1 << 20));
  }

  private static Positions at(long position) {
    return Positions.of(Map.of(PARTITION, position));
  }

  private FileSampleSource avroSource(Path file) {
    return new FileSampleSource(
        folder, file.getFileName().toString(), new FileFormat.Avro(), FileLimits.DEFAULT);
  }

  /** Sixty rows in blocks of ten. */
  private Path avro(String name) throws IOException {
    var schema = SchemaBuilder.record("Row").fields().requiredString("note").endRecord();
    Path file = folder.resolve(name);
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
      writer.setCodec(CodecFactory.nullCodec());
      writer.create(schema, file.toFile());
      for (int i = 0; i < 60; i++) {
        var row = new GenericData.Record(schema);
        row.put("note", "row " + i);
        writer.append(row);
        if (i % 10 == 9) {
          writer.sync();
        }
      }
    }
    return file;
  }
}
