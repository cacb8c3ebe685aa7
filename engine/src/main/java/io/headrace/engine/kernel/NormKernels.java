package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/** The loops of normalisation and dropout; {@link Kernels} says what holds for all. */
public interface NormKernels {
  /**
   * Sums of n channels over {@code count} positions that lie xStep apart, each in order: sums[j] =
   * sum over i of x[i][j] - pivots[j], and sums[n + j] that of its squares.
   */
  void deviationSums(
      int count,
      int n,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment pivots,
      long pivotsOffset,
      MemorySegment sums);

  /**
   * y[i][j] = f((x[i][j] - mean[j]) scale[j] + shift[j]) for n channels at {@code count} positions;
   * f(z) = z above 0 and slope z elsewhere, so that slope 1 is no curve and slope 0 the rectifier.
   *
   * @param channels mean, scale and shift, n floats each
   */
  void normalise(
      int count,
      int n,
      float slope,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment y,
      long yOffset,
      long yStep);

  /**
   * What {@link #normalise}'s parameters need of the gradients by y: with g = dy f'(z), in order,
   * sums[j] = sum over i of g[i][j], and sums[n + j] = sum over i of g[i][j] (x[i][j] - mean[j]).
   */
  void normaliseGradientSums(
      int count,
      int n,
      float slope,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment dy,
      long dyOffset,
      long dyStep,
      MemorySegment sums);

  /**
   * dx = scale g - level - (x - mean) tilt, with g = dy f'(z) as for {@link #normalise}.
   *
   * @param channels mean, scale, shift, level and tilt, n floats each
   */
  void normaliseGradient(
      int count,
      int n,
      float slope,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment dy,
      long dyOffset,
      long dyStep,
      MemorySegment dx,
      long dxOffset,
      long dxStep);

  /**
   * y[i] = 0 where element {@code first} + i is dropped, elsewhere scale x[i]. An element is
   * dropped with probability threshold / 2^24, as its number and the key decide; y may be x.
   */
  void dropout(
      int count,
      int first,
      long key,
      int threshold,
      float scale,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset);

  /**
   * y[i][j] = (x[i][j] - mean[i]) inverse[i] scale[j] + shift[j], with mean[i] that of x[i] over n
   * channels, and inverse[i] = 1 / sqrt(variance[i] + epsilon).
   *
   * @param channels scale and shift, n floats each
   * @param moments takes mean and inverse of each position, side by side
   */
  void standardiseRows(
      int count,
      int n,
      float epsilon,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment y,
      long yOffset,
      long yStep,
      MemorySegment moments,
      long momentsOffset);

  /** dx of {@link #standardiseRows}, through the moments as well. */
  void standardiseRowsGradient(
      int count,
      int n,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment moments,
      long momentsOffset,
      MemorySegment dy,
      long dyOffset,
      long dyStep,
      MemorySegment dx,
      long dxOffset,
      long dxStep);

  /**
   * The gradients by scale, then by shift, of {@link #standardiseRows}: sums over positions, in
   * order.
   */
  void standardiseRowsSums(
      int count,
      int n,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment moments,
      long momentsOffset,
      MemorySegment dy,
      long dyOffset,
      long dyStep,
      MemorySegment sums);
}
