package io.headrace.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import io.headrace.sink.Checkpoints;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Objects;
import java.util.SortedMap;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CheckpointFileTest {
  private static final Checkpoint CHECKPOINT = Checkpoints.atStep(77);

  @TempDir Path directory;

  private Path written(Checkpoint checkpoint, String name) throws IOException {
    Path file = directory.resolve(name);
    try (var channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      CheckpointFile.write(CheckpointLayout.plain(checkpoint), FileSeal.NONE, channel);
    }
    return file;
  }

  private static Checkpoint read(Path file) throws IOException {
    return CheckpointFile.read(file, FileSeal.NONE);
  }

  @Test
  void isReadByAReaderMadeFromTheFormatsDescription() throws IOException {
    SafetensorsReader found = SafetensorsReader.read(written(CHECKPOINT, "a"));
    assertThat(found.dataAt() % 64).isZero();
    assertThat(found.tensors().keySet()).isEqualTo(CHECKPOINT.tensors().keySet());
    CHECKPOINT
        .tensors()
        .forEach(
            (name, tensor) -> {
              var its = Objects.requireNonNull(found.tensors().get(name), name);
              assertThat(its.dtype()).isEqualTo(tensor.type().name());
              assertThat(its.shape()).isEqualTo(tensor.shape().toString().replace(" ", ""));
              byte[] bytes = new byte[its.data().remaining()];
              its.data().get(bytes);
              assertThat(bytes).isEqualTo(tensor.data().toArray(ValueLayout.JAVA_BYTE));
            });
    assertThat(found.metadata())
        .containsEntry("job", "flight-delay")
        .containsEntry("step", "77")
        .containsEntry("format_version", "1")
        .containsEntry("fingerprint", CHECKPOINT.fingerprint())
        .containsKeys("ledger", "values", "data_sha256", "header_sha256", "created_at_millis");
  }

  @Test
  void readsALedgerFromBeforeLossesWereCounted() throws IOException {
    SortedMap<String, String> metadata =
        CheckpointMetadata.of(CheckpointLayout.plain(CHECKPOINT), "hash");
    String ledger = String.valueOf(metadata.get("ledger"));
    assertThat(ledger).contains(",\"lost\":10}");
    metadata.put("ledger", ledger.replaceAll(",\"lost\":\\d+", ""));
    Checkpoint old = CheckpointMetadata.checkpoint("old", metadata, CHECKPOINT.tensors());
    assertThat(old.ledger().lost()).isZero();
    assertThat(old.ledger().positions()).isEqualTo(CHECKPOINT.ledger().positions());
  }

  @Test
  void equalCheckpointsGiveEqualBytes() throws IOException {
    assertThat(written(CHECKPOINT, "a"))
        .hasSameBinaryContentAs(written(Checkpoints.atStep(77), "b"));
  }

  @Test
  void readsTensorsLargerThanABufferOfAMillionBytes() throws IOException {
    int count = 40_000_000;
    var data = java.lang.foreign.Arena.ofAuto().allocate(count * 4L, 64);
    data.set(ValueLayout.JAVA_INT, 4L * (count - 1), 7);
    var tensors = new java.util.TreeMap<>(CHECKPOINT.tensors());
    tensors.put("large", Tensor.of(TensorType.F32, new long[] {count}, data));
    var large = new Checkpoint("j", "f", 1, 2, CHECKPOINT.ledger(), CHECKPOINT.values(), tensors);
    Checkpoints.assertEqual(read(written(large, "a")), large);
  }

  @Test
  void detectsTruncationAtAnyLength() throws IOException {
    Path file = written(CHECKPOINT, "a");
    byte[] whole = Files.readAllBytes(file);
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      assertThat(catchThrowable(() -> read(file)))
          .as("cut to %d bytes", length)
          .isInstanceOf(CheckpointDamagedException.class)
          .hasMessageContaining(file.toString());
    }
    Files.write(file, Arrays.copyOf(whole, whole.length + 1));
    assertThatThrownBy(() -> read(file))
        .hasMessageContaining("should be " + whole.length + " bytes long and is");
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void detectsAFlippedBitAnywhere(long seed) throws IOException {
    Path file = written(CHECKPOINT, "a");
    byte[] whole = Files.readAllBytes(file);
    var random = new SplittableRandom(seed);
    for (int i = 0; i < 500; i++) {
      byte[] damaged = whole.clone();
      int bit = random.nextInt(8 * whole.length);
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      assertThat(catchThrowable(() -> read(file)))
          .as("bit %d of %d bytes", bit, whole.length)
          .isInstanceOf(CheckpointDamagedException.class);
    }
  }

  /** Headers that somebody made up: their hashes are right. */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "\"shape\":\\[[^]]*]|\"shape\":[4611686018427387904,4611686018427387904]",
        "\"shape\":\\[[^]]*]|\"shape\":[-3]",
        "\"shape\":\\[[^]]*]|\"shape\":[1125899906842624]",
        "\"data_offsets\":\\[0,|\"data_offsets\":[-8,",
        "\"data_offsets\":\\[0,(\\d+)]|\"data_offsets\":[$1,0]",
        "\"data_offsets\":\\[0,\\d+]|\"data_offsets\":[0,4611686018427387904]",
        "\"data_offsets\":\\[0,\\d+]|\"data_offsets\":[9223372036854775807,-1]",
        "\"dtype\":\"[A-Z0-9]+\"|\"dtype\":\"F1024\"",
        "\"job\":|\"paged\":\"{\\\\\"x\\\\\":[1125899906842624]}\",\"job\":",
        "\"job\":|\"paged\":\"{\\\\\"x\\\\\":null}\",\"job\":",
        "\"job\":|\"base\":\"../other\",\"base_sha256\":\"0\",\"paged\":\"{\\\\\"x\\\\\":[1]}\",\"job\":",
        "\"ledger\":\"(.*?)\",\"s|\"ledger\":\"%s\",\"s"
      })
  void sizesThatCannotBeAreDamage(String part, String forged) throws IOException {
    Path file = written(CHECKPOINT, "a");
    forge(file, part, forged.formatted("[".repeat(5_000)));
    assertThatThrownBy(() -> read(file))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(file.toString());
  }

  private static void forge(Path file, String part, String forged) throws IOException {
    ByteBuffer all = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
    byte[] header = new byte[(int) all.getLong()];
    all.get(header);
    String before = new String(header, StandardCharsets.UTF_8);
    String text = before.replaceFirst(part, forged);
    assertThat(text).isNotEqualTo(before);
    String hash = "\"header_sha256\":\"";
    int at = text.indexOf(hash) + hash.length();
    String zeros = text.substring(0, at) + "0".repeat(64) + text.substring(at + 64);
    String made = new Digest().add(zeros.getBytes(StandardCharsets.UTF_8)).hex();
    byte[] bytes = zeros.replaceFirst("0{64}", made).getBytes(StandardCharsets.UTF_8);
    try (var out = Files.newOutputStream(file)) {
      out.write(
          ByteBuffer.allocate(8).order(ByteOrder.LITTLE_ENDIAN).putLong(bytes.length).array());
      out.write(bytes);
      out.write(all.array(), all.position(), all.remaining());
    }
  }

  @Test
  void tellsAFileOfALaterVersionFromADamagedOne() throws IOException {
    var metadata = CheckpointMetadata.of(CheckpointLayout.plain(CHECKPOINT), "x");
    metadata.put("format_version", "3");
    var tensors = new java.util.TreeMap<String, Tensor>();
    assertThatThrownBy(() -> CheckpointMetadata.checkpoint("f", metadata, tensors))
        .isExactlyInstanceOf(HeadraceException.class)
        .hasMessageContaining("format version 3, and this Headrace reads 1 and 2");
  }

  @Test
  void tellsAnotherSafetensorsFileFromACheckpoint() throws IOException {
    Path file = directory.resolve("a");
    byte[] header = "{\"__metadata__\":{\"format\":\"pt\"}}".getBytes(StandardCharsets.US_ASCII);
    byte[] bytes = new byte[8 + header.length];
    bytes[0] = (byte) header.length;
    System.arraycopy(header, 0, bytes, 8, header.length);
    Files.write(file, bytes);
    assertThatThrownBy(() -> read(file)).hasMessageContaining("not that of a checkpoint");
  }
}
