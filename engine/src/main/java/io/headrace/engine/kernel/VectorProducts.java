package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.load;
import static io.headrace.engine.kernel.VectorWidth.repeat;
import static io.headrace.engine.kernel.VectorWidth.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Matrix products in register tiles: 4 rows by as many vectors as the registers hold. Rows and
 * columns of a tile are accumulated where they lie, one fused multiply-add a step, so the bits of
 * an element depend neither on the tile nor on the vector width.
 */
final class VectorProducts {
  private static final int TILE_ROWS = 4;

  /** Terms of a sum taken at once, so that the rows of b which a tile reads stay in the cache. */
  private static final int DEPTH = 256;

  private VectorProducts() {}

  static void addProduct(
      int m,
      int n,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    for (int from = 0; from < k; from += DEPTH) {
      int depth = Math.min(DEPTH, k - from);
      long aAt = aOffset + from * aStep;
      long bAt = bOffset + from * bRow;
      int j = 0;
      if (LANES != 8) { // 256-bit machines have 16 registers: too few for tiles of four vectors
        for (; j + 4 * LANES <= n; j += 4 * LANES) {
          columns4(m, depth, a, aAt, aRow, aStep, b, bAt + j, bRow, out, outOffset + j, outRow);
        }
      }
      for (; j + 2 * LANES <= n; j += 2 * LANES) {
        columns2(m, depth, a, aAt, aRow, aStep, b, bAt + j, bRow, out, outOffset + j, outRow);
      }
      for (; j < n; j += LANES) {
        columns1(m, depth, a, aAt, aRow, aStep, b, bAt + j, bRow, out, outOffset + j, outRow);
      }
    }
  }

