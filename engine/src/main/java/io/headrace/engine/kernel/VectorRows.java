package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.INT;
import static io.headrace.engine.kernel.VectorWidth.INTS;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Sums of scattered rows: columns or rows of the result by vectors, as many at once as the name
 * says. Written out, because the compiler keeps vectors in registers only where it can name each;
 * with few parameters, because each that is not in a register costs a load where loads are what
 * limits.
 */
final class VectorRows {
  private VectorRows() {}

  static void rows3x3(
      int count,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      long step,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset,
      long outRow) {
    long o1 = outOffset + outRow;
    long o2 = o1 + outRow;
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, outOffset << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, out, (outOffset + LANES) << 2, ORDER);
    FloatVector s02 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 2L * LANES) << 2, ORDER);
    FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, out, o1 << 2, ORDER);
    FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, out, (o1 + LANES) << 2, ORDER);
    FloatVector s12 = FloatVector.fromMemorySegment(SPECIES, out, (o1 + 2L * LANES) << 2, ORDER);
    FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, out, o2 << 2, ORDER);
    FloatVector s21 = FloatVector.fromMemorySegment(SPECIES, out, (o2 + LANES) << 2, ORDER);
    FloatVector s22 = FloatVector.fromMemorySegment(SPECIES, out, (o2 + 2L * LANES) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          IntVector.broadcast(INTS, weights.get(INT, (weightsOffset + i * step) << 2))
              .reinterpretAsFloats();
      long r0 = aOffset + places.get(INT, (placesOffset + i * step) << 2);
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
      s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + LANES) << 2, ORDER), s01);
      s02 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 2L * LANES) << 2, ORDER), s02);
      long r1 = r0 + aRow;
      s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r1 << 2, ORDER), s10);
      s11 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r1 + LANES) << 2, ORDER), s11);
      s12 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r1 + 2L * LANES) << 2, ORDER), s12);
      long r2 = r1 + aRow;
      s20 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r2 << 2, ORDER), s20);
      s21 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r2 + LANES) << 2, ORDER), s21);
      s22 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r2 + 2L * LANES) << 2, ORDER), s22);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s01.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
    s02.intoMemorySegment(out, (outOffset + 2L * LANES) << 2, ORDER);
    s10.intoMemorySegment(out, o1 << 2, ORDER);
    s11.intoMemorySegment(out, (o1 + LANES) << 2, ORDER);
    s12.intoMemorySegment(out, (o1 + 2L * LANES) << 2, ORDER);
    s20.intoMemorySegment(out, o2 << 2, ORDER);
    s21.intoMemorySegment(out, (o2 + LANES) << 2, ORDER);
    s22.intoMemorySegment(out, (o2 + 2L * LANES) << 2, ORDER);
  }

  static void rows1x6(
      int count,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      long step,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, outOffset << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, out, (outOffset + LANES) << 2, ORDER);
    FloatVector s02 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 2L * LANES) << 2, ORDER);
    FloatVector s03 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 3L * LANES) << 2, ORDER);
    FloatVector s04 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 4L * LANES) << 2, ORDER);
    FloatVector s05 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 5L * LANES) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          IntVector.broadcast(INTS, weights.get(INT, (weightsOffset + i * step) << 2))
              .reinterpretAsFloats();
      long r0 = aOffset + places.get(INT, (placesOffset + i * step) << 2);
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
      s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + LANES) << 2, ORDER), s01);
      s02 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 2L * LANES) << 2, ORDER), s02);
      s03 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 3L * LANES) << 2, ORDER), s03);
      s04 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 4L * LANES) << 2, ORDER), s04);
      s05 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 5L * LANES) << 2, ORDER), s05);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s01.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
    s02.intoMemorySegment(out, (outOffset + 2L * LANES) << 2, ORDER);
    s03.intoMemorySegment(out, (outOffset + 3L * LANES) << 2, ORDER);
    s04.intoMemorySegment(out, (outOffset + 4L * LANES) << 2, ORDER);
    s05.intoMemorySegment(out, (outOffset + 5L * LANES) << 2, ORDER);
  }

  static void rows1x2(
      int count,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      long step,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, outOffset << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, out, (outOffset + LANES) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          IntVector.broadcast(INTS, weights.get(INT, (weightsOffset + i * step) << 2))
              .reinterpretAsFloats();
      long r0 = aOffset + places.get(INT, (placesOffset + i * step) << 2);
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
      s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + LANES) << 2, ORDER), s01);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s01.intoMemorySegment(out, (outOffset + LANES) << 2, ORDER);
  }

  static void rows1x1(
      int count,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      long step,
      MemorySegment a,
      long aOffset,
      MemorySegment out,
      long outOffset) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, outOffset << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          IntVector.broadcast(INTS, weights.get(INT, (weightsOffset + i * step) << 2))
              .reinterpretAsFloats();
      long r0 = aOffset + places.get(INT, (placesOffset + i * step) << 2);
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
  }

  static void columns2x3(
      int count,
      MemorySegment weights,
      long weightsOffset,
      MemorySegment places,
      long placesOffset,
      long step,
      MemorySegment a,
      long aOffset,
      long aRow,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outColumn) {
    long o1 = outOffset + outColumn;
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, outOffset << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, out, (outOffset + outRow) << 2, ORDER);
    FloatVector s02 =
        FloatVector.fromMemorySegment(SPECIES, out, (outOffset + 2 * outRow) << 2, ORDER);
    FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, out, o1 << 2, ORDER);
    FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, out, (o1 + outRow) << 2, ORDER);
    FloatVector s12 = FloatVector.fromMemorySegment(SPECIES, out, (o1 + 2 * outRow) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      long w = (weightsOffset + i * step) << 2;
      long p = (placesOffset + i * step) << 2;
      FloatVector f = IntVector.broadcast(INTS, weights.get(INT, w)).reinterpretAsFloats();
      long row = aOffset + places.get(INT, p);
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, row << 2, ORDER), s00);
      s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (row + aRow) << 2, ORDER), s01);
      s02 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (row + 2 * aRow) << 2, ORDER), s02);
      f = IntVector.broadcast(INTS, weights.get(INT, w + 4)).reinterpretAsFloats();
      row = aOffset + places.get(INT, p + 4);
      s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, row << 2, ORDER), s10);
      s11 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (row + aRow) << 2, ORDER), s11);
      s12 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (row + 2 * aRow) << 2, ORDER), s12);
    }
    s00.intoMemorySegment(out, outOffset << 2, ORDER);
    s01.intoMemorySegment(out, (outOffset + outRow) << 2, ORDER);
    s02.intoMemorySegment(out, (outOffset + 2 * outRow) << 2, ORDER);
    s10.intoMemorySegment(out, o1 << 2, ORDER);
    s11.intoMemorySegment(out, (o1 + outRow) << 2, ORDER);
    s12.intoMemorySegment(out, (o1 + 2 * outRow) << 2, ORDER);
  }
}
