package io.headrace.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import io.headrace.sink.Checkpoints;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PastCacheTest {
  private static final int PIECE = 1 << 20;

  @TempDir Path directory;

  private static byte[] random(int bytes) {
    var random = new byte[bytes];
    new SplittableRandom(7).nextBytes(random);
    return random;
  }

  private PastCache create(Path file) throws IOException {
    Optional<PastCache> offered = PastCache.create(file);
    assumeThat(offered).as("not every file system offers it").isPresent();
    return offered.orElseThrow();
  }

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, 511, 512, 4095, 4096, 4097, PIECE - 1, PIECE, PIECE + 1, 3 * PIECE + 4097})
  void leavesExactlyWhatWasWritten(int bytes) throws IOException {
    byte[] all = random(bytes);
    Path file = directory.resolve("file");
    Files.write(file, random(5 * PIECE)); // of which nothing may be left
    try (PastCache to = create(file)) {
      ByteBuffer from = ByteBuffer.wrap(all);
      for (int length = 1; from.hasRemaining(); length = length * 3 + 1) {
        ByteBuffer part = from.slice(from.position(), Math.min(length, from.remaining()));
        from.position(from.position() + part.remaining());
        while (part.hasRemaining()) {
          int before = part.remaining();
          assertThat(to.write(part)).isPositive().isEqualTo(before - part.remaining());
        }
      }
      to.finish();
    }
    assertThat(Arrays.equals(Files.readAllBytes(file), all)).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 5000", "4096, 4096", "4097, 9000", "200, 1048576", "1048577, 3145729"})
  void takesItsFirstBytesAtTheEnd(int first, int bytes) throws IOException {
    byte[] all = random(bytes);
    byte[] unknown = all.clone();
    Arrays.fill(unknown, 0, first, (byte) 0);
    Path file = directory.resolve("file");
    try (PastCache to = create(file)) {
      to.startWillChange(first);
      ByteBuffer from = ByteBuffer.wrap(unknown);
      while (from.hasRemaining()) {
        assertThat(to.write(from)).isPositive();
      }
      to.finish(ByteBuffer.wrap(all, 0, first));
    }
    assertThat(Arrays.equals(Files.readAllBytes(file), all)).isTrue();
  }

  @Test
  void aLargeCheckpointIsTheSameBytesEitherWay() throws IOException {
    byte[] table = random((int) Pages.LARGE_BYTES + 12_345);
    Checkpoint checkpoint =
        Checkpoints.withTensor(
            3,
            "table",
            Tensor.of(TensorType.U8, new long[] {table.length}, MemorySegment.ofArray(table)));
    var layout = CheckpointLayout.plain(checkpoint);
    Path straight = directory.resolve("straight");
    String hash;
    try (PastCache to = create(straight)) {
      hash = CheckpointFile.write(layout, to);
    }
    Path usual = directory.resolve("usual");
    try (var to = FileChannel.open(usual, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      assertThat(CheckpointFile.write(layout, FileSeal.NONE, to)).isEqualTo(hash);
    }
    assertThat(Files.mismatch(straight, usual)).isEqualTo(-1);

    var store = DirectoryCheckpointStore.forWriting(directory.resolve("store"), 2);
    String name = store.write(checkpoint).name();
    assertThat(Files.mismatch(directory.resolve("store").resolve(name), usual)).isEqualTo(-1);
  }

  @Test
  void doesNotBotherWhereAFileCannotBeMade() throws IOException {
    Path folder = Files.createDirectories(directory.resolve("folder"));
    assertThat(PastCache.create(folder)).isEmpty();
  }
}
