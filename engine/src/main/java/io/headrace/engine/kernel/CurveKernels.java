package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/** Curves of activations and their slopes, under the promises of {@link Kernels}. */
public interface CurveKernels {
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
}
