package io.headrace.engine.memory;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Copies floats that lie apart to where they lie side by side, and writes only to memory that holds
 * others. Long ones go through arrays on the heap, some pages at a time: loops over segments check
 * their memory at each float, which takes several times as long. Stateless.
 */
public final class StridedCopy {
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /** Floats that are read at once, those between the ones that are copied included. */
  private static final int WINDOW = 1 << 14;

  /** Floats below which arrays do not pay. */
  private static final int FEW = 64;

  private StridedCopy() {}

  /**
   * Copies {@code count} floats from {@code fromIndex} on, {@code stride} apart, to {@code toIndex}
   * and behind.
   *
   * @param blank whether there are only zeros now, so that they need not be looked at
   */
  public static void copy(
      MemorySegment from,
      long fromIndex,
      long stride,
      MemorySegment to,
      long toIndex,
      long count,
      boolean blank) {
    if (count < FEW || stride > WINDOW / FEW) {
      Floats.copyChanged(from, fromIndex, stride, to, toIndex, 1, count);
      return;
    }
    int apart = (int) stride;
    int most = (int) Math.min(count, WINDOW / apart);
    var window = new int[most * apart];
    var target = new int[most];
    for (long done = 0; done < count; done += most) {
      int some = (int) Math.min(most, count - done);
      long at = bytes(toIndex + done);
      MemorySegment.copy(
          from, INT, bytes(fromIndex + done * stride), window, 0, (some - 1) * apart + 1);
      if (!blank) {
        MemorySegment.copy(to, INT, at, target, 0, some);
      }
      if (pick(window, apart, target, some, blank)) {
        MemorySegment.copy(target, 0, to, INT, at, some);
      }
    }
  }

  private static long bytes(long index) {
    return index * Float.BYTES;
  }

  /** Returns whether the target is another one now, or is not all zeros where it was blank. */
  private static boolean pick(int[] window, int apart, int[] target, int count, boolean blank) {
    int changes = 0;
    for (int i = 0; i < count; i++) {
      int bits = window[i * apart];
      changes |= blank ? bits : bits ^ target[i];
      target[i] = bits;
    }
    return changes != 0;
  }
}
