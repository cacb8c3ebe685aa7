package io.headrace.sink.seal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WriteBehindTest {
  private static final int GATHERED = 1 << 20;

  @TempDir private Path folder;

  @ParameterizedTest
  @ValueSource(
      ints = {0, 1, GATHERED - 1, GATHERED, GATHERED + 1, 3 * GATHERED, 5 * GATHERED + 4097})
  void writesAllBytesInTheirOrderBehindWhatIsThere(int length) throws IOException {
    var random = new SplittableRandom(length);
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    Path file = folder.resolve("file");
    try (FileChannel channel =
        FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
      channel.write(ByteBuffer.wrap(new byte[] {1, 2, 3}));
      try (var behind = new WriteBehind(channel)) {
        for (int at = 0; at < length; ) {
          int piece = Math.min(length - at, random.nextInt(1, 200_000));
          ByteBuffer from = ByteBuffer.wrap(bytes, at, piece);
          while (from.hasRemaining()) {
            assertThat(behind.write(from)).isPositive();
          }
          at += piece;
        }
      }
      assertThat(channel.isOpen()).isTrue();
      assertThat(channel.position()).isEqualTo(length + 3L);
    }
    assertThat(Files.readAllBytes(file)).startsWith(1, 2, 3).hasSize(length + 3).endsWith(bytes);
  }

  @Test
  void aFullDiskFailsWhatIsWrittenLaterAndClosing() throws IOException {
    Path full = Path.of("/dev/full"); // takes nothing, as a disk without room
    assumeThat(full).exists();
    try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
      var behind = new WriteBehind(channel);
      assertThatThrownBy(
              () -> {
                try (behind) {
                  for (int i = 0; i < 3; i++) {
                    ByteBuffer from = ByteBuffer.allocate(GATHERED);
                    while (from.hasRemaining()) {
                      behind.write(from);
                    }
                  }
                }
              })
          .isInstanceOf(IOException.class)
          .hasMessageContaining("No space left")
          .satisfies(thrown -> assertThat(thrown.getSuppressed()).hasSize(1));
    }
  }

  @Test
  void aFullDiskFailsClosingThoughAllWasTaken() throws IOException {
    Path full = Path.of("/dev/full");
    assumeThat(full).exists();
    try (FileChannel channel = FileChannel.open(full, StandardOpenOption.WRITE)) {
      var behind = new WriteBehind(channel);
      assertThat(behind.write(ByteBuffer.allocate(10))).isEqualTo(10);
      assertThatThrownBy(behind::close).hasMessageContaining("No space left");
    }
  }
}
