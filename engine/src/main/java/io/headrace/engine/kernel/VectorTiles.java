package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.FLOAT;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

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
      long a,
      long aRow,
      long aStep,
      long b,
      long bRow,
      long first,
      long firstRow,
      long out,
      long outRow) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, first << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + LANES) << 2, ORDER);
    FloatVector s02 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2L * LANES) << 2, ORDER);
    FloatVector s03 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3L * LANES) << 2, ORDER);
    FloatVector s10 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow) << 2, ORDER);
    FloatVector s11 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow + LANES) << 2, ORDER);
    FloatVector s12 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow + 2L * LANES) << 2, ORDER);
    FloatVector s13 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow + 3L * LANES) << 2, ORDER);
    FloatVector s20 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2 * firstRow) << 2, ORDER);
    FloatVector s21 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2 * firstRow + LANES) << 2, ORDER);
    FloatVector s22 =
        FloatVector.fromMemorySegment(
            SPECIES, MEMORY, (first + 2 * firstRow + 2L * LANES) << 2, ORDER);
    FloatVector s23 =
        FloatVector.fromMemorySegment(
            SPECIES, MEMORY, (first + 2 * firstRow + 3L * LANES) << 2, ORDER);
    FloatVector s30 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3 * firstRow) << 2, ORDER);
    FloatVector s31 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3 * firstRow + LANES) << 2, ORDER);
    FloatVector s32 =
        FloatVector.fromMemorySegment(
            SPECIES, MEMORY, (first + 3 * firstRow + 2L * LANES) << 2, ORDER);
    FloatVector s33 =
        FloatVector.fromMemorySegment(
            SPECIES, MEMORY, (first + 3 * firstRow + 3L * LANES) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = b + l * bRow;
      long aAt = a + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt << 2, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (bAt + LANES) << 2, ORDER);
      FloatVector b2 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (bAt + 2L * LANES) << 2, ORDER);
      FloatVector b3 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (bAt + 3L * LANES) << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      s02 = f.fma(b2, s02);
      s03 = f.fma(b3, s03);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + aRow) << 2));
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      s12 = f.fma(b2, s12);
      s13 = f.fma(b3, s13);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + 2 * aRow) << 2));
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      s22 = f.fma(b2, s22);
      s23 = f.fma(b3, s23);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + 3 * aRow) << 2));
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
      s32 = f.fma(b2, s32);
      s33 = f.fma(b3, s33);
    }
    s00.intoMemorySegment(MEMORY, out << 2, ORDER);
    s01.intoMemorySegment(MEMORY, (out + LANES) << 2, ORDER);
    s02.intoMemorySegment(MEMORY, (out + 2L * LANES) << 2, ORDER);
    s03.intoMemorySegment(MEMORY, (out + 3L * LANES) << 2, ORDER);
    s10.intoMemorySegment(MEMORY, (out + outRow) << 2, ORDER);
    s11.intoMemorySegment(MEMORY, (out + outRow + LANES) << 2, ORDER);
    s12.intoMemorySegment(MEMORY, (out + outRow + 2L * LANES) << 2, ORDER);
    s13.intoMemorySegment(MEMORY, (out + outRow + 3L * LANES) << 2, ORDER);
    s20.intoMemorySegment(MEMORY, (out + 2 * outRow) << 2, ORDER);
    s21.intoMemorySegment(MEMORY, (out + 2 * outRow + LANES) << 2, ORDER);
    s22.intoMemorySegment(MEMORY, (out + 2 * outRow + 2L * LANES) << 2, ORDER);
    s23.intoMemorySegment(MEMORY, (out + 2 * outRow + 3L * LANES) << 2, ORDER);
    s30.intoMemorySegment(MEMORY, (out + 3 * outRow) << 2, ORDER);
    s31.intoMemorySegment(MEMORY, (out + 3 * outRow + LANES) << 2, ORDER);
    s32.intoMemorySegment(MEMORY, (out + 3 * outRow + 2L * LANES) << 2, ORDER);
    s33.intoMemorySegment(MEMORY, (out + 3 * outRow + 3L * LANES) << 2, ORDER);
  }

  static void tile1x4(int k, long a, long aStep, long b, long bRow, long first, long out) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, first << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + LANES) << 2, ORDER);
    FloatVector s02 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2L * LANES) << 2, ORDER);
    FloatVector s03 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3L * LANES) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = b + l * bRow;
      long aAt = a + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt << 2, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (bAt + LANES) << 2, ORDER);
      FloatVector b2 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (bAt + 2L * LANES) << 2, ORDER);
      FloatVector b3 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (bAt + 3L * LANES) << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      s02 = f.fma(b2, s02);
      s03 = f.fma(b3, s03);
    }
    s00.intoMemorySegment(MEMORY, out << 2, ORDER);
    s01.intoMemorySegment(MEMORY, (out + LANES) << 2, ORDER);
    s02.intoMemorySegment(MEMORY, (out + 2L * LANES) << 2, ORDER);
    s03.intoMemorySegment(MEMORY, (out + 3L * LANES) << 2, ORDER);
  }

  static void tile4x2(
      int k,
      long a,
      long aRow,
      long aStep,
      long b,
      long bRow,
      long first,
      long firstRow,
      long out,
      long outRow) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, first << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + LANES) << 2, ORDER);
    FloatVector s10 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow) << 2, ORDER);
    FloatVector s11 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow + LANES) << 2, ORDER);
    FloatVector s20 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2 * firstRow) << 2, ORDER);
    FloatVector s21 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2 * firstRow + LANES) << 2, ORDER);
    FloatVector s30 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3 * firstRow) << 2, ORDER);
    FloatVector s31 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3 * firstRow + LANES) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = b + l * bRow;
      long aAt = a + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt << 2, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (bAt + LANES) << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + aRow) << 2));
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + 2 * aRow) << 2));
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + 3 * aRow) << 2));
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
    }
    s00.intoMemorySegment(MEMORY, out << 2, ORDER);
    s01.intoMemorySegment(MEMORY, (out + LANES) << 2, ORDER);
    s10.intoMemorySegment(MEMORY, (out + outRow) << 2, ORDER);
    s11.intoMemorySegment(MEMORY, (out + outRow + LANES) << 2, ORDER);
    s20.intoMemorySegment(MEMORY, (out + 2 * outRow) << 2, ORDER);
    s21.intoMemorySegment(MEMORY, (out + 2 * outRow + LANES) << 2, ORDER);
    s30.intoMemorySegment(MEMORY, (out + 3 * outRow) << 2, ORDER);
    s31.intoMemorySegment(MEMORY, (out + 3 * outRow + LANES) << 2, ORDER);
  }

  static void tile1x2(int k, long a, long aStep, long b, long bRow, long first, long out) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, first << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + LANES) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = b + l * bRow;
      long aAt = a + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt << 2, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (bAt + LANES) << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
    }
    s00.intoMemorySegment(MEMORY, out << 2, ORDER);
    s01.intoMemorySegment(MEMORY, (out + LANES) << 2, ORDER);
  }

  static void tile4x1(
      int k,
      long a,
      long aRow,
      long aStep,
      long b,
      long bRow,
      long first,
      long firstRow,
      long out,
      long outRow) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, first << 2, ORDER);
    FloatVector s10 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow) << 2, ORDER);
    FloatVector s20 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2 * firstRow) << 2, ORDER);
    FloatVector s30 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3 * firstRow) << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = b + l * bRow;
      long aAt = a + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + aRow) << 2));
      s10 = f.fma(b0, s10);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + 2 * aRow) << 2));
      s20 = f.fma(b0, s20);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, (aAt + 3 * aRow) << 2));
      s30 = f.fma(b0, s30);
    }
    s00.intoMemorySegment(MEMORY, out << 2, ORDER);
    s10.intoMemorySegment(MEMORY, (out + outRow) << 2, ORDER);
    s20.intoMemorySegment(MEMORY, (out + 2 * outRow) << 2, ORDER);
    s30.intoMemorySegment(MEMORY, (out + 3 * outRow) << 2, ORDER);
  }

  static void tile1x1(int k, long a, long aStep, long b, long bRow, long first, long out) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, first << 2, ORDER);
    for (int l = 0; l < k; l++) {
      long bAt = b + l * bRow;
      long aAt = a + l * aStep;
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt << 2, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt << 2));
      s00 = f.fma(b0, s00);
    }
    s00.intoMemorySegment(MEMORY, out << 2, ORDER);
  }
}
