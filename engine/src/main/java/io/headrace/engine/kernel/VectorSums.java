package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.FLOAT;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;
import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;

/**
 * Dot products and sums over rows. Lanes are added by halves in a fixed order, because the order of
 * the Vector API's own reduction may change between compiler tiers, and with it the bits.
 */
final class VectorSums {
  private static final VectorShuffle<Float> BY_8 = VectorShuffle.iota(SPECIES, 8, 1, true);
  private static final VectorShuffle<Float> BY_4 = VectorShuffle.iota(SPECIES, 4, 1, true);
  private static final VectorShuffle<Float> BY_2 = VectorShuffle.iota(SPECIES, 2, 1, true);
  private static final VectorShuffle<Float> BY_1 = VectorShuffle.iota(SPECIES, 1, 1, true);

  private VectorSums() {}

  static void rowDots(int rows, int k, long a, long aRow, long b, float bias, long out) {
    int i = 0;
    for (; i + 4 <= rows; i += 4) {
      fourDots(k, a + i * aRow, aRow, b, bias, out + i);
    }
    for (; i < rows; i++) {
      oneDot(k, a + i * aRow, b, bias, out + i);
    }
  }

  private static void fourDots(int k, long a, long aRow, long b, float bias, long out) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int l = 0;
    for (; l + LANES <= k; l += LANES) {
      FloatVector f = FloatVector.fromMemorySegment(SPECIES, MEMORY, (b + l) << 2, ORDER);
      long aAt = a + l;
      s0 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, aAt << 2, ORDER), s0);
      s1 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (aAt + aRow) << 2, ORDER), s1);
      s2 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (aAt + 2 * aRow) << 2, ORDER), s2);
      s3 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (aAt + 3 * aRow) << 2, ORDER), s3);
    }
    if (LANES > 8) {
      s0 = s0.add(s0.rearrange(BY_8));
      s1 = s1.add(s1.rearrange(BY_8));
      s2 = s2.add(s2.rearrange(BY_8));
      s3 = s3.add(s3.rearrange(BY_8));
    }
    if (LANES > 4) {
      s0 = s0.add(s0.rearrange(BY_4));
      s1 = s1.add(s1.rearrange(BY_4));
      s2 = s2.add(s2.rearrange(BY_4));
      s3 = s3.add(s3.rearrange(BY_4));
    }
    s0 = s0.add(s0.rearrange(BY_2));
    s1 = s1.add(s1.rearrange(BY_2));
    s2 = s2.add(s2.rearrange(BY_2));
    s3 = s3.add(s3.rearrange(BY_2));
    s0 = s0.add(s0.rearrange(BY_1));
    s1 = s1.add(s1.rearrange(BY_1));
    s2 = s2.add(s2.rearrange(BY_1));
    s3 = s3.add(s3.rearrange(BY_1));
    float d0 = s0.lane(0);
    float d1 = s1.lane(0);
    float d2 = s2.lane(0);
    float d3 = s3.lane(0);
    for (; l < k; l++) {
      float f = read(MEMORY, b + l);
      long aAt = a + l;
      d0 += f * read(MEMORY, aAt);
      d1 += f * read(MEMORY, aAt + aRow);
      d2 += f * read(MEMORY, aAt + 2 * aRow);
      d3 += f * read(MEMORY, aAt + 3 * aRow);
    }
    write(MEMORY, out, bias + d0);
    write(MEMORY, out + 1, bias + d1);
    write(MEMORY, out + 2, bias + d2);
    write(MEMORY, out + 3, bias + d3);
  }

  private static void oneDot(int k, long a, long b, float bias, long out) {
    FloatVector s = FloatVector.zero(SPECIES);
    int l = 0;
    for (; l + LANES <= k; l += LANES) {
      s =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (b + l) << 2, ORDER)
              .fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + l) << 2, ORDER), s);
    }
    if (LANES > 8) {
      s = s.add(s.rearrange(BY_8));
    }
    if (LANES > 4) {
      s = s.add(s.rearrange(BY_4));
    }
    s = s.add(s.rearrange(BY_2));
    s = s.add(s.rearrange(BY_1));
    float d = s.lane(0);
    for (; l < k; l++) {
      d += read(MEMORY, b + l) * read(MEMORY, a + l);
    }
    write(MEMORY, out, bias + d);
  }

  static void weightedRowSum(int rows, int n, long weights, long a, long aRow, long out) {
    int j = 0;
    for (; j + 4 * LANES <= n; j += 4 * LANES) {
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int i = 0; i < rows; i++) {
        FloatVector w = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (weights + i) << 2));
        long aAt = a + j + i * aRow;
        s0 = w.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, aAt << 2, ORDER), s0);
        s1 = w.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (aAt + LANES) << 2, ORDER), s1);
        s2 =
            w.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (aAt + 2L * LANES) << 2, ORDER), s2);
        s3 =
            w.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (aAt + 3L * LANES) << 2, ORDER), s3);
      }
      s0.intoMemorySegment(MEMORY, (out + j) << 2, ORDER);
      s1.intoMemorySegment(MEMORY, (out + j + LANES) << 2, ORDER);
      s2.intoMemorySegment(MEMORY, (out + j + 2L * LANES) << 2, ORDER);
      s3.intoMemorySegment(MEMORY, (out + j + 3L * LANES) << 2, ORDER);
    }
    while (j < n && n >= LANES) { // the last vector may overlap the one before
      int at = Math.min(j, n - LANES);
      FloatVector s = FloatVector.zero(SPECIES);
      for (int i = 0; i < rows; i++) {
        s =
            FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (weights + i) << 2))
                .fma(
                    FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + at + i * aRow) << 2, ORDER),
                    s);
      }
      s.intoMemorySegment(MEMORY, (out + at) << 2, ORDER);
      j = at + LANES;
    }
    for (; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += read(MEMORY, weights + i) * read(MEMORY, a + i * aRow + j);
      }
      write(MEMORY, out + j, sum);
    }
  }

  static void rowSum(int rows, int n, long a, long aRow, long out) {
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector s = FloatVector.zero(SPECIES);
      for (int i = 0; i < rows; i++) {
        s = s.add(FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + j + i * aRow) << 2, ORDER));
      }
      s.intoMemorySegment(MEMORY, (out + j) << 2, ORDER);
    }
    for (; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += read(MEMORY, a + i * aRow + j);
      }
      write(MEMORY, out + j, sum);
    }
  }

  static void addScaled(int count, float alpha, long x, long y) {
    int i = 0;
    if (count >= LANES) {
      FloatVector factor = FloatVector.broadcast(SPECIES, alpha);
      for (; i + LANES <= count; i += LANES) {
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (y + i) << 2, ORDER)
            .add(factor.mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER)))
            .intoMemorySegment(MEMORY, (y + i) << 2, ORDER);
      }
    }
    for (; i < count; i++) {
      write(MEMORY, y + i, read(MEMORY, y + i) + alpha * read(MEMORY, x + i));
    }
  }
}
