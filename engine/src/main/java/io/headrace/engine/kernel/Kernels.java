package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/**
 * Loops over off-heap little-endian floats. Stateless, so any thread may call; outputs must not
 * overlap inputs unless a method says so. Offsets, strides and counts are in floats.
 *
 * <p>The same inputs give the same bits, whatever the compiler's tier; each element is summed in
 * ascending order of its index with one rounding a step where the method says "in order", so a row
 * has the same bits in whatever company it is computed. Vector and scalar results differ in
 * rounding only.
 */
public interface Kernels
    extends ProductKernels, CurveKernels, ImageKernels, NormKernels, CellKernels, UpdateKernels {
  /** Rows of matrices start at multiples of this many floats: the widest vector. */
  int BLOCK = 16;

  /** {@code count} rounded up to a multiple of {@link #BLOCK}. */
  static int padded(int count) {
    return Math.multiplyExact(Math.ceilDiv(count, BLOCK), BLOCK);
  }

  /**
   * A row of {@code count} floats and what keeps the rows of a matrix apart, so that a few columns
   * of many rows do not share a few sets of the cache.
   */
  static int apart(int count) {
    return count % (4 * BLOCK) == 0 ? count + BLOCK : count;
  }

  /** What runs, for the log: "256-bit vectors". */
  String description();

  /**
   * Copies the bits of floats that lie apart to where they lie side by side: to[i] = from[i step].
   * Memory that holds the same already is not written to.
   *
   * @param blank whether there are only zeros in {@code to}, so that they need not be looked at
   */
  void copyApart(
      long count,
      MemorySegment from,
      long fromOffset,
      long step,
      MemorySegment to,
      long toOffset,
      boolean blank);

  /** {@link #product} added to what out holds. */
  default void addProduct(
      int m,
      int n,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    product(
        m, n, k, a, aOffset, aRow, aStep, b, bOffset, bRow, out, outOffset, outRow, out, outOffset,
        outRow);
  }
}