  private static void columns4(
      int m,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      tile4x4(
          k,
          a,
          aOffset + i * aRow,
          aRow,
          aStep,
          b,
          bOffset,
          bRow,
          out,
          outOffset + i * outRow,
          outRow);
    }
    for (; i < m; i++) {
      tile1x4(k, a, aOffset + i * aRow, aStep, b, bOffset, bRow, out, outOffset + i * outRow);
    }
  }

  private static void columns2(
      int m,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      tile4x2(
          k,
          a,
          aOffset + i * aRow,
          aRow,
          aStep,
          b,
          bOffset,
          bRow,
          out,
          outOffset + i * outRow,
          outRow);
    }
    for (; i < m; i++) {
      tile1x2(k, a, aOffset + i * aRow, aStep, b, bOffset, bRow, out, outOffset + i * outRow);
    }
  }

  private static void columns1(
      int m,
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    int i = 0;
    for (; i + TILE_ROWS <= m; i += TILE_ROWS) {
      tile4x1(
          k,
          a,
          aOffset + i * aRow,
          aRow,
          aStep,
          b,
          bOffset,
          bRow,
          out,
          outOffset + i * outRow,
          outRow);
    }
    for (; i < m; i++) {
      tile1x1(k, a, aOffset + i * aRow, aStep, b, bOffset, bRow, out, outOffset + i * outRow);
    }
  }

  private static void tile4x4(
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    long o1 = outOffset + outRow;
    long o2 = o1 + outRow;
    long o3 = o2 + outRow;
    FloatVector s00 = load(out, outOffset);
    FloatVector s01 = load(out, outOffset + LANES);
    FloatVector s02 = load(out, outOffset + 2L * LANES);
    FloatVector s03 = load(out, outOffset + 3L * LANES);
    FloatVector s10 = load(out, o1);
    FloatVector s11 = load(out, o1 + LANES);
    FloatVector s12 = load(out, o1 + 2L * LANES);
    FloatVector s13 = load(out, o1 + 3L * LANES);
    FloatVector s20 = load(out, o2);
    FloatVector s21 = load(out, o2 + LANES);
    FloatVector s22 = load(out, o2 + 2L * LANES);
    FloatVector s23 = load(out, o2 + 3L * LANES);
    FloatVector s30 = load(out, o3);
    FloatVector s31 = load(out, o3 + LANES);
    FloatVector s32 = load(out, o3 + 2L * LANES);
    FloatVector s33 = load(out, o3 + 3L * LANES);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      long aAt = aOffset + l * aStep;
      FloatVector b0 = load(b, bAt);
      FloatVector b1 = load(b, bAt + LANES);
      FloatVector b2 = load(b, bAt + 2L * LANES);
      FloatVector b3 = load(b, bAt + 3L * LANES);
      FloatVector f = repeat(a, aAt);
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      s02 = f.fma(b2, s02);
      s03 = f.fma(b3, s03);
      f = repeat(a, aAt + aRow);
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      s12 = f.fma(b2, s12);
      s13 = f.fma(b3, s13);
      f = repeat(a, aAt + 2 * aRow);
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      s22 = f.fma(b2, s22);
      s23 = f.fma(b3, s23);
      f = repeat(a, aAt + 3 * aRow);
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
      s32 = f.fma(b2, s32);
      s33 = f.fma(b3, s33);
    }
    store(s00, out, outOffset);
    store(s01, out, outOffset + LANES);
    store(s02, out, outOffset + 2L * LANES);
    store(s03, out, outOffset + 3L * LANES);
    store(s10, out, o1);
    store(s11, out, o1 + LANES);
    store(s12, out, o1 + 2L * LANES);
    store(s13, out, o1 + 3L * LANES);
    store(s20, out, o2);
    store(s21, out, o2 + LANES);
    store(s22, out, o2 + 2L * LANES);
    store(s23, out, o2 + 3L * LANES);
    store(s30, out, o3);
    store(s31, out, o3 + LANES);
    store(s32, out, o3 + 2L * LANES);
    store(s33, out, o3 + 3L * LANES);
  }

  private static void tile1x4(
      int k,
      MemorySegment a,
      long aOffset,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset) {
    FloatVector s0 = load(out, outOffset);
    FloatVector s1 = load(out, outOffset + LANES);
    FloatVector s2 = load(out, outOffset + 2L * LANES);
    FloatVector s3 = load(out, outOffset + 3L * LANES);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      FloatVector f = repeat(a, aOffset + l * aStep);
      s0 = f.fma(load(b, bAt), s0);
      s1 = f.fma(load(b, bAt + LANES), s1);
      s2 = f.fma(load(b, bAt + 2L * LANES), s2);
      s3 = f.fma(load(b, bAt + 3L * LANES), s3);
    }
    store(s0, out, outOffset);
    store(s1, out, outOffset + LANES);
    store(s2, out, outOffset + 2L * LANES);
    store(s3, out, outOffset + 3L * LANES);
  }

  private static void tile4x2(
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    long o1 = outOffset + outRow;
    long o2 = o1 + outRow;
    long o3 = o2 + outRow;
    FloatVector s00 = load(out, outOffset);
    FloatVector s01 = load(out, outOffset + LANES);
    FloatVector s10 = load(out, o1);
    FloatVector s11 = load(out, o1 + LANES);
    FloatVector s20 = load(out, o2);
    FloatVector s21 = load(out, o2 + LANES);
    FloatVector s30 = load(out, o3);
    FloatVector s31 = load(out, o3 + LANES);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      long aAt = aOffset + l * aStep;
      FloatVector b0 = load(b, bAt);
      FloatVector b1 = load(b, bAt + LANES);
      FloatVector f = repeat(a, aAt);
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      f = repeat(a, aAt + aRow);
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      f = repeat(a, aAt + 2 * aRow);
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      f = repeat(a, aAt + 3 * aRow);
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
    }
    store(s00, out, outOffset);
    store(s01, out, outOffset + LANES);
    store(s10, out, o1);
    store(s11, out, o1 + LANES);
    store(s20, out, o2);
    store(s21, out, o2 + LANES);
    store(s30, out, o3);
    store(s31, out, o3 + LANES);
  }

  private static void tile1x2(
      int k,
      MemorySegment a,
      long aOffset,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset) {
    FloatVector s0 = load(out, outOffset);
    FloatVector s1 = load(out, outOffset + LANES);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      FloatVector f = repeat(a, aOffset + l * aStep);
      s0 = f.fma(load(b, bAt), s0);
      s1 = f.fma(load(b, bAt + LANES), s1);
    }
    store(s0, out, outOffset);
    store(s1, out, outOffset + LANES);
  }

  private static void tile4x1(
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    FloatVector s0 = load(out, outOffset);
    FloatVector s1 = load(out, outOffset + outRow);
    FloatVector s2 = load(out, outOffset + 2 * outRow);
    FloatVector s3 = load(out, outOffset + 3 * outRow);
    for (int l = 0; l < k; l++) {
      long aAt = aOffset + l * aStep;
      FloatVector b0 = load(b, bOffset + l * bRow);
      s0 = repeat(a, aAt).fma(b0, s0);
      s1 = repeat(a, aAt + aRow).fma(b0, s1);
      s2 = repeat(a, aAt + 2 * aRow).fma(b0, s2);
      s3 = repeat(a, aAt + 3 * aRow).fma(b0, s3);
    }
    store(s0, out, outOffset);
    store(s1, out, outOffset + outRow);
    store(s2, out, outOffset + 2 * outRow);
    store(s3, out, outOffset + 3 * outRow);
  }

  private static void tile1x1(
      int k,
      MemorySegment a,
      long aOffset,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment out,
      long outOffset) {
    FloatVector s0 = load(out, outOffset);
    for (int l = 0; l < k; l++) {
      s0 = repeat(a, aOffset + l * aStep).fma(load(b, bOffset + l * bRow), s0);
    }
    store(s0, out, outOffset);
  }
}
