package io.headrace.engine;

import io.headrace.engine.memory.Zeros;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Memory that state is copied to, used again for the next copy. Not thread-safe. What it gave out
 * is valid until it is cleared.
 */
final class SnapshotMemory implements StateWriter {
  private final Map<String, MemorySegment> kept = new HashMap<>();
  private final SortedMap<String, Tensor> tensors = new TreeMap<>();
  private final SortedMap<String, String> values = new TreeMap<>();

  /** Forgets what was written; keeps the memory. */
  void clear() {
    tensors.clear();
    values.clear();
  }

  /** Names a tensor that lies elsewhere and stays as it is. */
  void share(String name, Tensor tensor) {
    if (tensors.put(name, tensor) != null) {
      throw new IllegalStateException("the tensor " + name + " was written twice");
    }
  }

  /** Memory for the named tensor, to be written by whoever asks. */
  MemorySegment place(String name, TensorType type, long[] shape) {
    long bytes = type.bytes();
    for (long length : shape) {
      bytes = Math.multiplyExact(bytes, length);
    }
    MemorySegment memory = kept.get(name);
    if (memory == null || memory.byteSize() != bytes) {
      memory = Zeros.allocate(bytes);
      kept.put(name, memory);
    }
    if (tensors.put(name, Tensor.of(type, shape, memory.asReadOnly())) != null) {
      throw new IllegalStateException("the tensor " + name + " was written twice");
    }
    return memory;
  }

  @Override
  public void tensor(String name, TensorType type, long[] shape, MemorySegment data) {
    MemorySegment place = place(name, type, shape);
    Zeros.copyChanged(data, 0, place, 0, place.byteSize());
  }

  @Override
  public void value(String name, String value) {
    if (values.put(name, value) != null) {
      throw new IllegalStateException("the value " + name + " was written twice");
    }
  }

  SortedMap<String, Tensor> tensors() {
    return tensors;
  }

  SortedMap<String, String> values() {
    return values;
  }
}
