package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;
import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Normalisation within a position, for at least one vector of channels. Lanes are stored and added
 * one by one in a fixed order; what is left after the last whole vector is done alone.
 */
final class VectorRowNorms {
  private VectorRowNorms() {}

  static void standardiseRows(
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
    for (int i = 0; i < count; i++) {
      long xAt = xOffset + i * xStep;
      long yAt = yOffset + i * yStep;
      float mean = mean(n, x, xAt, y, yAt);
      float inverse =
          (float) (1 / Math.sqrt(squares(n, mean, x, xAt, y, yAt) / n + (double) epsilon));
      write(moments, momentsOffset + 2L * i, mean);
      write(moments, momentsOffset + 2L * i + 1, inverse);
      standardise(n, mean, inverse, channels, x, xAt, y, yAt);
    }
  }

  /**
   * Sums deviations from the first channel, so that a large mean costs no digits. The memory at
   * {@code lanes} is used to add up the lanes of a vector.
   */
  private static float mean(int n, MemorySegment x, long at, MemorySegment lanes, long lanesAt) {
    float first = read(x, at);
    FloatVector sums = FloatVector.zero(SPECIES);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      sums = sums.add(FloatVector.fromMemorySegment(SPECIES, x, (at + j) << 2, ORDER).sub(first));
    }
    sums.intoMemorySegment(lanes, lanesAt << 2, ORDER);
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++) {
      sum += read(lanes, lanesAt + lane);
    }
    for (; j < n; j++) {
      sum += read(x, at + j) - first;
    }
    return first + sum / n;
  }

  private static float squares(
      int n, float mean, MemorySegment x, long at, MemorySegment lanes, long lanesAt) {
    FloatVector sums = FloatVector.zero(SPECIES);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector d = FloatVector.fromMemorySegment(SPECIES, x, (at + j) << 2, ORDER).sub(mean);
      sums = sums.add(d.mul(d));
    }
    sums.intoMemorySegment(lanes, lanesAt << 2, ORDER);
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++) {
      sum += read(lanes, lanesAt + lane);
    }
    for (; j < n; j++) {
      float d = read(x, at + j) - mean;
      sum += d * d;
    }
    return sum;
  }

  private static void standardise(
      int n,
      float mean,
      float inverse,
      MemorySegment channels,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt) {
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector.fromMemorySegment(SPECIES, x, (xAt + j) << 2, ORDER)
          .sub(mean)
          .mul(inverse)
          .mul(FloatVector.fromMemorySegment(SPECIES, channels, (long) j << 2, ORDER))
          .add(FloatVector.fromMemorySegment(SPECIES, channels, ((long) n + j) << 2, ORDER))
          .intoMemorySegment(y, (yAt + j) << 2, ORDER);
    }
    for (; j < n; j++) {
      float normal = (read(x, xAt + j) - mean) * inverse;
      write(y, yAt + j, normal * read(channels, j) + read(channels, (long) n + j));
    }
  }

  static void standardiseRowsGradient(
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
    for (int i = 0; i < count; i++) {
      float mean = read(moments, momentsOffset + 2L * i);
      float inverse = read(moments, momentsOffset + 2L * i + 1);
      gradient(
          n,
          mean,
          inverse,
          channels,
          x,
          xOffset + i * xStep,
          dy,
          dyOffset + i * dyStep,
          dx,
          dxOffset + i * dxStep);
    }
  }

  private static void gradient(
      int n,
      float mean,
      float inverse,
      MemorySegment channels,
      MemorySegment x,
      long xAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt) {
    FloatVector sums = FloatVector.zero(SPECIES);
    FloatVector products = FloatVector.zero(SPECIES);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector g =
          FloatVector.fromMemorySegment(SPECIES, dy, (dyAt + j) << 2, ORDER)
              .mul(FloatVector.fromMemorySegment(SPECIES, channels, (long) j << 2, ORDER));
      FloatVector normal =
          FloatVector.fromMemorySegment(SPECIES, x, (xAt + j) << 2, ORDER).sub(mean).mul(inverse);
      sums = sums.add(g);
      products = products.add(g.mul(normal));
    }
    float sum = 0;
    sums.intoMemorySegment(dx, dxAt << 2, ORDER);
    for (int lane = 0; lane < LANES; lane++) {
      sum += read(dx, dxAt + lane);
    }
    float product = 0;
    products.intoMemorySegment(dx, dxAt << 2, ORDER);
    for (int lane = 0; lane < LANES; lane++) {
      product += read(dx, dxAt + lane);
    }
    for (; j < n; j++) {
      float g = read(dy, dyAt + j) * read(channels, j);
      sum += g;
      product += g * ((read(x, xAt + j) - mean) * inverse);
    }
    float level = sum / n;
    float tilt = product / n;
    for (j = 0; j + LANES <= n; j += LANES) {
      FloatVector g =
          FloatVector.fromMemorySegment(SPECIES, dy, (dyAt + j) << 2, ORDER)
              .mul(FloatVector.fromMemorySegment(SPECIES, channels, (long) j << 2, ORDER));
      FloatVector normal =
          FloatVector.fromMemorySegment(SPECIES, x, (xAt + j) << 2, ORDER).sub(mean).mul(inverse);
      g.sub(level).sub(normal.mul(tilt)).mul(inverse).intoMemorySegment(dx, (dxAt + j) << 2, ORDER);
    }
    for (; j < n; j++) {
      float g = read(dy, dyAt + j) * read(channels, j);
      float normal = (read(x, xAt + j) - mean) * inverse;
      write(dx, dxAt + j, (g - level - normal * tilt) * inverse);
    }
  }

  static void standardiseRowsSums(
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
    for (int next = 0; next < n; next += LANES) {
      long j = Math.min(next, n - LANES);
      FloatVector sum = FloatVector.zero(SPECIES);
      FloatVector products = FloatVector.zero(SPECIES);
      for (int i = 0; i < count; i++) {
        float mean = read(moments, momentsOffset + 2L * i);
        float inverse = read(moments, momentsOffset + 2L * i + 1);
        FloatVector g =
            FloatVector.fromMemorySegment(SPECIES, dy, (dyOffset + i * dyStep + j) << 2, ORDER);
        FloatVector normal =
            FloatVector.fromMemorySegment(SPECIES, x, (xOffset + i * xStep + j) << 2, ORDER)
                .sub(mean)
                .mul(inverse);
        sum = sum.add(g);
        products = products.add(g.mul(normal));
      }
      products.intoMemorySegment(sums, j << 2, ORDER);
      sum.intoMemorySegment(sums, (j + n) << 2, ORDER);
    }
  }
}
