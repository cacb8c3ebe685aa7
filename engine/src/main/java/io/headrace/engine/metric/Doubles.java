package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.TensorType;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Arrays of doubles as tensors of a checkpoint. */
final class Doubles {
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Doubles() {}

  static void save(StateWriter to, String name, double... values) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate((long) values.length * Double.BYTES, Double.BYTES);
      MemorySegment.copy(values, 0, copy, DOUBLE, 0, values.length);
      to.tensor(name, TensorType.F64, new long[] {values.length}, copy);
    }
  }

  static void restore(StateReader from, String name, double[] into) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment copy = arena.allocate((long) into.length * Double.BYTES, Double.BYTES);
      from.tensor(name, TensorType.F64, new long[] {into.length}, copy);
      MemorySegment.copy(copy, DOUBLE, 0, into, 0, into.length);
    }
  }
}
