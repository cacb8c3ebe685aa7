package io.headrace.engine.kernel;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import java.lang.foreign.MemorySegment;

/** The scalar twins of {@link VectorNorms} and {@link VectorMasks}. */
final class ScalarNorms {
  private ScalarNorms() {}

  static void deviationSums(
      int count,
      int n,
      MemorySegment x,
      long xOffset,
      long xStep,
      MemorySegment pivots,
      long pivotsOffset,
      MemorySegment sums) {
    for (int j = 0; j < n; j++) {
      float pivot = read(pivots, pivotsOffset + j);
      float sum = 0;
      float squares = 0;
      for (int i = 0; i < count; i++) {
        float d = read(x, xOffset + i * xStep + j) - pivot;
        sum += d;
        squares += d * d;
      }
      write(sums, j, sum);
      write(sums, n + j, squares);
    }
  }

  static void normalise(
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
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < n; j++) {
        float d = read(x, xOffset + i * xStep + j) - read(channels, j);
        float z = d * read(channels, n + j) + read(channels, 2L * n + j);
        write(y, yOffset + i * yStep + j, z > 0 ? z : slope * z);
      }
    }
  }

  static void normaliseGradientSums(
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
    for (int j = 0; j < n; j++) {
      float mean = read(channels, j);
      float scale = read(channels, n + j);
      float shift = read(channels, 2L * n + j);
      float sum = 0;
      float products = 0;
      for (int i = 0; i < count; i++) {
        float d = read(x, xOffset + i * xStep + j) - mean;
        float g = read(dy, dyOffset + i * dyStep + j);
        g = d * scale + shift > 0 ? g : slope * g;
        sum += g;
        products += g * d;
      }
      write(sums, j, sum);
      write(sums, n + j, products);
    }
  }

  static void normaliseGradient(
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
    for (int i = 0; i < count; i++) {
      for (int j = 0; j < n; j++) {
        float d = read(x, xOffset + i * xStep + j) - read(channels, j);
        float scale = read(channels, n + j);
        float g = read(dy, dyOffset + i * dyStep + j);
        g = d * scale + read(channels, 2L * n + j) > 0 ? g : slope * g;
        float value = scale * g - read(channels, 3L * n + j) - d * read(channels, 4L * n + j);
        write(dx, dxOffset + i * dxStep + j, value);
      }
    }
  }

  static void dropout(
      int count,
      int first,
      long key,
      int threshold,
      float scale,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset) {
    for (int i = 0; i < count; i++) {
      int scaled = Float.floatToRawIntBits(scale * read(x, xOffset + i));
      int kept = scaled & ~RandomMask.dropped(first + i, key, threshold);
      write(y, yOffset + i, Float.intBitsToFloat(kept));
    }
  }

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
      long at = xOffset + i * xStep;
      float first = n == 0 ? 0 : read(x, at);
      float sum = 0;
      for (int j = 0; j < n; j++) {
        sum += read(x, at + j) - first;
      }
      float mean = first + sum / n;
      float squares = 0;
      for (int j = 0; j < n; j++) {
        float d = read(x, at + j) - mean;
        squares += d * d;
      }
      float inverse = (float) (1 / Math.sqrt(squares / n + (double) epsilon));
      write(moments, momentsOffset + 2L * i, mean);
      write(moments, momentsOffset + 2L * i + 1, inverse);
      for (int j = 0; j < n; j++) {
        float normal = (read(x, at + j) - mean) * inverse;
        float value = normal * read(channels, j) + read(channels, (long) n + j);
        write(y, yOffset + i * yStep + j, value);
      }
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
      long xAt = xOffset + i * xStep;
      long dyAt = dyOffset + i * dyStep;
      float sum = 0;
      float product = 0;
      for (int j = 0; j < n; j++) {
        float g = read(dy, dyAt + j) * read(channels, j);
        sum += g;
        product += g * ((read(x, xAt + j) - mean) * inverse);
      }
      for (int j = 0; j < n; j++) {
        float g = read(dy, dyAt + j) * read(channels, j);
        float normal = (read(x, xAt + j) - mean) * inverse;
        float value = (g - sum / n - normal * (product / n)) * inverse;
        write(dx, dxOffset + i * dxStep + j, value);
      }
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
    for (int j = 0; j < n; j++) {
      float sum = 0;
      float products = 0;
      for (int i = 0; i < count; i++) {
        float mean = read(moments, momentsOffset + 2L * i);
        float inverse = read(moments, momentsOffset + 2L * i + 1);
        float g = read(dy, dyOffset + i * dyStep + j);
        sum += g;
        products += g * ((read(x, xOffset + i * xStep + j) - mean) * inverse);
      }
      write(sums, j, products);
      write(sums, (long) n + j, sum);
    }
  }
}
