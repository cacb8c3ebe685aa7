package io.headrace.engine.layer;

import java.lang.foreign.MemorySegment;

/** How a convolution computes its sums from an image laid out. Stateless. */
interface ConvSums {
  /** Rows of outputs to compute at once, where there are as many. */
  int stripRows();

  /** Floats of memory that it needs besides image and sums. */
  long work();

  /**
   * Sums of output rows {@code row} up to {@code row + rows}, excluded, without bias.
   *
   * @param memory holds the image at {@code at}, and {@link #work} floats at {@code work}
   * @param sums takes the sums from {@code sumsAt} on, as [row][column][lanes]
   */
  void compute(
      MemorySegment memory, long at, int row, int rows, MemorySegment sums, long sumsAt, long work);
}
