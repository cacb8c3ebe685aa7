package io.headrace.engine.kernel;

import java.lang.foreign.MemorySegment;

/** The norms and masks of {@link ScalarKernels}. */
interface ScalarNormKernels extends NormKernels {
  @Override
  default void deviationSums(
      int count,
      int n,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment pivots,
      long pivotsOffset,
      MemorySegment sums) {

    ScalarNorms.deviationSums(count, n, x, xOffset, xStep, pivots, pivotsOffset, sums);
  }

  @Override
  default void normalise(
      int count,
      int n,
      float slope,
      MemorySegment channels,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment y,
      long yOffset,
      long yStep) {

    ScalarNorms.normalise(count, n, slope, channels, x, xOffset, xStep, y, yOffset, yStep);
  }

  @Override
  default void normaliseGradientSums(
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
      MemorySegment sums) {

    ScalarNorms.normaliseGradientSums(
        count, n, slope, channels, x, xOffset, xStep, dy, dyOffset, dyStep, sums);
  }

  @Override
  default void normaliseGradient(
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
      long dxStep) {

    ScalarNorms.normaliseGradient(
        count, n, slope, channels, x, xOffset, xStep, dy, dyOffset, dyStep, dx, dxOffset, dxStep);
  }

  @Override
  default void dropout(
      int count,
      int first,
      long key,
      int threshold,
      float scale,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset) {

    ScalarNorms.dropout(count, first, key, threshold, scale, x, xOffset, y, yOffset);
  }

  @Override
  default void standardiseRows(
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
      long momentsOffset) {

    ScalarNorms.standardiseRows(
        count, n, epsilon, channels, x, xOffset, xStep, y, yOffset, yStep, moments, momentsOffset);
  }

  @Override
  default void standardiseRowsGradient(
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
      long dxStep) {

    ScalarNorms.standardiseRowsGradient(
        count,
        n,
        channels,
        x,
        xOffset,
        xStep,
        moments,
        momentsOffset,
        dy,
        dyOffset,
        dyStep,
        dx,
        dxOffset,
        dxStep);
  }

  @Override
  default void standardiseRowsSums(
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
      MemorySegment sums) {

    ScalarNorms.standardiseRowsSums(
        count, n, x, xOffset, xStep, moments, momentsOffset, dy, dyOffset, dyStep, sums);
  }
}
