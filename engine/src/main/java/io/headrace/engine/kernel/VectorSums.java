package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;
import static io.headrace.engine.kernel.VectorWidth.all;
import static io.headrace.engine.kernel.VectorWidth.load;
import static io.headrace.engine.kernel.VectorWidth.repeat;
import static io.headrace.engine.kernel.VectorWidth.store;
import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import java.lang.foreign.MemorySegment;
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

  static void rowDots(
      int rows,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment b,
      long bOffset,
      float bias,
      MemorySegment out,
      long outOffset) {
    int i = 0;
    for (; i + 4 <= rows; i += 4) {
      fourDots(k, a, aOffset + i * aRow, aRow, b, bOffset, bias, out, outOffset + i);
    }
    for (; i < rows; i++) {
      oneDot(k, a, aOffset + i * aRow, b, bOffset, bias, out, outOffset + i);
    }
  }

  private static void fourDots(
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment b,
      long bOffset,
      float bias,
      MemorySegment out,
      long outOffset) {
    FloatVector s0 = FloatVector.zero(SPECIES);
    FloatVector s1 = s0;
    FloatVector s2 = s0;
    FloatVector s3 = s0;
    int l = 0;
    for (; l + LANES <= k; l += LANES) {
      FloatVector f = load(b, bOffset + l);
      long aAt = aOffset + l;
      s0 = f.fma(load(a, aAt), s0);
      s1 = f.fma(load(a, aAt + aRow), s1);
      s2 = f.fma(load(a, aAt + 2 * aRow), s2);
      s3 = f.fma(load(a, aAt + 3 * aRow), s3);
    }
    float d0 = total(s0);
    float d1 = total(s1);
    float d2 = total(s2);
    float d3 = total(s3);
    for (; l < k; l++) {
      float f = read(b, bOffset + l);
      long aAt = aOffset + l;
      d0 += f * read(a, aAt);
      d1 += f * read(a, aAt + aRow);
      d2 += f * read(a, aAt + 2 * aRow);
      d3 += f * read(a, aAt + 3 * aRow);
    }
    write(out, outOffset, bias + d0);
    write(out, outOffset + 1, bias + d1);
    write(out, outOffset + 2, bias + d2);
    write(out, outOffset + 3, bias + d3);
  }

  private static void oneDot(
      int k,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      float bias,
      MemorySegment out,
      long outOffset) {
    FloatVector s = FloatVector.zero(SPECIES);
    int l = 0;
    for (; l + LANES <= k; l += LANES) {
      s = load(b, bOffset + l).fma(load(a, aOffset + l), s);
    }
    float d = total(s);
    for (; l < k; l++) {
      d += read(b, bOffset + l) * read(a, aOffset + l);
    }
    write(out, outOffset, bias + d);
  }

  private static float total(FloatVector lanes) {
    FloatVector s = lanes;
    if (LANES > 8) {
      s = s.add(s.rearrange(BY_8));
    }
    if (LANES > 4) {
      s = s.add(s.rearrange(BY_4));
    }
    s = s.add(s.rearrange(BY_2));
    return s.add(s.rearrange(BY_1)).lane(0);
  }

  static void weightedRowSum(
      int rows,
      int n,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset) {
    int j = 0;
    for (; j + 4 * LANES <= n; j += 4 * LANES) {
      FloatVector s0 = FloatVector.zero(SPECIES);
      FloatVector s1 = s0;
      FloatVector s2 = s0;
      FloatVector s3 = s0;
      for (int i = 0; i < rows; i++) {
        FloatVector w = repeat(weights, weightsOffset + i);
        long aAt = aOffset + j + i * aRow;
        s0 = w.fma(load(a, aAt), s0);
        s1 = w.fma(load(a, aAt + LANES), s1);
        s2 = w.fma(load(a, aAt + 2L * LANES), s2);
        s3 = w.fma(load(a, aAt + 3L * LANES), s3);
      }
      store(s0, out, outOffset + j);
      store(s1, out, outOffset + j + LANES);
      store(s2, out, outOffset + j + 2L * LANES);
      store(s3, out, outOffset + j + 3L * LANES);
    }
    while (j < n && n >= LANES) { // the last vector may overlap the one before
      int at = Math.min(j, n - LANES);
      FloatVector s = FloatVector.zero(SPECIES);
      for (int i = 0; i < rows; i++) {
        s = repeat(weights, weightsOffset + i).fma(load(a, aOffset + at + i * aRow), s);
      }
      store(s, out, outOffset + at);
      j = at + LANES;
    }
    for (; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += read(weights, weightsOffset + i) * read(a, aOffset + i * aRow + j);
      }
      write(out, outOffset + j, sum);
    }
  }

  static void rowSum(
      int rows,
      int n,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset) {
    int j = 0;
    for (; j + LANES <= n; j += LANES) {
      FloatVector s = FloatVector.zero(SPECIES);
      for (int i = 0; i < rows; i++) {
        s = s.add(load(a, aOffset + j + i * aRow));
      }
      store(s, out, outOffset + j);
    }
    for (; j < n; j++) {
      float sum = 0;
      for (int i = 0; i < rows; i++) {
        sum += read(a, aOffset + i * aRow + j);
      }
      write(out, outOffset + j, sum);
    }
  }

  static void addScaled(
      int count, float alpha, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    int i = 0;
    if (count >= LANES) {
      FloatVector factor = all(alpha);
      for (; i + LANES <= count; i += LANES) {
        store(load(y, yOffset + i).add(factor.mul(load(x, xOffset + i))), y, yOffset + i);
      }
    }
    for (; i < count; i++) {
      write(y, yOffset + i, read(y, yOffset + i) + alpha * read(x, xOffset + i));
    }
  }
}
