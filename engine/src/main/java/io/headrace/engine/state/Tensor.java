package io.headrace.engine.state;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;

/**
 * A typed block of numbers with a shape.
 *
 * @param shape lengths of each dimension, outermost first; empty for a scalar
 * @param data exactly the elements, row-major, little-endian; shared, not copied: whoever holds the
 *     tensor must not change it
 */
public record Tensor(TensorType type, List<Long> shape, MemorySegment data) {
  public Tensor {
    shape = List.copyOf(shape);
    long expected = type.bytes();
    for (long length : shape) {
      expected = Math.multiplyExact(expected, length);
    }
    if (expected != data.byteSize()) {
      throw new IllegalArgumentException(
          "shape "
              + shape
              + " of "
              + type
              + " needs "
              + expected
              + " bytes, not "
              + data.byteSize());
    }
  }

  public static Tensor of(TensorType type, long[] shape, MemorySegment data) {
    return new Tensor(type, Arrays.stream(shape).boxed().toList(), data);
  }
}
