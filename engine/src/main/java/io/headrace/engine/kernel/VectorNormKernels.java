package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorKernels.REST;
import static io.headrace.engine.kernel.VectorMemory.at;
import static io.headrace.engine.kernel.VectorMemory.keep;
import static io.headrace.engine.kernel.VectorMemory.span;

import java.lang.foreign.MemorySegment;

/** The norms and masks of {@link VectorKernels}. */
interface VectorNormKernels extends NormKernels {
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
    if (n < VectorWidth.LANES) {
      REST.deviationSums(count, n, x, xOffset, xStep, pivots, pivotsOffset, sums);
    } else {
      VectorNorms.deviationSums(
          count,
          n,
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(pivots, pivotsOffset, n),
          at(sums, 0, 2L * n));
      keep(x, pivots, sums);
    }
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
    if (n < VectorWidth.LANES) {
      REST.normalise(count, n, slope, channels, x, xOffset, xStep, y, yOffset, yStep);
    } else {
      VectorNorms.normalise(
          count,
          n,
          slope,
          at(channels, 0, 3L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(y, yOffset, span(count, yStep, n)),
          yStep);
      keep(channels, x, y);
    }
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
    if (n < VectorWidth.LANES) {
      REST.normaliseGradientSums(
          count, n, slope, channels, x, xOffset, xStep, dy, dyOffset, dyStep, sums);
    } else {
      VectorNorms.normaliseGradientSums(
          count,
          n,
          slope,
          at(channels, 0, 3L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(dy, dyOffset, span(count, dyStep, n)),
          dyStep,
          at(sums, 0, 2L * n));
      keep(channels, x, dy, sums);
    }
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
    if (n < VectorWidth.LANES) {
      REST.normaliseGradient(
          count, n, slope, channels, x, xOffset, xStep, dy, dyOffset, dyStep, dx, dxOffset, dxStep);
    } else {
      VectorNorms.normaliseGradient(
          count,
          n,
          slope,
          at(channels, 0, 5L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(dy, dyOffset, span(count, dyStep, n)),
          dyStep,
          at(dx, dxOffset, span(count, dxStep, n)),
          dxStep);
      keep(channels, x, dy, dx);
    }
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
    int done =
        VectorMasks.dropout(
            count, first, key, threshold, scale, at(x, xOffset, count), at(y, yOffset, count));
    keep(x, y);
    if (done < count) {
      REST.dropout(
          count - done, first + done, key, threshold, scale, x, xOffset + done, y, yOffset + done);
    }
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
    if (n < VectorWidth.LANES) {
      REST.standardiseRows(
          count,
          n,
          epsilon,
          channels,
          x,
          xOffset,
          xStep,
          y,
          yOffset,
          yStep,
          moments,
          momentsOffset);
    } else {
      VectorRowNorms.standardiseRows(
          count,
          n,
          epsilon,
          at(channels, 0, 2L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(y, yOffset, span(count, yStep, n)),
          yStep,
          at(moments, momentsOffset, 2L * count));
      keep(channels, x, y, moments);
    }
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
    if (n < VectorWidth.LANES) {
      REST.standardiseRowsGradient(
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
    } else {
      VectorRowNorms.standardiseRowsGradient(
          count,
          n,
          at(channels, 0, 2L * n),
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(moments, momentsOffset, 2L * count),
          at(dy, dyOffset, span(count, dyStep, n)),
          dyStep,
          at(dx, dxOffset, span(count, dxStep, n)),
          dxStep);
      keep(channels, x, moments);
      keep(dy, dx);
    }
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
    if (n < VectorWidth.LANES) {
      REST.standardiseRowsSums(
          count, n, x, xOffset, xStep, moments, momentsOffset, dy, dyOffset, dyStep, sums);
    } else {
      VectorRowNorms.standardiseRowsSums(
          count,
          n,
          at(x, xOffset, span(count, xStep, n)),
          xStep,
          at(moments, momentsOffset, 2L * count),
          at(dy, dyOffset, span(count, dyStep, n)),
          dyStep,
          at(sums, 0, 2L * n));
      keep(x, moments, dy, sums);
    }
  }
}
