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
  /**
   * With 256-bit vectors two neighbours walk down together, a cache line wide: it is fetched once,
   * and a sum need not wait for its last addition.
   */
  private static final boolean PAIRS = LANES == 8;

  private VectorNorms() {}

  static void deviationSums(int count, int n, long x, long xStep, long pivots, long sums) {
    int next = 0;
    for (; PAIRS && next + 2 * LANES <= n; next += 2 * LANES) {
      deviationSumPair(count, n, x + next, xStep, pivots + next, sums + next);
    }
    for (; next < n; next += LANES) {
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
    int next = 0;
    for (; PAIRS && next + 2 * LANES <= n; next += 2 * LANES) {
      normalisePair(count, n, slope, channels + next, x + next, xStep, y + next, yStep);
    }
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    for (; next < n; next += LANES) {
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
        value
            .mul(factor)
            .blend(value, value.compare(VectorOperators.GT, 0f))
            .intoMemorySegment(MEMORY, to << 2, ORDER);
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
    int next = 0;
    for (; PAIRS && next + 2 * LANES <= n; next += 2 * LANES) {
      normaliseGradientSumPair(
          count, n, slope, channels + next, x + next, xStep, dy + next, dyStep, sums + next);
    }
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    for (; next < n; next += LANES) {
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
    int next = 0;
    for (; PAIRS && next + 2 * LANES <= n; next += 2 * LANES) {
      normaliseGradientPair(
          count, n, slope, channels + next, x + next, xStep, dy + next, dyStep, dx + next, dxStep);
    }
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    for (; next < n; next += LANES) {
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

  private static void deviationSumPair(
      int count, int n, long x, long xStep, long pivots, long sums) {
    FloatVector pivot0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, pivots << 2, ORDER);
    FloatVector pivot1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (pivots + LANES) << 2, ORDER);
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = FloatVector.zero(SPECIES);
    FloatVector squares0 = FloatVector.zero(SPECIES);
    FloatVector squares1 = FloatVector.zero(SPECIES);
    long at = x;
    for (int i = 0; i < count; i++, at += xStep) {
      FloatVector d0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER).sub(pivot0);
      FloatVector d1 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + LANES) << 2, ORDER).sub(pivot1);
      sum0 = sum0.add(d0);
      sum1 = sum1.add(d1);
      squares0 = squares0.add(d0.mul(d0));
      squares1 = squares1.add(d1.mul(d1));
    }
    sum0.intoMemorySegment(MEMORY, sums << 2, ORDER);
    sum1.intoMemorySegment(MEMORY, (sums + LANES) << 2, ORDER);
    squares0.intoMemorySegment(MEMORY, (sums + n) << 2, ORDER);
    squares1.intoMemorySegment(MEMORY, (sums + n + LANES) << 2, ORDER);
  }

  private static void normalisePair(
      int count, int n, float slope, long channels, long x, long xStep, long y, long yStep) {
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    FloatVector mean0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, channels << 2, ORDER);
    FloatVector mean1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + LANES) << 2, ORDER);
    FloatVector scale0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + n) << 2, ORDER);
    FloatVector scale1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + n + LANES) << 2, ORDER);
    FloatVector shift0 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 2L * n) << 2, ORDER);
    FloatVector shift1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 2L * n + LANES) << 2, ORDER);
    long at = x;
    long to = y;
    for (int i = 0; i < count; i++, at += xStep, to += yStep) {
      FloatVector value0 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER)
              .sub(mean0)
              .mul(scale0)
              .add(shift0);
      FloatVector value1 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + LANES) << 2, ORDER)
              .sub(mean1)
              .mul(scale1)
              .add(shift1);
      value0
          .mul(factor)
          .blend(value0, value0.compare(VectorOperators.GT, 0f))
          .intoMemorySegment(MEMORY, to << 2, ORDER);
      value1
          .mul(factor)
          .blend(value1, value1.compare(VectorOperators.GT, 0f))
          .intoMemorySegment(MEMORY, (to + LANES) << 2, ORDER);
    }
  }

  private static void normaliseGradientSumPair(
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
    FloatVector mean0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, channels << 2, ORDER);
    FloatVector mean1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + LANES) << 2, ORDER);
    FloatVector scale0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + n) << 2, ORDER);
    FloatVector scale1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + n + LANES) << 2, ORDER);
    FloatVector shift0 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 2L * n) << 2, ORDER);
    FloatVector shift1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 2L * n + LANES) << 2, ORDER);
    FloatVector sum0 = FloatVector.zero(SPECIES);
    FloatVector sum1 = FloatVector.zero(SPECIES);
    FloatVector products0 = FloatVector.zero(SPECIES);
    FloatVector products1 = FloatVector.zero(SPECIES);
    long at = x;
    long dyAt = dy;
    for (int i = 0; i < count; i++, at += xStep, dyAt += dyStep) {
      FloatVector d0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER).sub(mean0);
      FloatVector g0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, dyAt << 2, ORDER);
      var positive0 = d0.mul(scale0).add(shift0).compare(VectorOperators.GT, 0f);
      FloatVector slopes0 = g0.mul(factor).blend(g0, positive0);
      sum0 = sum0.add(slopes0);
      products0 = products0.add(slopes0.mul(d0));
      FloatVector d1 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + LANES) << 2, ORDER).sub(mean1);
      FloatVector g1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (dyAt + LANES) << 2, ORDER);
      var positive1 = d1.mul(scale1).add(shift1).compare(VectorOperators.GT, 0f);
      FloatVector slopes1 = g1.mul(factor).blend(g1, positive1);
      sum1 = sum1.add(slopes1);
      products1 = products1.add(slopes1.mul(d1));
    }
    sum0.intoMemorySegment(MEMORY, sums << 2, ORDER);
    sum1.intoMemorySegment(MEMORY, (sums + LANES) << 2, ORDER);
    products0.intoMemorySegment(MEMORY, (sums + n) << 2, ORDER);
    products1.intoMemorySegment(MEMORY, (sums + n + LANES) << 2, ORDER);
  }

  private static void normaliseGradientPair(
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
    FloatVector mean0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, channels << 2, ORDER);
    FloatVector mean1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + LANES) << 2, ORDER);
    FloatVector scale0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + n) << 2, ORDER);
    FloatVector scale1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + n + LANES) << 2, ORDER);
    FloatVector shift0 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 2L * n) << 2, ORDER);
    FloatVector shift1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 2L * n + LANES) << 2, ORDER);
    FloatVector level0 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 3L * n) << 2, ORDER);
    FloatVector level1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 3L * n + LANES) << 2, ORDER);
    FloatVector tilt0 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 4L * n) << 2, ORDER);
    FloatVector tilt1 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + 4L * n + LANES) << 2, ORDER);
    long at = x;
    long dyAt = dy;
    long to = dx;
    for (int i = 0; i < count; i++, at += xStep, dyAt += dyStep, to += dxStep) {
      FloatVector d0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER).sub(mean0);
      FloatVector g0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, dyAt << 2, ORDER);
      var positive0 = d0.mul(scale0).add(shift0).compare(VectorOperators.GT, 0f);
      FloatVector slopes0 = g0.mul(factor).blend(g0, positive0);
      slopes0.mul(scale0).sub(level0).sub(d0.mul(tilt0)).intoMemorySegment(MEMORY, to << 2, ORDER);
      FloatVector d1 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + LANES) << 2, ORDER).sub(mean1);
      FloatVector g1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (dyAt + LANES) << 2, ORDER);
      var positive1 = d1.mul(scale1).add(shift1).compare(VectorOperators.GT, 0f);
      FloatVector slopes1 = g1.mul(factor).blend(g1, positive1);
      slopes1
          .mul(scale1)
          .sub(level1)
          .sub(d1.mul(tilt1))
          .intoMemorySegment(MEMORY, (to + LANES) << 2, ORDER);
    }
  }
}
