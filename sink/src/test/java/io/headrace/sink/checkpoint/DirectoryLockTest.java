package io.headrace.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryLockTest {
  @TempDir private Path folder;

  @Test
  void refusesASecondHolderUntilTheFirstLetsGo() {
    Path directory = folder.resolve("checkpoints");
    try (var first = DirectoryLock.hold(directory)) {
      assertThat(first).isNotNull();
      assertThatThrownBy(() -> DirectoryLock.hold(directory))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("another run is writing to " + directory);
    }
    DirectoryLock.hold(directory).close();
  }

  @Test
  void namesADirectoryThatCannotBe() throws IOException {
    Path file = Files.createFile(folder.resolve("file"));
    assertThatThrownBy(() -> DirectoryLock.hold(file.resolve("checkpoints")))
        .isInstanceOf(HeadraceException.class)
        .hasMessageStartingWith("checkpoints.directory: " + file.resolve("checkpoints"));
  }
}
