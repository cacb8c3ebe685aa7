package io.headrace.sink.checkpoint;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;

/** What is done with checkpoints behind one that was gone back to. Stateless. */
final class LaterCheckpoints {
  private LaterCheckpoints() {}

  /**
   * Moves them into a new folder beside, the newest first, so that whoever is interrupted leaves
   * none without its base. Bases that stay are copied there, so that each can be read there.
   *
   * @param all that are stored, oldest first
   * @return the folder's name; empty if there were none
   */
  static Optional<String> putAside(Path directory, String name, List<CheckpointStore.Entry> all) {
    if (all.stream().noneMatch(entry -> entry.name().equals(name))) {
      throw new HeadraceException(
          "There is no checkpoint %s to go back to.".formatted(directory.resolve(name)));
    }
    long step = CheckpointNames.step(name);
    List<CheckpointStore.Entry> later =
        all.reversed().stream().filter(entry -> entry.step() > step).toList();
    if (later.isEmpty()) {
      return Optional.empty();
    }
    try {
      Path aside = newFolder(directory, "behind-" + step);
      for (CheckpointStore.Entry entry : later) {
        if (entry.base().isPresent() && CheckpointNames.step(entry.base().get()) <= step) {
          copy(directory, aside, entry.base().get());
        }
        Files.move(directory.resolve(entry.name()), aside.resolve(entry.name()));
      }
      return Optional.of(aside.getFileName().toString());
    } catch (IOException e) {
      throw new HeadraceException(
          "The checkpoints behind %s could not be put aside: %s. Make room, or give this user the right to write there."
              .formatted(directory.resolve(name), Failures.reason(e)),
          e);
    }
  }

  private static void copy(Path directory, Path aside, String base) throws IOException {
    if (Files.exists(directory.resolve(base)) && !Files.exists(aside.resolve(base))) {
      Files.copy(directory.resolve(base), aside.resolve(base));
    }
  }

  /** Of that name, or with a number behind it: an earlier time's are kept as well. */
  private static Path newFolder(Path directory, String name) throws IOException {
    for (int number = 1; ; number++) {
      try {
        return Files.createDirectory(directory.resolve(number == 1 ? name : name + "-" + number));
      } catch (FileAlreadyExistsException _) {
        // the next number, then
      }
    }
  }
}
