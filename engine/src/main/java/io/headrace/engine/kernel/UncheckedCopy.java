package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.memory.Floats.readInt;
import static io.headrace.engine.memory.Floats.writeInt;

/**
 * Copies by absolute places, see {@link VectorMemory}. Floats that lie apart are no work for
 * vectors, but without checks of each access they are copied in little more than half the time.
 */
final class UncheckedCopy {
  /** A page of memory: looked at as a whole, then written to or not. */
  private static final int AT_ONCE = 1 << 10;

  private UncheckedCopy() {}

  /** See {@link Kernels#copyApart}. */
  static void apart(long count, long from, long step, long to, boolean blank) {
    for (long done = 0; done < count; done += AT_ONCE) {
      int some = (int) Math.min(AT_ONCE, count - done);
      long source = from + done * step;
      long target = to + done;
      if (blank ? isNotZero(some, source, step) : differs(some, source, step, target)) {
        copy(some, source, step, target);
      }
    }
  }

  /** See {@link Kernels#transpose}. */
  static void transpose(int rows, int columns, long a, long aRow, long out, long outRow) {
    for (int j = 0; j < columns; j++) {
      long source = a + j;
      long target = out + j * outRow;
      for (int i = 0; i < rows; i++) {
        writeInt(MEMORY, target + i, readInt(MEMORY, source));
        source += aRow;
      }
    }
  }

  private static boolean isNotZero(int count, long from, long step) {
    int bits = 0;
    for (int i = 0; i < count; i++) {
      bits |= readInt(MEMORY, from + i * step);
    }
    return bits != 0;
  }

  private static boolean differs(int count, long from, long step, long to) {
    int bits = 0;
    for (int i = 0; i < count; i++) {
      bits |= readInt(MEMORY, from + i * step) ^ readInt(MEMORY, to + i);
    }
    return bits != 0;
  }

  private static void copy(int count, long from, long step, long to) {
    for (int i = 0; i < count; i++) {
      writeInt(MEMORY, to + i, readInt(MEMORY, from + i * step));
    }
  }
}
