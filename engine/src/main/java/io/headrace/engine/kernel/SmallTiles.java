package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.FLOAT;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * The tiles of {@link VectorTiles} for processors with 16 registers, which 12 sums, three vectors
 * and what multiplies them fill. Places go on by addition: the compiler would multiply for each.
 *
 * <p>The checks of single floats are wanted here. Where they are left out, the compiler loads all
 * that a few rounds of a loop need before it adds any of it, and keeps in memory what does not fit.
 */
final class SmallTiles {
  private static final int BYTES = LANES * Float.BYTES;

  private SmallTiles() {}

  static void tile4x3(
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
    FloatVector s10 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow) << 2, ORDER);
    FloatVector s11 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow + LANES) << 2, ORDER);
    FloatVector s12 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + firstRow + 2L * LANES) << 2, ORDER);
    FloatVector s20 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2 * firstRow) << 2, ORDER);
    FloatVector s21 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2 * firstRow + LANES) << 2, ORDER);
    FloatVector s22 =
        FloatVector.fromMemorySegment(
            SPECIES, MEMORY, (first + 2 * firstRow + 2L * LANES) << 2, ORDER);
    FloatVector s30 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3 * firstRow) << 2, ORDER);
    FloatVector s31 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3 * firstRow + LANES) << 2, ORDER);
    FloatVector s32 =
        FloatVector.fromMemorySegment(
            SPECIES, MEMORY, (first + 3 * firstRow + 2L * LANES) << 2, ORDER);
    long row = aRow << 2;
    long aNext = aStep << 2;
    long bNext = bRow << 2;
    long aAt = a << 2;
    long bAt = b << 2;
    for (int l = 0; l < k; l++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt + BYTES, ORDER);
      FloatVector b2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt + 2L * BYTES, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      s02 = f.fma(b2, s02);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt + row));
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      s12 = f.fma(b2, s12);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt + 2 * row));
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      s22 = f.fma(b2, s22);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt + 3 * row));
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
      s32 = f.fma(b2, s32);
      aAt += aNext;
      bAt += bNext;
    }
    s00.intoMemorySegment(MEMORY, out << 2, ORDER);
    s01.intoMemorySegment(MEMORY, (out + LANES) << 2, ORDER);
    s02.intoMemorySegment(MEMORY, (out + 2L * LANES) << 2, ORDER);
    s10.intoMemorySegment(MEMORY, (out + outRow) << 2, ORDER);
    s11.intoMemorySegment(MEMORY, (out + outRow + LANES) << 2, ORDER);
    s12.intoMemorySegment(MEMORY, (out + outRow + 2L * LANES) << 2, ORDER);
    s20.intoMemorySegment(MEMORY, (out + 2 * outRow) << 2, ORDER);
    s21.intoMemorySegment(MEMORY, (out + 2 * outRow + LANES) << 2, ORDER);
    s22.intoMemorySegment(MEMORY, (out + 2 * outRow + 2L * LANES) << 2, ORDER);
    s30.intoMemorySegment(MEMORY, (out + 3 * outRow) << 2, ORDER);
    s31.intoMemorySegment(MEMORY, (out + 3 * outRow + LANES) << 2, ORDER);
    s32.intoMemorySegment(MEMORY, (out + 3 * outRow + 2L * LANES) << 2, ORDER);
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
    long row = aRow << 2;
    long aNext = aStep << 2;
    long bNext = bRow << 2;
    long aAt = a << 2;
    long bAt = b << 2;
    for (int l = 0; l < k; l++) {
      FloatVector b0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt, ORDER);
      FloatVector b1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, bAt + BYTES, ORDER);
      FloatVector f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt));
      s00 = f.fma(b0, s00);
      s01 = f.fma(b1, s01);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt + row));
      s10 = f.fma(b0, s10);
      s11 = f.fma(b1, s11);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt + 2 * row));
      s20 = f.fma(b0, s20);
      s21 = f.fma(b1, s21);
      f = FloatVector.broadcast(SPECIES, MEMORY.get(FLOAT, aAt + 3 * row));
      s30 = f.fma(b0, s30);
      s31 = f.fma(b1, s31);
      aAt += aNext;
      bAt += bNext;
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
}
