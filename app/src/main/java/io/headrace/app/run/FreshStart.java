package io.headrace.app.run;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.checkpoint.DirectoryLock;
import io.headrace.sink.journal.DirectoryBatchJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** Puts a job's checkpoints aside, so that its next run begins at nothing. Stateless. */
final class FreshStart {
  private FreshStart() {}

  /** Moves every checkpoint of {@code directory} into a new folder in it. */
  static void putAside(Path directory) {
    List<String> checkpoints = DirectoryCheckpointStore.forReading(directory).names();
    List<Path> journal = journal(directory);
    if (checkpoints.isEmpty() && journal.isEmpty()) {
      return;
    }
    Path aside = directory.resolve("before-" + System.currentTimeMillis());
    try (var lock = DirectoryLock.hold(directory)) {
      assert lock != null;
      Files.createDirectories(aside);
      for (String name : checkpoints) {
        Files.move(directory.resolve(name), aside.resolve(name));
      }
      for (Path segment : journal) {
        Files.move(segment, aside.resolve(segment.getFileName()));
      }
      Path best = directory.resolve(DirectoryCheckpointStore.BEST);
      if (Files.exists(best)) {
        Files.move(best, aside.resolve(DirectoryCheckpointStore.BEST));
      }
    } catch (IOException e) {
      throw new HeadraceException(
          "The checkpoints in %s could not be moved to %s: %s. Move or delete them by hand."
              .formatted(directory, aside, e.getMessage()),
          e);
    }
  }

  private static List<Path> journal(Path directory) {
    try {
      return DirectoryBatchJournal.files(directory);
    } catch (IOException e) {
      throw new HeadraceException(
          "The batch journal in %s could not be listed: %s. Check the folder's rights."
              .formatted(directory, e.getMessage()),
          e);
    }
  }
}
