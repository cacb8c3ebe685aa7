package io.headrace.sink.archive;

import io.headrace.engine.seal.BlockSeal;
import java.io.Closeable;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** The samples of one partition in several files, one of them open at a time. Not thread-safe. */
final class PartitionSamples implements Closeable {
  private final ArchiveFolder folder;
  private final Deque<Segment> files;
  private final BlockSeal seal;
  private @Nullable SegmentSamples open;
  private @Nullable ArchivedSample first;

  PartitionSamples(ArchiveFolder folder, List<Segment> files, BlockSeal seal) {
    this.folder = folder;
    this.files = new ArrayDeque<>(files);
    this.seal = seal;
    advance();
  }

  boolean hasFirst() {
    return first != null;
  }

  ArchivedSample first() {
    return Objects.requireNonNull(first);
  }

  /** Goes to the next; returns false behind the last. */
  boolean advance() {
    first = open == null ? null : open.next();
    while (first == null && !files.isEmpty()) {
      close();
      Segment file = files.remove();
      open = new SegmentSamples(folder.path(file.file()), file, seal);
      first = open.next();
    }
    if (first == null) {
      close();
    }
    return first != null;
  }

  @Override
  public void close() {
    if (open != null) {
      open.close();
      open = null;
    }
  }
}
