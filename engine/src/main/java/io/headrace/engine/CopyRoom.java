package io.headrace.engine;

import java.nio.file.Path;
import java.util.Optional;

/**
 * Where copies of a model's state lie, those for checkpoints and the last good state: in memory, or
 * each table of some size in a file that has no name and is gone with the process. Immutable.
 *
 * @param folder of such files; empty: all lie in memory
 * @param fileBytes bytes of a table from which on its copy lies in a file
 */
public record CopyRoom(Optional<Path> folder, long fileBytes) {
  /** All copies lie in memory. */
  public static final CopyRoom MEMORY = new CopyRoom(Optional.empty(), Long.MAX_VALUE);

  /** Where a copy of so many bytes lies, unless in memory. */
  Optional<Path> folderOf(long bytes) {
    return bytes >= fileBytes ? folder : Optional.empty();
  }
}
