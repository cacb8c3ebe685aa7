package io.headrace.engine.state;

import java.lang.foreign.MemorySegment;

/** Takes named state. A name may be written once. Not thread-safe. */
public interface StateWriter {
  /**
   * Copies {@code data} before it returns; the caller may go on changing it.
   *
   * @param shape lengths of each dimension; their product times the type's size is the byte size
   */
  void tensor(String name, TensorType type, long[] shape, MemorySegment data);

  /** A small value as text; numbers in a form that reads back to the same bits. */
  void value(String name, String value);

  /** The same writer with every name prefixed by {@code prefix} and a dot. */
  default StateWriter within(String prefix) {
    StateWriter outer = this;
    return new StateWriter() {
      @Override
      public void tensor(String name, TensorType type, long[] shape, MemorySegment data) {
        outer.tensor(prefix + "." + name, type, shape, data);
      }

      @Override
      public void value(String name, String value) {
        outer.value(prefix + "." + name, value);
      }
    };
  }
}
