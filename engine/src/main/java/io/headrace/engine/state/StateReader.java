package io.headrace.engine.state;

import java.lang.foreign.MemorySegment;
import java.util.Optional;

/** Gives named state back. Not thread-safe. */
public interface StateReader {
  /**
   * Copies the named tensor into {@code into}.
   *
   * @throws io.headrace.engine.error.HeadraceException if it is missing or its type or shape
   *     differs; the message names both
   */
  void tensor(String name, TensorType type, long[] shape, MemorySegment into);

  /** The named tensor, where its shape is not known beforehand. */
  Optional<Tensor> tensor(String name);

  Optional<String> value(String name);

  /** The same reader with every name prefixed by {@code prefix} and a dot. */
  default StateReader within(String prefix) {
    StateReader outer = this;
    return new StateReader() {
      @Override
      public void tensor(String name, TensorType type, long[] shape, MemorySegment into) {
        outer.tensor(prefix + "." + name, type, shape, into);
      }

      @Override
      public Optional<Tensor> tensor(String name) {
        return outer.tensor(prefix + "." + name);
      }

      @Override
      public Optional<String> value(String name) {
        return outer.value(prefix + "." + name);
      }
    };
  }
}
