package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Normalisation by channel: a vector of neighbouring channels walks down all positions, then the
 * next one. The last vector may overlap the one before; it then computes the same numbers again.
 * For at least one vector of channels. The operations are those of the scalar twin, one by one.
 */
final class VectorNorms {
  private VectorNorms() {}

  static void deviationSums(int count, int n, long x, long xStep, long pivots, long sums) {
    for (int next = 0; next < n; next += LANES) {
      int j = Math.min(next, n - LANES);
      FloatVector pivot = FloatVector.fromMemorySegment(SPECIES, MEMORY, (pivots + j) << 2, ORDER);
      FloatVector sum = FloatVector.zero(SPECIES);
      FloatVector squares = FloatVector.zero(SPECIES);
      long at = x + j;
      for (int i = 0; i < count; i++, at += xStep) {
        FloatVector d = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER).sub(pivot);
        sum = sum.add(d);
        squares = squares.add(d.mul(d));
      }
      sum.intoMemorySegment(MEMORY, (sums + j) << 2, ORDER);
      squares.intoMemorySegment(MEMORY, (sums + n + j) << 2, ORDER);
    }
  }

  static void normalise(
      int count, int n, float slope, long channels, long x, long xStep, long y, long yStep) {
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    for (int next = 0; next < n; next += LANES) {
      long j = Math.min(next, n - LANES);
      FloatVector mean = FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j) << 2, ORDER);
      FloatVector scale =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j + n) << 2, ORDER);
      FloatVector shift =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j + 2L * n) << 2, ORDER);
      long at = x + j;
      long to = y + j;
      for (int i = 0; i < count; i++, at += xStep, to += yStep) {
        FloatVector value =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER)
                .sub(mean)
                .mul(scale)
                .add(shift);
        value.max(value.mul(factor)).intoMemorySegment(MEMORY, to << 2, ORDER);
      }
    }
  }

  static void normaliseGradientSums(
      int count,
      int n,
      float slope,
      long channels,
      long x,
      long xStep,
      long dy,
      long dyStep,
      long sums) {
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    for (int next = 0; next < n; next += LANES) {
      long j = Math.min(next, n - LANES);
      FloatVector mean = FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j) << 2, ORDER);
      FloatVector scale =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j + n) << 2, ORDER);
      FloatVector shift =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j + 2L * n) << 2, ORDER);
      FloatVector sum = FloatVector.zero(SPECIES);
      FloatVector products = FloatVector.zero(SPECIES);
      long at = x + j;
      long dyAt = dy + j;
      for (int i = 0; i < count; i++, at += xStep, dyAt += dyStep) {
        FloatVector d = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER).sub(mean);
        FloatVector g = FloatVector.fromMemorySegment(SPECIES, MEMORY, dyAt << 2, ORDER);
        var positive = d.mul(scale).add(shift).compare(VectorOperators.GT, 0f);
        FloatVector slopes = g.mul(factor).blend(g, positive);
        sum = sum.add(slopes);
        products = products.add(slopes.mul(d));
      }
      sum.intoMemorySegment(MEMORY, (sums + j) << 2, ORDER);
      products.intoMemorySegment(MEMORY, (sums + j + n) << 2, ORDER);
    }
  }

  static void normaliseGradient(
      int count,
      int n,
      float slope,
      long channels,
      long x,
      long xStep,
      long dy,
      long dyStep,
      long dx,
      long dxStep) {
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    for (int next = 0; next < n; next += LANES) {
      long j = Math.min(next, n - LANES);
      FloatVector mean = FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j) << 2, ORDER);
      FloatVector scale =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j + n) << 2, ORDER);
      FloatVector shift =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j + 2L * n) << 2, ORDER);
      FloatVector level =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j + 3L * n) << 2, ORDER);
      FloatVector tilt =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j + 4L * n) << 2, ORDER);
      long at = x + j;
      long dyAt = dy + j;
      long to = dx + j;
      for (int i = 0; i < count; i++, at += xStep, dyAt += dyStep, to += dxStep) {
        FloatVector d = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER).sub(mean);
        FloatVector g = FloatVector.fromMemorySegment(SPECIES, MEMORY, dyAt << 2, ORDER);
        var positive = d.mul(scale).add(shift).compare(VectorOperators.GT, 0f);
        FloatVector slopes = g.mul(factor).blend(g, positive);
        slopes.mul(scale).sub(level).sub(d.mul(tilt)).intoMemorySegment(MEMORY, to << 2, ORDER);
      }
    }
  }
}
