package io.headrace.engine;

import io.headrace.engine.memory.FileBlock;
import io.headrace.engine.memory.Zeros;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Memory that state is copied to, used again for the next copy. Not thread-safe. What it gave out
 * is valid until it is cleared.
 */
final class SnapshotMemory implements StateWriter {
  private static final Logger LOG = LoggerFactory.getLogger(SnapshotMemory.class);

  /** One page in so many may be put aside at a time, or as many as {@link #STAGED_BYTES} take. */
  private static final int STAGED_PART = 128;

  private static final int STAGED_BYTES = 1 << 24;

  private final CopyRoom room;
  private final Map<String, MemorySegment> kept = new HashMap<>();

  /** Names of kept memory that nobody has written to yet: it is all zeros. */
  private final Set<String> blank = new HashSet<>();

  private final Map<String, FileBlock> files = new HashMap<>();
  private @Nullable StagedPages staged;
  private final SortedMap<String, Tensor> tensors = new TreeMap<>();
  private final SortedMap<String, String> values = new TreeMap<>();

  SnapshotMemory(CopyRoom room) {
    this.room = room;
  }

  /** Forgets what was written; keeps what lies in memory. */
  void clear() {
    blank.removeAll(tensors.keySet());
    forgetUnwritten();
  }

  /** The same where nothing was written to the places that were given out. */
  void forgetUnwritten() {
    tensors.clear();
    values.clear();
    giveFilesBack();
  }

  /** Gives back what tensors take outside of memory; those are no longer valid. */
  void giveFilesBack() {
    files.values().forEach(FileBlock::clear);
  }

  /** Names a tensor that lies elsewhere and stays as it is. */
  void share(String name, Tensor tensor) {
    if (tensors.put(name, tensor) != null) {
      throw new IllegalStateException("the tensor " + name + " was written twice");
    }
  }

  /**
   * Memory for the named tensor, to be written by whoever asks.
   *
   * @param outside whether it may lie in a file, which pays where steps change parts of it only
   */
  CopyPlace place(String name, TensorType type, long[] shape, boolean outside) {
    long bytes = type.bytes();
    for (long length : shape) {
      bytes = Math.multiplyExact(bytes, length);
    }
    CopyPlace place = place(name, bytes, outside ? room.folderOf(bytes) : Optional.empty());
    if (tensors.put(name, Tensor.of(type, shape, place.memory().asReadOnly())) != null) {
      throw new IllegalStateException("the tensor " + name + " was written twice");
    }
    return place;
  }

  private CopyPlace place(String name, long bytes, Optional<Path> folder) {
    MemorySegment memory = kept.get(name);
    if (memory != null && memory.byteSize() == bytes) {
      return new CopyPlace(memory, blank.contains(name));
    }
    FileBlock file = files.get(name);
    if (file == null || file.memory().byteSize() != bytes) {
      file = folder.flatMap(in -> FileBlock.create(in, bytes)).orElse(null);
    }
    if (file != null && file.takeRoom()) {
      files.put(name, file);
      return new CopyPlace(file.memory(), true);
    }
    files.remove(name);
    folder.ifPresent(
        in ->
            LOG.warn(
                "A copy of {} is kept in memory from now on: {} does not offer {} bytes for it. Make room there and start the job again, or give it as much memory.",
                name,
                in,
                bytes));
    memory = Zeros.allocate(bytes);
    kept.put(name, memory);
    blank.add(name);
    return new CopyPlace(memory, true);
  }

  @Override
  public void tensor(String name, TensorType type, long[] shape, MemorySegment data) {
    CopyPlace place = place(name, type, shape, true);
    if (place.blank()) {
      Zeros.copyOntoZeros(data, 0, place.memory(), 0, data.byteSize());
    } else {
      Zeros.copyChanged(data, 0, place.memory(), 0, data.byteSize());
    }
  }

  @Override
  public void value(String name, String value) {
    if (values.put(name, value) != null) {
      throw new IllegalStateException("the value " + name + " was written twice");
    }
  }

  /** Where pages are put aside on their way to files, if there are files: a part of the vectors. */
  Optional<StagedPages> staged(int vectors, long floats) {
    if (files.isEmpty()) {
      return Optional.empty();
    }
    if (staged == null) {
      long part = floats / GradualCopy.PAGE / STAGED_PART;
      int fewest = STAGED_BYTES / (vectors * GradualCopy.PAGE * Float.BYTES);
      staged = new StagedPages(GradualCopy.PAGE, vectors, (int) Math.max(part, fewest));
    }
    staged.clear();
    return Optional.of(staged);
  }

  SortedMap<String, Tensor> tensors() {
    return tensors;
  }

  SortedMap<String, String> values() {
    return values;
  }
}
