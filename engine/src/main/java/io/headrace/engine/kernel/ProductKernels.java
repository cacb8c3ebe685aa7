package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/** Products and sums over matrices, under the promises of {@link Kernels}. */
public interface ProductKernels {
  /**
   * Columns of a matrix that products read fastest where they lie side by side, without those
   * behind them: as many of the next {@code columns}, both multiples of {@link Kernels#BLOCK}.
   */
  int panel(int columns);

  /**
   * out[i][j] = first[i][j] + sum over l of a(i, l) b[l][j], in order. a(i, l) lies at aOffset + i
   * aRow + l aStep, which covers a matrix and its transpose.
   *
   * @param m rows of out
   * @param n columns of out, a multiple of {@link Kernels#BLOCK}
   * @param k length of the sums
   * @param first what the sums begin with, which may be out itself; with firstRow 0 it is one row
   *     for all
   */
  void product(
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
      MemorySegment first,
      long firstOffset,
      long firstRow,
      MemorySegment out,
      long outOffset,
      long outRow);

  /** out[i] = bias + sum over l up to k of a[i][l] b[l]; the order of the sum depends on k only. */
  void rowDots(
      int rows,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment b,
      long bOffset,
      float bias,
      MemorySegment out,
      long outOffset);

  /** out[j] = sum over rows i of weights[i] a[i][j], in order. */
  void weightedRowSum(
      int rows,
      int n,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset);

  /** out[j] = sum over rows i of a[i][j], in order. */
  void rowSum(
      int rows, int n, MemorySegment a, long aOffset, long aRow, MemorySegment out, long outOffset);

  /** out[j][i] = a[i][j] for {@code rows} rows and {@code columns} columns of a. */
  void transpose(
      int rows,
      int columns,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset,
      long outRow);

  /** y += alpha x. */
  void addScaled(
      int count, float alpha, MemorySegment x, long xOffset, MemorySegment y, long yOffset);
}
