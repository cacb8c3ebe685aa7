package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.FLOAT;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Register tiles of a matrix product: rows by vectors of what the sums begin with are loaded, all
 * terms added, and stored. Written out, because the compiler keeps vectors in registers only where
 * it can name each.
 */
final class VectorTiles {
  private VectorTiles() {}

  static void tile4x4(
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment first,
      long firstOffset,
      long firstRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, first, firstOffset << 2, ORDER);
    FloatVector s01 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + LANES) << 2, ORDER);
    FloatVector s02 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 2L * LANES) << 2, ORDER);
    FloatVector s03 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 3L * LANES) << 2, ORDER);
    FloatVector s10 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + firstRow) << 2, ORDER);
    FloatVector s11 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + firstRow + LANES) << 2, ORDER);
    FloatVector s12 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + firstRow + 2L * LANES) << 2, ORDER);
    FloatVector s13 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + firstRow + 3L * LANES) << 2, ORDER);
    FloatVector s20 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 2 * firstRow) << 2, ORDER);
    FloatVector s21 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + 2 * firstRow + LANES) << 2, ORDER);
    FloatVector s22 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + 2 * firstRow + 2L * LANES) << 2, ORDER);
    FloatVector s23 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + 2 * firstRow + 3L * LANES) << 2, ORDER);
    FloatVector s30 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 3 * firstRow) << 2, ORDER);
    FloatVector s31 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + 3 * firstRow + LANES) << 2, ORDER);
    FloatVector s32 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + 3 * firstRow + 2L * LANES) << 2, ORDER);
    FloatVector s33 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + 3 * firstRow + 3L * LANES) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      long aAt = aOffset + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt << 2, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, (bAt + LANES) << 2, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(SPECIES, b, (bAt + 2L * LANES) << 2, ORDER);
      FloatVector b3 = FloatVector.fromMemorySegment(SPECIES, b, (bAt + 3L * LANES) << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, a.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      s02 = f.fma(b2, s02);
      s03 = f.fma(b3, s03);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + aRow) << 2));
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      s12 = f.fma(b2, s12);
      s13 = f.fma(b3, s13);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + 2 * aRow) << 2));
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      s22 = f.fma(b2, s22);
      s23 = f.fma(b3, s23);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + 3 * aRow) << 2));
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
      s32 = f.fma(b2, s32);
      s33 = f.fma(b3, s33);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s01.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
    s02.intoMemorySegment(out, (outOffset + 2L * LANES) << 2, ORDER);
    s03.intoMemorySegment(out, (outOffset + 3L * LANES) << 2, ORDER);
    s10.intoMemorySegment(out, (outOffset + outRow) << 2, ORDER);
    s11.intoMemorySegment(out, (outOffset + outRow + LANES) << 2, ORDER);
    s12.intoMemorySegment(out, (outOffset + outRow + 2L * LANES) << 2, ORDER);
    s13.intoMemorySegment(out, (outOffset + outRow + 3L * LANES) << 2, ORDER);
    s20.intoMemorySegment(out, (outOffset + 2 * outRow) << 2, ORDER);
    s21.intoMemorySegment(out, (outOffset + 2 * outRow + LANES) << 2, ORDER);
    s22.intoMemorySegment(out, (outOffset + 2 * outRow + 2L * LANES) << 2, ORDER);
    s23.intoMemorySegment(out, (outOffset + 2 * outRow + 3L * LANES) << 2, ORDER);
    s30.intoMemorySegment(out, (outOffset + 3 * outRow) << 2, ORDER);
    s31.intoMemorySegment(out, (outOffset + 3 * outRow + LANES) << 2, ORDER);
    s32.intoMemorySegment(out, (outOffset + 3 * outRow + 2L * LANES) << 2, ORDER);
    s33.intoMemorySegment(out, (outOffset + 3 * outRow + 3L * LANES) << 2, ORDER);
  }

  static void tile1x4(
      int k,
      MemorySegment a,
      long aOffset,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment first,
      long firstOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, first, firstOffset << 2, ORDER);
    FloatVector s01 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + LANES) << 2, ORDER);
    FloatVector s02 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 2L * LANES) << 2, ORDER);
    FloatVector s03 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 3L * LANES) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      long aAt = aOffset + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt << 2, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, (bAt + LANES) << 2, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(SPECIES, b, (bAt + 2L * LANES) << 2, ORDER);
      FloatVector b3 = FloatVector.fromMemorySegment(SPECIES, b, (bAt + 3L * LANES) << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, a.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      s02 = f.fma(b2, s02);
      s03 = f.fma(b3, s03);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s01.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
    s02.intoMemorySegment(out, (outOffset + 2L * LANES) << 2, ORDER);
    s03.intoMemorySegment(out, (outOffset + 3L * LANES) << 2, ORDER);
  }

  static void tile4x2(
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment first,
      long firstOffset,
      long firstRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, first, firstOffset << 2, ORDER);
    FloatVector s01 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + LANES) << 2, ORDER);
    FloatVector s10 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + firstRow) << 2, ORDER);
    FloatVector s11 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + firstRow + LANES) << 2, ORDER);
    FloatVector s20 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 2 * firstRow) << 2, ORDER);
    FloatVector s21 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + 2 * firstRow + LANES) << 2, ORDER);
    FloatVector s30 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 3 * firstRow) << 2, ORDER);
    FloatVector s31 =
        FloatVector.fromMemorySegment(
            SPECIES, first, (firstOffset + 3 * firstRow + LANES) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      long aAt = aOffset + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt << 2, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, (bAt + LANES) << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, a.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + aRow) << 2));
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + 2 * aRow) << 2));
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + 3 * aRow) << 2));
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s01.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
    s10.intoMemorySegment(out, (outOffset + outRow) << 2, ORDER);
    s11.intoMemorySegment(out, (outOffset + outRow + LANES) << 2, ORDER);
    s20.intoMemorySegment(out, (outOffset + 2 * outRow) << 2, ORDER);
    s21.intoMemorySegment(out, (outOffset + 2 * outRow + LANES) << 2, ORDER);
    s30.intoMemorySegment(out, (outOffset + 3 * outRow) << 2, ORDER);
    s31.intoMemorySegment(out, (outOffset + 3 * outRow + LANES) << 2, ORDER);
  }

  static void tile1x2(
      int k,
      MemorySegment a,
      long aOffset,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment first,
      long firstOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, first, firstOffset << 2, ORDER);
    FloatVector s01 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + LANES) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      long aAt = aOffset + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt << 2, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, b, (bAt + LANES) << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, a.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s01.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
  }

  static void tile4x1(
      int k,
      MemorySegment a,
      long aOffset,
      long aRow,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment first,
      long firstOffset,
      long firstRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, first, firstOffset << 2, ORDER);
    FloatVector s10 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + firstRow) << 2, ORDER);
    FloatVector s20 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 2 * firstRow) << 2, ORDER);
    FloatVector s30 =
        FloatVector.fromMemorySegment(SPECIES, first, (firstOffset + 3 * firstRow) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      long aAt = aOffset + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, a.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + aRow) << 2));
      s10 = f.fma(b0, s10);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + 2 * aRow) << 2));
      s20 = f.fma(b0, s20);
      f = FloatVector.broadcast(SPECIES, a.get(FLOAT, (aAt + 3 * aRow) << 2));
      s30 = f.fma(b0, s30);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s10.intoMemorySegment(out, (outOffset + outRow) << 2, ORDER);
    s20.intoMemorySegment(out, (outOffset + 2 * outRow) << 2, ORDER);
    s30.intoMemorySegment(out, (outOffset + 3 * outRow) << 2, ORDER);
  }

  static void tile1x1(
      int k,
      MemorySegment a,
      long aOffset,
      long aStep,
      MemorySegment b,
      long bOffset,
      long bRow,
      MemorySegment first,
      long firstOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, first, firstOffset << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = bOffset + l * bRow;
      long aAt = aOffset + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, b, bAt << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, a.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
  }
}
