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
public interface Kernels extends CellKernels, ImageKernels, NormKernels {
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

  /**
   * Columns of a matrix that products read fastest where they lie side by side, without those
   * behind them: as many of the next {@code columns}, a multiple of {@link #BLOCK}.
   */
  default int panel(int columns) {
    return Math.min(4 * BLOCK, columns);
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

  /**
   * out[i][j] = first[i][j] + sum over l of a(i, l) b[l][j], in order. a(i, l) lies at aOffset + i
   * aRow + l aStep, which covers a matrix and its transpose.
   *
   * @param m rows of out
   * @param n columns of out, a multiple of {@link #BLOCK} or those of a {@link #panel}
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

  /** y = max(x, slope x), 0 &lt;= slope &lt; 1; slope 0 is the rectifier. y may be x. */
  void leakyRelu(
      int count, float slope, MemorySegment x, long xOffset, MemorySegment y, long yOffset);

  /** dx = dy where y &gt; 0, slope dy elsewhere; dx may be dy. */
  void leakyReluGradient(
      int count,
      float slope,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset);

  /** y = tanh(x) to a few units in the last place; y may be x. */
  void tanh(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset);

  /** dx = dy (1 - y^2); dx may be dy. */
  void tanhGradient(
      int count,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset);

  /** y = 1 / (1 + exp(-x)); y may be x. */
  void sigmoid(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset);

  /** dx = dy y (1 - y); dx may be dy. */
  void sigmoidGradient(
      int count,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset);

  /**
   * y = x/2 (1 + tanh(sqrt(2/pi) (x + 0.044715 x^3))), which is x sigmoid(2 sqrt(2/pi) (x +
   * 0.044715 x^3)), and its slope by x; slope may be x, y may not. Hendrycks and Gimpel, "Gaussian
   * Error Linear Units", 2016.
   */
  void gelu(
      int count,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      MemorySegment slope,
      long slopeOffset);

  /** out = a b, element by element; out may be a or b. */
  void multiply(
      int count,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment out,
      long outOffset);

  /** x *= factor. */
  void scale(int count, float factor, MemorySegment x, long offset);

  /** x becomes no less than -limit and no more than limit; what is not a number stays so. */
  void clamp(int count, float limit, MemorySegment x, long offset);

  /** x moves by {@code threshold} towards 0, and stays at 0 when it gets there. */
  void shrink(int count, float threshold, MemorySegment x, long offset);

  /** Sum of x^2, whose order depends on {@code count} alone. */
  double squaredSum(int count, MemorySegment x, long offset);

  /** p -= rate (g + decay p). */
  void sgd(
      int count,
      float rate,
      float decay,
      MemorySegment p,
      long offset,
      MemorySegment g,
      long gOffset);

  /**
   * d = g + decay p; v = momentum v + d; p -= rate v, or rate (d + momentum v) with {@code
   * nesterov}.
   */
  void momentum(
      int count,
      float rate,
      float momentum,
      boolean nesterov,
      float decay,
      MemorySegment p,
      MemorySegment v,
      long offset,
      MemorySegment g,
      long gOffset);

  /**
   * d = g + decay p; s += d^2; p -= r d with r = rate / (sqrt(s) + epsilon); then p moves by r l1
   * towards 0, and stays at 0 when it gets there.
   */
  void adagrad(
      int count,
      float rate,
      float epsilon,
      float decay,
      float l1,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset);

  /** d = g + decay p; s = keep s + (1 - keep) d^2; g = d / (sqrt(s) + epsilon). */
  void rmsNormalise(
      int count,
      float keep,
      float epsilon,
      float decay,
      MemorySegment p,
      MemorySegment s,
      long offset,
      MemorySegment g,
      long gOffset);

  /**
   * d = g + decay p; m = beta1 m + (1 - beta1) d; v = beta2 v + (1 - beta2) d^2; p -= rate m /
   * (scale sqrt(v) + epsilon). Bias corrections are in {@code rate} and {@code scale}.
   */
  void adam(
      int count,
      float rate,
      float scale,
      float beta1,
      float beta2,
      float epsilon,
      float decay,
      MemorySegment p,
      MemorySegment m,
      MemorySegment v,
      long offset,
      MemorySegment g,
      long gOffset);

  /**
   * With r = 1 / alpha: z += g - (sqrt(n + g^2) - sqrt(n)) r p; n += g^2; p = 0 where |z| &lt;= l1,
   * elsewhere (sign(z) l1 - z) / ((beta + sqrt(n)) r + l2).
   */
  void ftrl(
      int count,
      float alpha,
      float beta,
      float l1,
      float l2,
      MemorySegment p,
      MemorySegment z,
      MemorySegment n,
      long offset,
      MemorySegment g,
      long gOffset);
}
