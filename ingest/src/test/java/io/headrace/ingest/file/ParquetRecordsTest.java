package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.hardwood.InputFile;
import dev.hardwood.metadata.RowGroup;
import dev.hardwood.reader.ParquetFileReader;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.RecordChunk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.avro.util.Utf8;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ParquetRecordsTest {
  private static final FileFormat FORMAT = new FileFormat.Parquet();
  private static final Instant START = Instant.parse("2001-01-01T13:05:00Z");

  @TempDir Path folder;

  @Test
  void givesEveryTypeWithItsNulls() throws IOException {
    List<GenericRecord> rows = records("types.parquet");
    assertThat(rows).hasSize(40);
    Map<String, IntFunction<Object>> columns = columns();
    for (int i = 0; i < rows.size(); i++) {
      for (var column : columns.entrySet()) {
        Object expected = i % 5 == 4 ? null : column.getValue().apply(i);
        assertThat(plain(rows.get(i).get(column.getKey())))
            .as("%s of row %s", column.getKey(), i)
            .isEqualTo(expected);
      }
      assertThat(rows.get(i).get("required")).isEqualTo((long) i);
    }
    assertThat(rows.getFirst().getSchema().getFields())
        .as("nested columns are left out")
        .hasSize(columns.size() + 1);
  }

  private static Map<String, IntFunction<Object>> columns() {
    var columns = new LinkedHashMap<String, IntFunction<Object>>();
    columns.put("flag", i -> i % 2 == 0);
    columns.put("tiny", i -> i - 20);
    columns.put("unsigned", i -> 4_294_967_295L - i);
    columns.put("long", i -> (i - 20) * 1_000_000_000_000_000L);
    columns.put("unsigned long", i -> unscaled(9, -1L - i, 0));
    columns.put("half", i -> i / 4f);
    columns.put("float", i -> i / 8f);
    columns.put("double", i -> i / 3.0);
    columns.put("text", i -> "Zürich " + i % 3);
    columns.put("bytes", i -> List.of((byte) i, (byte) (255 - i)));
    columns.put("fixed", i -> List.of((byte) i, (byte) i, (byte) i));
    columns.put("category", i -> "abc".substring(i % 3, i % 3 + 1));
    columns.put("small decimal", i -> unscaled(4, (i - 20) * 25L, i < 20 ? -1 : 0));
    columns.put("decimal", i -> unscaled(8, (i - 20) * 10_000_000_000L * 125, i < 20 ? -1 : 0));
    columns.put("large decimal", i -> large(i));
    columns.put("day", i -> (int) LocalDate.of(2001, 1, 1).plusDays(i).toEpochDay());
    columns.put("millis", i -> START.plusSeconds(60L * i).toEpochMilli());
    columns.put("micros", i -> START.plusSeconds(60L * i).toEpochMilli() * 1_000);
    columns.put("nanos", i -> START.plusSeconds(60L * i).toEpochMilli() * 1_000_000);
    columns.put("id", i -> new UUID(0, i).toString());
    return columns;
  }

  /** So many bytes of two's complement, those in front of the last eight being {@code sign}. */
  private static List<Byte> unscaled(int bytes, long value, int sign) {
    List<Byte> all = new ArrayList<>();
    for (int i = bytes - 1; i >= 0; i--) {
      all.add((byte) (i >= Long.BYTES ? sign : value >> (8 * i)));
    }
    return all;
  }

  private static List<Byte> large(int i) {
    var value = BigInteger.TEN.pow(20).multiply(BigInteger.valueOf((i - 20) * 625L));
    byte[] shortest = value.toByteArray();
    List<Byte> all = new ArrayList<>();
    for (int k = shortest.length; k < 16; k++) {
      all.add((byte) (i < 20 ? -1 : 0));
    }
    for (byte b : shortest) {
      all.add(b);
    }
    return all;
  }

  /** As it can be compared. */
  private static @Nullable Object plain(@Nullable Object value) {
    if (value instanceof Utf8 text) {
      return text.toString();
    }
    if (value instanceof ByteBuffer buffer) {
      List<Byte> bytes = new ArrayList<>();
      while (buffer.hasRemaining()) {
        bytes.add(buffer.get());
      }
      return bytes;
    }
    return value;
  }

  @Test
  void takesTimesOfTwelveBytesAsMicroseconds() throws IOException {
    List<GenericRecord> rows = records("int96.parquet");
    assertThat(rows).hasSize(40);
    assertThat(rows.get(4).get("time")).isNull();
    assertThat(rows.get(39 - 1).get("time"))
        .isEqualTo(START.plusSeconds(60L * 38).toEpochMilli() * 1_000);
    assertThat(rows.getFirst().getSchema().getField("time").schema().getTypes().get(1))
        .extracting(schema -> schema.getLogicalType().getName())
        .isEqualTo("timestamp-micros");
  }

  @ParameterizedTest
  @ValueSource(strings = {"none", "snappy", "gzip", "zstd", "lz4"})
  void readsEveryCodecInBothKindsOfPages(String codec) throws IOException {
    for (String pages : List.of("1", "2")) {
      String name = codec + "-" + pages + ".parquet";
      ParquetFiles.copy(name, folder);
      assertThat(reading(FileLimits.DEFAULT).of(name)).as(name).isEqualTo(rows(0, 60));
    }
  }

  @Test
  void saysWhichLibraryACodecNeeds() throws IOException {
    ParquetFiles.copy("brotli-1.parquet", folder);
    List<String> seen = reading(FileLimits.DEFAULT).of("brotli-1.parquet");
    assertThat(seen).hasSize(3);
    assertThat(seen.getFirst())
        .startsWith("0 malformed: brotli-1.parquet: row group 0, which begins at byte 4 and has 25")
        .containsIgnoringCase("brotli");
  }

  @Test
  void goesOnAtAnyRow() throws IOException {
    ParquetFiles.copy("snappy-1.parquet", folder);
    for (int from = 0; from <= 60; from++) {
      assertThat(reading(new FileLimits(7, 1 << 20)).of("snappy-1.parquet", from))
          .as("from %s", from)
          .isEqualTo(rows(from, 60));
    }
  }

  @Test
  void refusesAFileThatHasFewerRowsThanTheCheckpointSaw() throws IOException {
    ParquetFiles.copy("snappy-1.parquet", folder);
    assertThat(catchThrowable(() -> reading(FileLimits.DEFAULT).of("snappy-1.parquet", 61)))
        .hasMessageContaining("has 60 records, but the checkpoint goes on at record 61");
  }

  @Test
  void givesADamagedRowGroupAsOneFaultThatSettlesItsRows() throws IOException {
    byte[] bytes = ParquetFiles.bytes("snappy-1.parquet");
    int begin = secondGroup(ParquetFiles.copy("snappy-1.parquet", folder));
    Arrays.fill(bytes, begin, begin + 12, (byte) 0xff);
    Files.write(folder.resolve("f"), bytes);
    List<String> seen = reading(FileLimits.DEFAULT).of("f");
    assertThat(seen).hasSize(25 + 1 + 10);
    assertThat(seen.subList(0, 25)).isEqualTo(rows(0, 25));
    assertThat(seen.get(25))
        .startsWith("25 malformed: f: row group 1, which begins at byte ")
        .contains("and has 25 rows from 25 on, cannot be read: ");
    assertThat(seen.subList(26, 36)).isEqualTo(rows(50, 60));
    assertThat(reading(FileLimits.DEFAULT).of("f", 50)).isEqualTo(rows(50, 60));
    assertThat(reading(FileLimits.DEFAULT).of("f", 30).getFirst()).startsWith("30 malformed: f");
  }

  @Test
  void rejectsARowGroupWhosePagesHaveAnotherChecksum() throws IOException {
    byte[] bytes = ParquetFiles.bytes("b.parquet");
    int at = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("note of 77");
    assertThat(at).isPositive();
    bytes[at]++;
    Files.write(folder.resolve("f"), bytes);
    assertThat(reading(FileLimits.DEFAULT).of("f"))
        .singleElement()
        .asString()
        .contains("row group 0")
        .containsIgnoringCase("crc");
  }

  private static int secondGroup(Path file) throws IOException {
    try (var reader = ParquetFileReader.open(InputFile.of(file))) {
      List<RowGroup> groups = reader.getFileMetaData().rowGroups();
      return (int) groups.get(1).columns().getFirst().chunkStartOffset();
    }
  }

  @Test
  void givesAFileThatIsCutOffAsOneFault() throws IOException {
    byte[] bytes = ParquetFiles.bytes("snappy-1.parquet");
    Files.write(folder.resolve("f"), Arrays.copyOf(bytes, bytes.length - 1));
    assertThat(reading(FileLimits.DEFAULT).of("f"))
        .singleElement()
        .asString()
        .startsWith("0 malformed: f is empty or no Parquet file: ");
    Files.write(folder.resolve("f"), new byte[0]);
    assertThat(reading(FileLimits.DEFAULT).of("f")).hasSize(1);
  }

  @Test
  void readsFilesThatArePackedAsAWholeAndRejectsThoseThatAreCutOff() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var out = new GZIPOutputStream(packed)) {
      out.write(ParquetFiles.bytes("snappy-1.parquet"));
    }
    Files.write(folder.resolve("f"), packed.toByteArray());
    assertThat(reading(FileLimits.DEFAULT).of("f")).isEqualTo(rows(0, 60));
    assertThat(reading(FileLimits.DEFAULT).of("f", 41)).isEqualTo(rows(41, 60));
    Files.write(folder.resolve("f"), Arrays.copyOf(packed.toByteArray(), packed.size() - 20));
    assertThat(reading(FileLimits.DEFAULT).of("f"))
        .singleElement()
        .asString()
        .startsWith("0 malformed: f is empty or no Parquet file: ");
  }

  @Test
  void rejectsRowsThatAreTooLarge() throws IOException {
    ParquetFiles.copy("snappy-1.parquet", folder);
    List<String> seen = reading(new FileLimits(1024, 40)).of("snappy-1.parquet");
    assertThat(seen).hasSize(60);
    for (int i = 0; i < seen.size(); i++) {
      String row = rows(i, i + 1).getFirst();
      assertThat(seen.get(i))
          .isIn(
              row,
              i
                  + " too-large: snappy-1.parquet: row "
                  + i
                  + " is larger than max-record-bytes, 40");
    }
    assertThat(seen).anyMatch(line -> line.contains("too-large")).contains(rows(0, 1).getFirst());
  }

  private FileReading reading(FileLimits limits) {
    return new FileReading(folder, FORMAT, limits);
  }

  private static List<String> rows(int from, int to) {
    return IntStream.range(from, to).mapToObj(i -> i + " " + i + "=" + AvroFiles.note(i)).toList();
  }

  private List<GenericRecord> records(String name) throws IOException {
    ParquetFiles.copy(name, folder);
    List<GenericRecord> records = new ArrayList<>();
    var source = new FileSampleSource(folder, name, FORMAT, FileLimits.DEFAULT);
    for (RecordChunk chunk : source.chunks(Positions.START).toIterable()) {
      var reader = new GenericDatumReader<GenericRecord>(chunk.writerSchema());
      var in = DecoderFactory.get().binaryDecoder(chunk.bytes(), 0, chunk.filled(), null);
      for (int i = 0; i < chunk.count(); i++) {
        records.add(reader.read(null, in));
      }
      assertThat(in.isEnd()).isTrue();
      chunk.release();
    }
    return records;
  }
}
