package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.readInt;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * All of the process's memory, which the vector kernels read and write by absolute places, counted
 * in floats from address 0. An access by a segment of its own costs up to 18 instructions of checks
 * and reloads beside the one that is wanted; here a call is checked once: {@link #at} for the
 * floats that it will touch, {@link #keep} so that none of them is freed before its end.
 */
@SuppressWarnings({
  "restricted", // the launcher enables native access
  "ReachabilityFenceUsage" // a call that throws has no use for its operands any more
})
final class VectorMemory {
  static final MemorySegment MEMORY = MemorySegment.NULL.reinterpret(Long.MAX_VALUE);

  private VectorMemory() {}

  /**
   * The place of {@code segment}'s float {@code offset}.
   *
   * @param count floats from there on that may be touched
   * @throws IndexOutOfBoundsException if the segment does not have them all, or lies in the heap or
   *     between the places of floats
   */
  static long at(MemorySegment segment, long offset, long count) {
    long floats = segment.byteSize() >> 2;
    long address = segment.address();
    if (offset < 0 || count > floats - offset || !segment.isNative() || (address & 3) != 0) {
      throw outside(segment, offset, count);
    }
    return (address >> 2) + offset;
  }

  private static IndexOutOfBoundsException outside(MemorySegment segment, long offset, long count) {
    return new IndexOutOfBoundsException(
        "%s has no %d floats from its %dth on, outside the heap and at addresses of whole floats"
            .formatted(segment, count, offset));
  }

  /**
   * {@code n}, which whole vectors have to come to exactly: a loop may go on until it does, and a
   * tile be wider than what is left.
   *
   * @throws IllegalArgumentException if it is not a multiple of {@link Kernels#BLOCK}
   */
  static int blocks(int n) {
    if (n < 0 || n % Kernels.BLOCK != 0) {
      throw new IllegalArgumentException(n + " is no multiple of " + Kernels.BLOCK);
    }
    return n;
  }

  /** Floats from the first of {@code rows} rows of {@code n} to the last, {@code row} apart. */
  static long span(long rows, long row, long n) {
    return rows <= 0 ? 0 : (rows - 1) * row + n;
  }

  /**
   * Whether all rows that {@link ImageKernels#addRows} chooses are there; throws if not. As long as
   * the sums themselves, so for assertions.
   */
  static boolean hasRows(
      int groups,
      int rows,
      int n,
      MemorySegment terms,
      long termsOffset,
      MemorySegment chosen,
      long chosenOffset,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      long step,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    for (int g = 0; g < groups; g++) {
      long w = weightsOffset + readInt(terms, termsOffset + 3L * g);
      long p = placesOffset + readInt(terms, termsOffset + 3L * g + 1);
      long bits = ScalarImages.choice(chosen, chosenOffset, groups, g);
      if (bits != 0) {
        at(out, outOffset + readInt(terms, termsOffset + 3L * g + 2), span(rows, outRow, n));
      }
      for (; bits != 0; bits &= bits - 1) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        at(weights, w + i, 1);
        at(a, aOffset + readInt(places, p + i), span(rows, aRow, n));
      }
    }
    return true;
  }

  static void keep(MemorySegment a) {
    Reference.reachabilityFence(a);
  }

  static void keep(MemorySegment a, MemorySegment b) {
    Reference.reachabilityFence(a);
    Reference.reachabilityFence(b);
  }

  static void keep(MemorySegment a, MemorySegment b, MemorySegment c) {
    keep(a, b);
    Reference.reachabilityFence(c);
  }

  static void keep(MemorySegment a, MemorySegment b, MemorySegment c, MemorySegment d) {
    keep(a, b);
    keep(c, d);
  }
}
