package io.headrace.sink.store;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.checkpoint.CheckpointHead;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/** The beginnings of checkpoints in a store, which say what these are. One thread uses it. */
final class StoredHeads {
  static final String DRAFT = ".store-head";

  private static final long FIRST_BYTES = 1 << 16;
  private static final long MOST_BYTES = 1 << 27; // longer than the longest header

  private final ObjectStore store;
  private final Path draft;

  /**
   * @param folder a file of which may be written for a moment
   */
  StoredHeads(ObjectStore store, Path folder) {
    this.store = store;
    this.draft = folder.resolve(DRAFT);
  }

  /** What an object says it is; empty if it is damaged, or was deleted since. */
  Optional<CheckpointHead> head(ObjectStore.Stored object) {
    try {
      Files.createDirectories(draft.resolveSibling("."));
      long end = Math.min(object.bytes(), MOST_BYTES);
      for (long bytes = Math.min(FIRST_BYTES, end); bytes > 0; bytes = Math.min(bytes * 16, end)) {
        Files.write(draft, new byte[0]);
        store.readStart(object.key(), bytes, draft);
        Optional<CheckpointHead> head = CheckpointHead.read(draft);
        if (head.isPresent() || bytes == end) {
          return head;
        }
      }
      return Optional.empty();
    } catch (IOException e) {
      throw new HeadraceException(
          "%s cannot be written or read: %s. Make room, or check the folder's rights."
              .formatted(draft, e.getMessage()),
          e);
    }
  }

  /** The file with what was read last, whose beginning is the object's. */
  Path draft() {
    return draft;
  }
}
