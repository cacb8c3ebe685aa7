package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.apache.avro.file.CodecFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AvroRecordsTest {
  private static final int ROWS = 100;
  private static final int PER_BLOCK = 10;

  @TempDir Path folder;

  private List<String> read(long from) {
    return new FileReading(folder, new FileFormat.Avro(), FileLimits.DEFAULT).of("f", from);
  }

  private byte[] container(CodecFactory codec) throws IOException {
    return Files.readAllBytes(AvroFiles.write(folder.resolve("f"), codec, ROWS, PER_BLOCK));
  }

  private void write(byte[] bytes) throws IOException {
    Files.write(folder.resolve("f"), bytes);
  }

  private static String row(int position, int id) {
    return position + " " + id + "=" + AvroFiles.note(id);
  }

  @ParameterizedTest
  @ValueSource(strings = {"null", "deflate", "snappy", "zstandard", "bzip2", "xz"})
  void readsEveryCodecThatIsThere(String codec) throws IOException {
    container(CodecFactory.fromString(codec));
    assertThat(read(0)).hasSize(ROWS).startsWith(row(0, 0)).endsWith(row(99, 99));
  }

  @Test
  void aTruncatedEndIsOneFaultBehindEverythingReadable() throws IOException {
    byte[] whole = container(CodecFactory.deflateCodec(1));
    write(Arrays.copyOf(whole, whole.length - 40));
    List<String> all = read(0);
    assertThat(all).hasSize(ROWS - PER_BLOCK + 1).startsWith(row(0, 0), row(1, 1));
    assertThat(all.getLast())
        .startsWith("90 malformed: f: the Avro block at byte ")
        .endsWith("is damaged or cut off; nothing follows it");
    assertThat(read(91)).isEmpty();
  }

  @Test
  void aBrokenFrameIsOneFaultAndReadingGoesOnBehindTheNextMarker() throws IOException {
    byte[] bytes = container(CodecFactory.nullCodec());
    byte[] marker = Arrays.copyOfRange(bytes, bytes.length - 16, bytes.length);
    int second = indexOf(bytes, marker, indexOf(bytes, marker, 0) + 16) + 16;
    bytes[second + 1] ^= 0x7f; // the size of the second block
    write(bytes);
    List<String> all = read(0);
    assertThat(all).hasSize(ROWS - PER_BLOCK + 1);
    assertThat(all.get(10)).startsWith("10 malformed: f: the Avro block at byte " + second);
    assertThat(all.get(11)).isEqualTo(row(11, 20));
    for (int from = 0; from < all.size(); from++) {
      assertThat(read(from)).isEqualTo(all.subList(from, all.size()));
    }
  }

  @Test
  void aBlockThatCannotBeUnpackedIsOneFaultInPlaceOfItsRecords() throws IOException {
    byte[] bytes = container(CodecFactory.snappyCodec());
    byte[] marker = Arrays.copyOfRange(bytes, bytes.length - 16, bytes.length);
    int second = indexOf(bytes, marker, indexOf(bytes, marker, 0) + 16) + 16;
    Arrays.fill(bytes, second + 4, second + 20, (byte) 0xff);
    write(bytes);
    List<String> all = read(0);
    assertThat(all).hasSize(ROWS - PER_BLOCK + 1);
    assertThat(all.get(10)).startsWith("10 malformed: ").contains("cannot be unpacked");
    assertThat(all.get(11)).isEqualTo(row(20, 20));
    assertThat(read(20)).isEqualTo(all.subList(11, all.size()));
  }

  @Test
  void aBlockThatSaysItHasMoreRecordsThanFitIsOneFault() throws IOException {
    byte[] bytes = container(CodecFactory.nullCodec());
    byte[] marker = Arrays.copyOfRange(bytes, bytes.length - 16, bytes.length);
    int second = indexOf(bytes, marker, indexOf(bytes, marker, 0) + 16) + 16;
    byte[] count = {-2, -1, -1, -1, 15}; // the largest int, where a 10 stood
    byte[] forged = Arrays.copyOf(bytes, bytes.length + 4);
    System.arraycopy(count, 0, forged, second, count.length);
    System.arraycopy(bytes, second + 1, forged, second + 5, bytes.length - second - 1);
    write(forged);
    List<String> all = read(0);
    assertThat(all).hasSize(ROWS - PER_BLOCK + 1);
    assertThat(all.get(10))
        .startsWith("10 malformed: f: the Avro block at byte " + second)
        .contains(" with 2147483647 records cannot be unpacked: they would take more than its ");
    assertThat(all.get(11)).isEqualTo((10L + Integer.MAX_VALUE) + " 20=" + AvroFiles.note(20));
  }

  @ParameterizedTest
  @ValueSource(ints = {4, 5, 17})
  void aHeadWhoseLengthsMakeNoSenseIsOneFault(int at) throws IOException {
    byte[] bytes = container(CodecFactory.nullCodec());
    byte[] length = {-2, -1, -1, -1, -1, -1, -1, -1, -1, 1}; // the largest long
    System.arraycopy(length, 0, bytes, at, length.length);
    write(bytes);
    assertThat(read(0))
        .singleElement()
        .asString()
        .startsWith("0 malformed: f is empty or no Avro container file: its head is ");
  }

  @Test
  void aHeadWhoseSchemaIsDamagedIsOneFault() throws IOException {
    byte[] bytes = container(CodecFactory.nullCodec());
    byte[] name = "\"Row\"".getBytes(java.nio.charset.StandardCharsets.US_ASCII);
    bytes[indexOf(bytes, name, 0)] = 0;
    write(bytes);
    assertThat(read(0)).singleElement().asString().startsWith("0 malformed: f is empty or no Avro");
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void whateverIsDamagedReadingEndsAndResumesAlike(long seed) throws IOException {
    var random = new Random(seed);
    byte[] bytes = container(seed % 2 == 0 ? CodecFactory.nullCodec() : CodecFactory.snappyCodec());
    for (int i = 0; i < 6; i++) {
      bytes[300 + random.nextInt(bytes.length - 300)] ^= (byte) (1 + random.nextInt(255));
    }
    write(Arrays.copyOf(bytes, bytes.length - random.nextInt(100)));
    List<Long> positions = positions(read(0));
    for (long from : positions) {
      int at = positions.indexOf(from);
      assertThat(positions(read(from)))
          .as("seed %s from %s", seed, from)
          .isEqualTo(positions.subList(at, positions.size()));
    }
  }

  private static List<Long> positions(List<String> seen) {
    return seen.stream().map(s -> Long.parseLong(s.substring(0, s.indexOf(' ')))).toList();
  }

  @Test
  void aFileThatIsNoContainerIsOneFault() throws IOException {
    write(new byte[0]);
    assertThat(read(0)).singleElement().asString().startsWith("0 malformed: f is empty or no Avro");
    assertThat(read(1)).isEmpty();
    write("id,note\n1,a\n".getBytes(java.nio.charset.StandardCharsets.UTF_8));
    assertThat(read(0)).singleElement().asString().startsWith("0 malformed: f is empty or no Avro");
  }

  @Test
  void saysThatAFileShrankBelowItsCheckpoint() throws IOException {
    container(CodecFactory.nullCodec());
    assertThat(read(ROWS)).isEmpty();
    assertThatThrownBy(() -> read(ROWS + 1))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("has 100 records, but the checkpoint goes on at record 101");
  }

  private static int indexOf(byte[] bytes, byte[] part, int from) {
    int at = from;
    while (!Arrays.equals(bytes, at, at + part.length, part, 0, part.length)) {
      at++;
    }
    return at;
  }
}
