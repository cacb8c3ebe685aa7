package io.headrace.engine.memory;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@EnabledOnOs(OS.LINUX)
class FileBlockTest {
  private static final int BYTES = 100_001;

  @TempDir Path folder;

  @Test
  void isZerosUntilItIsWrittenToAndOnceItIsCleared() {
    FileBlock block = FileBlock.create(folder, BYTES).orElseThrow();
    MemorySegment zeros = Zeros.allocate(BYTES);
    for (int round = 0; round < 3; round++) {
      assertThat(block.takeRoom()).isTrue();
      assertThat(block.memory().mismatch(zeros)).isEqualTo(-1);
      block.memory().fill((byte) 7);
      assertThat(block.memory().mismatch(zeros)).isZero();
      block.clear();
    }
    assertThat(block.memory().mismatch(zeros)).isEqualTo(-1);
  }

  @Test
  void isNotMadeWhereThereIsNoRoomForIt() throws IOException {
    assertThat(FileBlock.create(folder, 1L << 55)).isEmpty();
    assertThat(FileBlock.create(Files.createFile(folder.resolve("file")), BYTES)).isEmpty();
    try (Stream<Path> files = Files.list(folder)) {
      assertThat(files).containsExactly(folder.resolve("file"));
    }
  }
}
