package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;

import com.github.luben.zstd.ZstdOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.CodecFactory;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;
import org.apache.commons.compress.compressors.bzip2.BZip2CompressorOutputStream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.tukaani.xz.LZMA2Options;
import org.tukaani.xz.XZOutputStream;

/**
 * Small files that unpack to several times the memory of the process that reads them, or say that
 * they hold that: each is a fault or an error for people, and what is sound behind it is read.
 */
@Tag("attack")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class BombsTest {
  private static final int HEAP_MIB = 64;
  private static final int SYNC_BYTES = 16;
  private static final int MIB = 1 << 20;

  private final Map<String, String> outcomes = new HashMap<>();

  /** Packs what is written to it. */
  private interface Packing {
    OutputStream to(OutputStream out) throws IOException;
  }

  @BeforeAll
  void readInASmallHeap(@TempDir Path folder) throws IOException, InterruptedException {
    containers(folder);
    texts(folder);
    for (String kind : List.of("value", "dictionary", "page", "columns")) {
      ParquetFiles.copy("bomb-" + kind + ".parquet", folder);
    }
    parquetFooters(folder);
    Files.write(folder.resolve("huge.idx"), idx(4_000_000_000L, 1 << 14, 1 << 14));
    Files.write(folder.resolve("endless.idx"), idx(0xffffffffL, 1 << 30, 1 << 30));

    Process reader =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx" + HEAP_MIB + "m",
                "-XX:MaxDirectMemorySize=" + HEAP_MIB + "m",
                "-XX:+ExitOnOutOfMemoryError",
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                ReadBombs.class.getName(),
                folder.toString())
            .redirectErrorStream(true)
            .start();
    String said = new String(reader.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(reader.waitFor()).as(said).isZero();
    for (String line :
        said.lines().filter(line -> line.matches("[\\w.-]+: \\d+ sound.*")).toList()) {
      String[] parts = line.split(": ", 2);
      outcomes.put(parts[0], parts[1]);
    }
  }

  private static void containers(Path folder) throws IOException {
    Packing deflate =
        out -> new DeflaterOutputStream(out, new Deflater(Deflater.BEST_SPEED, true), 1 << 16);
    Map<String, Packing> packings =
        Map.of(
            "deflate",
            deflate,
            "zstandard",
            ZstdOutputStream::new,
            "bzip2",
            BZip2CompressorOutputStream::new,
            "xz",
            out -> new XZOutputStream(out, new LZMA2Options(0)));
    for (var packing : packings.entrySet()) {
      var block = new ByteArrayOutputStream();
      try (OutputStream out = packing.getValue().to(block)) {
        zeros(out, packing.getKey().matches("bzip2|xz") ? HEAP_MIB / 2 : 2 * HEAP_MIB);
      }
      assertThat(block.size()).as(packing.getKey()).isLessThan(1 << 20);
      container(folder, packing.getKey() + ".avro", packing.getKey(), 3, block.toByteArray());
    }
    byte[] promise = {-1, -1, -1, -1, 7, 0, 0, 0, 0, 0, 0, 0, 0}; // of 2 GiB
    container(folder, "snappy.avro", "snappy", 3, promise);
    container(folder, "dictionary.avro", "xz", 1, withLargeDictionary());
    var empty = new ByteArrayOutputStream();
    try (OutputStream out = deflate.to(empty)) {
      zeros(out, 4);
    }
    container(folder, "empty.avro", "deflate", 2 << 20, empty.toByteArray());
    container(folder, "records.avro", "null", Integer.MAX_VALUE, new byte[100]);
    container(folder, "negative.avro", "null", Long.MIN_VALUE, new byte[100]);
  }

  private static void zeros(OutputStream out, int mebibytes) throws IOException {
    byte[] zeros = new byte[MIB];
    for (int i = 0; i < mebibytes; i++) {
      out.write(zeros);
    }
  }

  /** Fills a file with a block, and behind it one of a sound record. */
  private static void container(Path folder, String name, String codec, long records, byte[] block)
      throws IOException {
    var whole = new ByteArrayOutputStream();
    int headBytes;
    try (var writer = new DataFileWriter<>(new GenericDatumWriter<GenericRecord>())) {
      writer.setCodec(CodecFactory.fromString(codec));
      writer.create(AvroFiles.SCHEMA, whole);
      writer.flush();
      headBytes = whole.size();
      var row = new GenericData.Record(AvroFiles.SCHEMA);
      row.put("id", 7);
      row.put("note", "sound");
      writer.append(row);
    }
    byte[] bytes = whole.toByteArray();
    try (OutputStream out = Files.newOutputStream(folder.resolve(name))) {
      out.write(bytes, 0, headBytes);
      BinaryEncoder encoder = EncoderFactory.get().directBinaryEncoder(out, null);
      encoder.writeLong(records);
      encoder.writeBytes(block); // behind its length
      encoder.flush();
      out.write(bytes, headBytes - SYNC_BYTES, SYNC_BYTES);
      out.write(bytes, headBytes, bytes.length - headBytes);
    }
  }

  /** A few bytes in a block of xz whose head says that its dictionary takes 1 GiB. */
  private static byte[] withLargeDictionary() throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var out = new XZOutputStream(packed, new LZMA2Options(0))) {
      out.write(new byte[100]);
    }
    byte[] bytes = packed.toByteArray();
    int head =
        12; // of the stream; behind it that of the block: size, flags, filter, size, dictionary
    int length = 4 * (bytes[head] + 1);
    assertThat(bytes[head + 2]).as("the filter is LZMA2").isEqualTo((byte) 0x21);
    bytes[head + 4] = 36;
    var crc = new CRC32();
    crc.update(bytes, head, length - Integer.BYTES);
    ByteBuffer.wrap(bytes)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(head + length - Integer.BYTES, (int) crc.getValue());
    return bytes;
  }

  private static void texts(Path folder) throws IOException {
    byte[] letters = new byte[MIB];
    Arrays.fill(letters, (byte) 'a');
    try (var out = new ZstdOutputStream(Files.newOutputStream(folder.resolve("line.vw")))) {
      for (int i = 0; i < 4 * HEAP_MIB; i++) {
        out.write(letters);
      }
      out.write("\n1 |a b\n".getBytes(StandardCharsets.US_ASCII));
    }
    try (var out = new GZIPOutputStream(Files.newOutputStream(folder.resolve("quote.csv")))) {
      out.write('"');
      for (int i = 0; i < 2 * HEAP_MIB; i++) {
        out.write(letters);
      }
      out.write("\n1,2\n".getBytes(StandardCharsets.US_ASCII));
    }
    try (var out =
        new GZIPOutputStream(
            new ZstdOutputStream(Files.newOutputStream(folder.resolve("nested.jsonl"))))) {
      zeros(out, 2 * HEAP_MIB);
    }
  }

  /** Ends of files that say of themselves that they have very much. */
  private static void parquetFooters(Path folder) throws IOException {
    byte[] whole = ParquetFiles.bytes("none-1.parquet");
    ByteBuffer ends = ByteBuffer.wrap(whole.clone()).order(ByteOrder.LITTLE_ENDIAN);
    ends.putInt(whole.length - 8, Integer.MAX_VALUE);
    Files.write(folder.resolve("footer.parquet"), ends.array());
    byte[] list = {0x29, (byte) 0xfc, -1, -1, -1, -1, -1, -1, -1, -1, 0x7f}; // of 2^62 structures
    ByteBuffer promise = ByteBuffer.allocate(4 + list.length + 8).order(ByteOrder.LITTLE_ENDIAN);
    promise.put("PAR1".getBytes(StandardCharsets.US_ASCII)).put(list).putInt(list.length);
    promise.put("PAR1".getBytes(StandardCharsets.US_ASCII));
    Files.write(folder.resolve("list.parquet"), promise.array());
  }

  private static byte[] idx(long items, int height, int width) {
    return ByteBuffer.allocate(116)
        .putInt(0x803)
        .putInt((int) items)
        .putInt(height)
        .putInt(width)
        .array();
  }

  @Test
  void aBlockThatUnpacksToTooMuchIsOneFaultInFrontOfWhatIsSound() {
    var softly = new SoftAssertions();
    for (String codec : List.of("deflate", "zstandard", "bzip2", "xz", "snappy", "dictionary")) {
      softly
          .assertThat(outcomes.get(codec + ".avro"))
          .startsWith("1 sound, malformed: ")
          .contains("cannot be unpacked");
    }
    for (String promise : List.of("records", "negative", "empty")) {
      softly
          .assertThat(outcomes.get(promise + ".avro"))
          .startsWith("1 sound, malformed: " + promise + ".avro: the Avro block at byte ");
    }
    softly.assertAll();
  }

  @Test
  void aLineThatDoesNotEndIsOneFault() {
    assertThat(outcomes.get("line.vw")).startsWith("1 sound, too-large: line.vw: record 0 ");
    assertThat(outcomes.get("quote.csv")).startsWith("1 sound, too-large: quote.csv: record 0 ");
  }

  @Test
  void whatIsPackedTwiceIsUnpackedOnce() {
    assertThat(outcomes.get("nested.jsonl")).matches("\\d{1,3} sound");
  }

  @Test
  void pagesOfParquetThatTakeTooMuchAreOneFault() {
    assertThat(outcomes.get("bomb-value.parquet"))
        .startsWith("0 sound, malformed: ")
        .contains("column note: the page at byte 46 unpacks to 100663306 bytes, more than the ");
    assertThat(outcomes.get("bomb-page.parquet")).contains("unpacks to 100663305 bytes");
    assertThat(outcomes.get("bomb-columns.parquet"))
        .contains("a page of each column takes 167772480 bytes, unpacked");
  }

  @Test
  void aLargeValueThatPagesReferToTakesItsSizeAFewTimesAndNotOnceARow() {
    assertThat(outcomes.get("bomb-dictionary.parquet")).isEqualTo("300 sound");
  }

  @Test
  void sizesThatCannotBeAreToldToPeople() {
    for (String file : List.of("footer", "list")) {
      assertThat(outcomes.get(file + ".parquet"))
          .startsWith("0 sound, malformed: " + file + ".parquet is empty or no Parquet file: ");
    }
    assertThat(outcomes.get("huge.idx"))
        .contains("HeadraceException: ", "268435456 bytes, more than max-record-bytes, 4194304. ");
    assertThat(outcomes.get("endless.idx"))
        .contains("HeadraceException: ", "1099511627776 bytes, which cannot be");
  }
}
