package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;
import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

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
      long channels,
      long x,
      long xStep,
      long y,
      long yStep,
      long moments) {
    for (int i = 0; i < count; i++) {
      long xAt = x + i * xStep;
      long yAt = y + i * yStep;
      float mean = mean(n, xAt, yAt);
      float inverse = (float) (1 / Math.sqrt(squares(n, mean, xAt, yAt) / n + (double) epsilon));
      write(MEMORY, moments + 2L * i, mean);
      write(MEMORY, moments + 2L * i + 1, inverse);
      standardise(n, mean, inverse, channels, xAt, yAt);
    }
  }

  /**
   * Sums deviations from the first channel, so that a large mean costs no digits. The memory at
   * {@code lanes} is used to add up the lanes of a vector.
   */
  private static float mean(int n, long at, long lanesAt) {
    float first = read(MEMORY, at);
    FloatVector sums = FloatVector.zero(SPECIES);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      sums =
          sums.add(FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + j) << 2, ORDER).sub(first));
    }
    sums.intoMemorySegment(MEMORY, lanesAt << 2, ORDER);
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++) {
      sum += read(MEMORY, lanesAt + lane);
    }
    for (; j < n; j++) {
      sum += read(MEMORY, at + j) - first;
    }
    return first + sum / n;
  }

  private static float squares(int n, float mean, long at, long lanesAt) {
    FloatVector sums = FloatVector.zero(SPECIES);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector d =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + j) << 2, ORDER).sub(mean);
      sums = sums.add(d.mul(d));
    }
    sums.intoMemorySegment(MEMORY, lanesAt << 2, ORDER);
    float sum = 0;
    for (int lane = 0; lane < LANES; lane++) {
      sum += read(MEMORY, lanesAt + lane);
    }
    for (; j < n; j++) {
      float d = read(MEMORY, at + j) - mean;
      sum += d * d;
    }
    return sum;
  }

  private static void standardise(
      int n, float mean, float inverse, long channels, long xAt, long yAt) {
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (xAt + j) << 2, ORDER)
          .sub(mean)
          .mul(inverse)
          .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j) << 2, ORDER))
          .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + n + j) << 2, ORDER))
          .intoMemorySegment(MEMORY, (yAt + j) << 2, ORDER);
    }
    for (; j < n; j++) {
      float normal = (read(MEMORY, xAt + j) - mean) * inverse;
      write(MEMORY, yAt + j, normal * read(MEMORY, channels + j) + read(MEMORY, channels + n + j));
    }
  }

  static void standardiseRowsGradient(
      int count,
      int n,
      long channels,
      long x,
      long xStep,
      long moments,
      long dy,
      long dyStep,
      long dx,
      long dxStep) {
    for (int i = 0; i < count; i++) {
      float mean = read(MEMORY, moments + 2L * i);
      float inverse = read(MEMORY, moments + 2L * i + 1);
      gradient(n, mean, inverse, channels, x + i * xStep, dy + i * dyStep, dx + i * dxStep);
    }
  }

  private static void gradient(
      int n, float mean, float inverse, long channels, long xAt, long dyAt, long dxAt) {
    FloatVector sums = FloatVector.zero(SPECIES);
    FloatVector products = FloatVector.zero(SPECIES);
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector g =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (dyAt + j) << 2, ORDER)
              .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j) << 2, ORDER));
      FloatVector normal =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (xAt + j) << 2, ORDER)
              .sub(mean)
              .mul(inverse);
      sums = sums.add(g);
      products = products.add(g.mul(normal));
    }
    float sum = 0;
    sums.intoMemorySegment(MEMORY, dxAt << 2, ORDER);
    for (int lane = 0; lane < LANES; lane++) {
      sum += read(MEMORY, dxAt + lane);
    }
    float product = 0;
    products.intoMemorySegment(MEMORY, dxAt << 2, ORDER);
    for (int lane = 0; lane < LANES; lane++) {
      product += read(MEMORY, dxAt + lane);
    }
    for (; j < n; j++) {
      float g = read(MEMORY, dyAt + j) * read(MEMORY, channels + j);
      sum += g;
      product += g * ((read(MEMORY, xAt + j) - mean) * inverse);
    }
    float level = sum / n;
    float tilt = product / n;
    for (j = 0; j + LANES <= n; j += LANES) {
      FloatVector g =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (dyAt + j) << 2, ORDER)
              .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (channels + j) << 2, ORDER));
      FloatVector normal =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (xAt + j) << 2, ORDER)
              .sub(mean)
              .mul(inverse);
      g.sub(level)
          .sub(normal.mul(tilt))
          .mul(inverse)
          .intoMemorySegment(MEMORY, (dxAt + j) << 2, ORDER);
    }
    for (; j < n; j++) {
      float g = read(MEMORY, dyAt + j) * read(MEMORY, channels + j);
      float normal = (read(MEMORY, xAt + j) - mean) * inverse;
      write(MEMORY, dxAt + j, (g - level - normal * tilt) * inverse);
    }
  }

  static void standardiseRowsSums(
      int count, int n, long x, long xStep, long moments, long dy, long dyStep, long sums) {
    for (int next = 0; next < n; next += LANES) {
      long j = Math.min(next, n - LANES);
      FloatVector sum = FloatVector.zero(SPECIES);
      FloatVector products = FloatVector.zero(SPECIES);
      for (int i = 0; i < count; i++) {
        float mean = read(MEMORY, moments + 2L * i);
        float inverse = read(MEMORY, moments + 2L * i + 1);
        FloatVector g =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (dy + i * dyStep + j) << 2, ORDER);
        FloatVector normal =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i * xStep + j) << 2, ORDER)
                .sub(mean)
                .mul(inverse);
        sum = sum.add(g);
        products = products.add(g.mul(normal));
      }
      products.intoMemorySegment(MEMORY, (sums + j) << 2, ORDER);
      sum.intoMemorySegment(MEMORY, (sums + j + n) << 2, ORDER);
    }
  }
}
