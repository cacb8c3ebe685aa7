package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** State kept in memory. */
final class SavedState implements StateWriter {
  private final Map<String, Tensor> tensors = new TreeMap<>();

  @Override
  public void tensor(String name, TensorType type, long[] shape, MemorySegment data) {
    MemorySegment copy = Arena.ofAuto().allocate(data.byteSize()).copyFrom(data);
    if (tensors.put(name, Tensor.of(type, shape, copy)) != null) {
      throw new IllegalStateException(name + " was written twice");
    }
  }

  @Override
  public void value(String name, String value) {
    throw new UnsupportedOperationException(name);
  }

  /** Forgets what has names that begin so, as a state of long ago would not have had it. */
  SavedState without(String prefix) {
    if (!tensors.keySet().removeIf(name -> name.startsWith(prefix))) {
      throw new IllegalStateException("nothing is named " + prefix + "...: " + tensors.keySet());
    }
    return this;
  }

  StateReader reader() {
    return new StateReader() {
      @Override
      public void tensor(String name, TensorType type, long[] shape, MemorySegment into) {
        Tensor saved = tensors.get(name);
        if (saved == null || !saved.equals(Tensor.of(type, shape, saved.data()))) {
          throw new IllegalStateException(name + " is missing or of another shape");
        }
        into.copyFrom(saved.data());
      }

      @Override
      public Optional<Tensor> tensor(String name) {
        return Optional.ofNullable(tensors.get(name));
      }

      @Override
      public Optional<String> value(String name) {
        return Optional.empty();
      }
    };
  }
}
