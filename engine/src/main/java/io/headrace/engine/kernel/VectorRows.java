package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.ScalarImages.choice;
import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.INT;
import static io.headrace.engine.kernel.VectorWidth.INTS;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;

/**
 * Sums of chosen rows: rows of the result by vectors, as many at once as the name says. Written
 * out, because the compiler keeps vectors in registers only where it can name each.
 */
final class VectorRows {
  private VectorRows() {}

  static void rows3x6(
      int groups,
      long terms,
      long chosen,
      long weights,
      long places,
      long step,
      long a,
      long aRow,
      long out,
      long outRow) {
    for (int g = 0; g < groups; g++) {
      long bits = choice(MEMORY, chosen, groups, g);
      if (bits == 0) {
        continue;
      }
      long term = (terms + 3L * g) << 2;
      long w = weights + MEMORY.get(INT, term);
      long p = places + MEMORY.get(INT, term + 4);
      long o0 = out + MEMORY.get(INT, term + 8);
      long o1 = o0 + outRow;
      long o2 = o1 + outRow;
      FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o0 << 2, ORDER);
      FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + LANES) << 2, ORDER);
      FloatVector s02 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 2L * LANES) << 2, ORDER);
      FloatVector s03 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 3L * LANES) << 2, ORDER);
      FloatVector s04 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 4L * LANES) << 2, ORDER);
      FloatVector s05 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 5L * LANES) << 2, ORDER);
      FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o1 << 2, ORDER);
      FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + LANES) << 2, ORDER);
      FloatVector s12 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + 2L * LANES) << 2, ORDER);
      FloatVector s13 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + 3L * LANES) << 2, ORDER);
      FloatVector s14 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + 4L * LANES) << 2, ORDER);
      FloatVector s15 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + 5L * LANES) << 2, ORDER);
      FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o2 << 2, ORDER);
      FloatVector s21 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + LANES) << 2, ORDER);
      FloatVector s22 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + 2L * LANES) << 2, ORDER);
      FloatVector s23 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + 3L * LANES) << 2, ORDER);
      FloatVector s24 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + 4L * LANES) << 2, ORDER);
      FloatVector s25 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + 5L * LANES) << 2, ORDER);
      for (int left = Long.bitCount(bits); left > 0; left--) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        bits &= bits - 1;
        FloatVector f =
            IntVector.broadcast(INTS, MEMORY.get(INT, (w + i) << 2)).reinterpretAsFloats();
        long r0 = a + MEMORY.get(INT, (p + i) << 2);
        s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r0 << 2, ORDER), s00);
        s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + LANES) << 2, ORDER), s01);
        s02 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 2L * LANES) << 2, ORDER), s02);
        s03 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 3L * LANES) << 2, ORDER), s03);
        s04 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 4L * LANES) << 2, ORDER), s04);
        s05 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 5L * LANES) << 2, ORDER), s05);
        long r1 = r0 + aRow;
        s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r1 << 2, ORDER), s10);
        s11 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + LANES) << 2, ORDER), s11);
        s12 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + 2L * LANES) << 2, ORDER), s12);
        s13 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + 3L * LANES) << 2, ORDER), s13);
        s14 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + 4L * LANES) << 2, ORDER), s14);
        s15 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + 5L * LANES) << 2, ORDER), s15);
        long r2 = r1 + aRow;
        s20 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r2 << 2, ORDER), s20);
        s21 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + LANES) << 2, ORDER), s21);
        s22 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + 2L * LANES) << 2, ORDER), s22);
        s23 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + 3L * LANES) << 2, ORDER), s23);
        s24 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + 4L * LANES) << 2, ORDER), s24);
        s25 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + 5L * LANES) << 2, ORDER), s25);
      }
      s00.intoMemorySegment(MEMORY, o0 << 2, ORDER);
      s01.intoMemorySegment(MEMORY, (o0 + LANES) << 2, ORDER);
      s02.intoMemorySegment(MEMORY, (o0 + 2L * LANES) << 2, ORDER);
      s03.intoMemorySegment(MEMORY, (o0 + 3L * LANES) << 2, ORDER);
      s04.intoMemorySegment(MEMORY, (o0 + 4L * LANES) << 2, ORDER);
      s05.intoMemorySegment(MEMORY, (o0 + 5L * LANES) << 2, ORDER);
      s10.intoMemorySegment(MEMORY, o1 << 2, ORDER);
      s11.intoMemorySegment(MEMORY, (o1 + LANES) << 2, ORDER);
      s12.intoMemorySegment(MEMORY, (o1 + 2L * LANES) << 2, ORDER);
      s13.intoMemorySegment(MEMORY, (o1 + 3L * LANES) << 2, ORDER);
      s14.intoMemorySegment(MEMORY, (o1 + 4L * LANES) << 2, ORDER);
      s15.intoMemorySegment(MEMORY, (o1 + 5L * LANES) << 2, ORDER);
      s20.intoMemorySegment(MEMORY, o2 << 2, ORDER);
      s21.intoMemorySegment(MEMORY, (o2 + LANES) << 2, ORDER);
      s22.intoMemorySegment(MEMORY, (o2 + 2L * LANES) << 2, ORDER);
      s23.intoMemorySegment(MEMORY, (o2 + 3L * LANES) << 2, ORDER);
      s24.intoMemorySegment(MEMORY, (o2 + 4L * LANES) << 2, ORDER);
      s25.intoMemorySegment(MEMORY, (o2 + 5L * LANES) << 2, ORDER);
    }
  }

  static void rows3x4(
      int groups,
      long terms,
      long chosen,
      long weights,
      long places,
      long step,
      long a,
      long aRow,
      long out,
      long outRow) {
    for (int g = 0; g < groups; g++) {
      long bits = choice(MEMORY, chosen, groups, g);
      if (bits == 0) {
        continue;
      }
      long term = (terms + 3L * g) << 2;
      long w = weights + MEMORY.get(INT, term);
      long p = places + MEMORY.get(INT, term + 4);
      long o0 = out + MEMORY.get(INT, term + 8);
      long o1 = o0 + outRow;
      long o2 = o1 + outRow;
      FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o0 << 2, ORDER);
      FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + LANES) << 2, ORDER);
      FloatVector s02 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 2L * LANES) << 2, ORDER);
      FloatVector s03 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 3L * LANES) << 2, ORDER);
      FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o1 << 2, ORDER);
      FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + LANES) << 2, ORDER);
      FloatVector s12 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + 2L * LANES) << 2, ORDER);
      FloatVector s13 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + 3L * LANES) << 2, ORDER);
      FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o2 << 2, ORDER);
      FloatVector s21 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + LANES) << 2, ORDER);
      FloatVector s22 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + 2L * LANES) << 2, ORDER);
      FloatVector s23 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + 3L * LANES) << 2, ORDER);
      for (int left = Long.bitCount(bits); left > 0; left--) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        bits &= bits - 1;
        FloatVector f =
            IntVector.broadcast(INTS, MEMORY.get(INT, (w + i) << 2)).reinterpretAsFloats();
        long r0 = a + MEMORY.get(INT, (p + i) << 2);
        s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r0 << 2, ORDER), s00);
        s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + LANES) << 2, ORDER), s01);
        s02 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 2L * LANES) << 2, ORDER), s02);
        s03 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 3L * LANES) << 2, ORDER), s03);
        long r1 = r0 + aRow;
        s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r1 << 2, ORDER), s10);
        s11 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + LANES) << 2, ORDER), s11);
        s12 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + 2L * LANES) << 2, ORDER), s12);
        s13 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + 3L * LANES) << 2, ORDER), s13);
        long r2 = r1 + aRow;
        s20 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r2 << 2, ORDER), s20);
        s21 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + LANES) << 2, ORDER), s21);
        s22 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + 2L * LANES) << 2, ORDER), s22);
        s23 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + 3L * LANES) << 2, ORDER), s23);
      }
      s00.intoMemorySegment(MEMORY, o0 << 2, ORDER);
      s01.intoMemorySegment(MEMORY, (o0 + LANES) << 2, ORDER);
      s02.intoMemorySegment(MEMORY, (o0 + 2L * LANES) << 2, ORDER);
      s03.intoMemorySegment(MEMORY, (o0 + 3L * LANES) << 2, ORDER);
      s10.intoMemorySegment(MEMORY, o1 << 2, ORDER);
      s11.intoMemorySegment(MEMORY, (o1 + LANES) << 2, ORDER);
      s12.intoMemorySegment(MEMORY, (o1 + 2L * LANES) << 2, ORDER);
      s13.intoMemorySegment(MEMORY, (o1 + 3L * LANES) << 2, ORDER);
      s20.intoMemorySegment(MEMORY, o2 << 2, ORDER);
      s21.intoMemorySegment(MEMORY, (o2 + LANES) << 2, ORDER);
      s22.intoMemorySegment(MEMORY, (o2 + 2L * LANES) << 2, ORDER);
      s23.intoMemorySegment(MEMORY, (o2 + 3L * LANES) << 2, ORDER);
    }
  }

  static void rows3x3(
      int groups,
      long terms,
      long chosen,
      long weights,
      long places,
      long step,
      long a,
      long aRow,
      long out,
      long outRow) {
    for (int g = 0; g < groups; g++) {
      long bits = choice(MEMORY, chosen, groups, g);
      if (bits == 0) {
        continue;
      }
      long term = (terms + 3L * g) << 2;
      long w = weights + MEMORY.get(INT, term);
      long p = places + MEMORY.get(INT, term + 4);
      long o0 = out + MEMORY.get(INT, term + 8);
      long o1 = o0 + outRow;
      long o2 = o1 + outRow;
      FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o0 << 2, ORDER);
      FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + LANES) << 2, ORDER);
      FloatVector s02 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 2L * LANES) << 2, ORDER);
      FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o1 << 2, ORDER);
      FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + LANES) << 2, ORDER);
      FloatVector s12 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + 2L * LANES) << 2, ORDER);
      FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o2 << 2, ORDER);
      FloatVector s21 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + LANES) << 2, ORDER);
      FloatVector s22 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + 2L * LANES) << 2, ORDER);
      for (int left = Long.bitCount(bits); left > 0; left--) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        bits &= bits - 1;
        FloatVector f =
            IntVector.broadcast(INTS, MEMORY.get(INT, (w + i) << 2)).reinterpretAsFloats();
        long r0 = a + MEMORY.get(INT, (p + i) << 2);
        s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r0 << 2, ORDER), s00);
        s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + LANES) << 2, ORDER), s01);
        s02 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 2L * LANES) << 2, ORDER), s02);
        long r1 = r0 + aRow;
        s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r1 << 2, ORDER), s10);
        s11 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + LANES) << 2, ORDER), s11);
        s12 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + 2L * LANES) << 2, ORDER), s12);
        long r2 = r1 + aRow;
        s20 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r2 << 2, ORDER), s20);
        s21 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + LANES) << 2, ORDER), s21);
        s22 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + 2L * LANES) << 2, ORDER), s22);
      }
      s00.intoMemorySegment(MEMORY, o0 << 2, ORDER);
      s01.intoMemorySegment(MEMORY, (o0 + LANES) << 2, ORDER);
      s02.intoMemorySegment(MEMORY, (o0 + 2L * LANES) << 2, ORDER);
      s10.intoMemorySegment(MEMORY, o1 << 2, ORDER);
      s11.intoMemorySegment(MEMORY, (o1 + LANES) << 2, ORDER);
      s12.intoMemorySegment(MEMORY, (o1 + 2L * LANES) << 2, ORDER);
      s20.intoMemorySegment(MEMORY, o2 << 2, ORDER);
      s21.intoMemorySegment(MEMORY, (o2 + LANES) << 2, ORDER);
      s22.intoMemorySegment(MEMORY, (o2 + 2L * LANES) << 2, ORDER);
    }
  }

  static void rows3x2(
      int groups,
      long terms,
      long chosen,
      long weights,
      long places,
      long step,
      long a,
      long aRow,
      long out,
      long outRow) {
    for (int g = 0; g < groups; g++) {
      long bits = choice(MEMORY, chosen, groups, g);
      if (bits == 0) {
        continue;
      }
      long term = (terms + 3L * g) << 2;
      long w = weights + MEMORY.get(INT, term);
      long p = places + MEMORY.get(INT, term + 4);
      long o0 = out + MEMORY.get(INT, term + 8);
      long o1 = o0 + outRow;
      long o2 = o1 + outRow;
      FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o0 << 2, ORDER);
      FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + LANES) << 2, ORDER);
      FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o1 << 2, ORDER);
      FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o1 + LANES) << 2, ORDER);
      FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o2 << 2, ORDER);
      FloatVector s21 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o2 + LANES) << 2, ORDER);
      for (int left = Long.bitCount(bits); left > 0; left--) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        bits &= bits - 1;
        FloatVector f =
            IntVector.broadcast(INTS, MEMORY.get(INT, (w + i) << 2)).reinterpretAsFloats();
        long r0 = a + MEMORY.get(INT, (p + i) << 2);
        s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r0 << 2, ORDER), s00);
        s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + LANES) << 2, ORDER), s01);
        long r1 = r0 + aRow;
        s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r1 << 2, ORDER), s10);
        s11 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r1 + LANES) << 2, ORDER), s11);
        long r2 = r1 + aRow;
        s20 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r2 << 2, ORDER), s20);
        s21 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r2 + LANES) << 2, ORDER), s21);
      }
      s00.intoMemorySegment(MEMORY, o0 << 2, ORDER);
      s01.intoMemorySegment(MEMORY, (o0 + LANES) << 2, ORDER);
      s10.intoMemorySegment(MEMORY, o1 << 2, ORDER);
      s11.intoMemorySegment(MEMORY, (o1 + LANES) << 2, ORDER);
      s20.intoMemorySegment(MEMORY, o2 << 2, ORDER);
      s21.intoMemorySegment(MEMORY, (o2 + LANES) << 2, ORDER);
    }
  }

  static void rows3x1(
      int groups,
      long terms,
      long chosen,
      long weights,
      long places,
      long step,
      long a,
      long aRow,
      long out,
      long outRow) {
    for (int g = 0; g < groups; g++) {
      long bits = choice(MEMORY, chosen, groups, g);
      if (bits == 0) {
        continue;
      }
      long term = (terms + 3L * g) << 2;
      long w = weights + MEMORY.get(INT, term);
      long p = places + MEMORY.get(INT, term + 4);
      long o0 = out + MEMORY.get(INT, term + 8);
      long o1 = o0 + outRow;
      long o2 = o1 + outRow;
      FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o0 << 2, ORDER);
      FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o1 << 2, ORDER);
      FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o2 << 2, ORDER);
      for (int left = Long.bitCount(bits); left > 0; left--) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        bits &= bits - 1;
        FloatVector f =
            IntVector.broadcast(INTS, MEMORY.get(INT, (w + i) << 2)).reinterpretAsFloats();
        long r0 = a + MEMORY.get(INT, (p + i) << 2);
        s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r0 << 2, ORDER), s00);
        long r1 = r0 + aRow;
        s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r1 << 2, ORDER), s10);
        long r2 = r1 + aRow;
        s20 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r2 << 2, ORDER), s20);
      }
      s00.intoMemorySegment(MEMORY, o0 << 2, ORDER);
      s10.intoMemorySegment(MEMORY, o1 << 2, ORDER);
      s20.intoMemorySegment(MEMORY, o2 << 2, ORDER);
    }
  }

  static void rows1x6(
      int groups, long terms, long chosen, long weights, long places, long step, long a, long out) {
    for (int g = 0; g < groups; g++) {
      long bits = choice(MEMORY, chosen, groups, g);
      if (bits == 0) {
        continue;
      }
      long term = (terms + 3L * g) << 2;
      long w = weights + MEMORY.get(INT, term);
      long p = places + MEMORY.get(INT, term + 4);
      long o0 = out + MEMORY.get(INT, term + 8);
      FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o0 << 2, ORDER);
      FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + LANES) << 2, ORDER);
      FloatVector s02 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 2L * LANES) << 2, ORDER);
      FloatVector s03 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 3L * LANES) << 2, ORDER);
      FloatVector s04 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 4L * LANES) << 2, ORDER);
      FloatVector s05 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + 5L * LANES) << 2, ORDER);
      for (int left = Long.bitCount(bits); left > 0; left--) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        bits &= bits - 1;
        FloatVector f =
            IntVector.broadcast(INTS, MEMORY.get(INT, (w + i) << 2)).reinterpretAsFloats();
        long r0 = a + MEMORY.get(INT, (p + i) << 2);
        s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r0 << 2, ORDER), s00);
        s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + LANES) << 2, ORDER), s01);
        s02 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 2L * LANES) << 2, ORDER), s02);
        s03 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 3L * LANES) << 2, ORDER), s03);
        s04 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 4L * LANES) << 2, ORDER), s04);
        s05 =
            f.fma(
                FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + 5L * LANES) << 2, ORDER), s05);
      }
      s00.intoMemorySegment(MEMORY, o0 << 2, ORDER);
      s01.intoMemorySegment(MEMORY, (o0 + LANES) << 2, ORDER);
      s02.intoMemorySegment(MEMORY, (o0 + 2L * LANES) << 2, ORDER);
      s03.intoMemorySegment(MEMORY, (o0 + 3L * LANES) << 2, ORDER);
      s04.intoMemorySegment(MEMORY, (o0 + 4L * LANES) << 2, ORDER);
      s05.intoMemorySegment(MEMORY, (o0 + 5L * LANES) << 2, ORDER);
    }
  }

  static void rows1x2(
      int groups, long terms, long chosen, long weights, long places, long step, long a, long out) {
    for (int g = 0; g < groups; g++) {
      long bits = choice(MEMORY, chosen, groups, g);
      if (bits == 0) {
        continue;
      }
      long term = (terms + 3L * g) << 2;
      long w = weights + MEMORY.get(INT, term);
      long p = places + MEMORY.get(INT, term + 4);
      long o0 = out + MEMORY.get(INT, term + 8);
      FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o0 << 2, ORDER);
      FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (o0 + LANES) << 2, ORDER);
      for (int left = Long.bitCount(bits); left > 0; left--) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        bits &= bits - 1;
        FloatVector f =
            IntVector.broadcast(INTS, MEMORY.get(INT, (w + i) << 2)).reinterpretAsFloats();
        long r0 = a + MEMORY.get(INT, (p + i) << 2);
        s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r0 << 2, ORDER), s00);
        s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, (r0 + LANES) << 2, ORDER), s01);
      }
      s00.intoMemorySegment(MEMORY, o0 << 2, ORDER);
      s01.intoMemorySegment(MEMORY, (o0 + LANES) << 2, ORDER);
    }
  }

  static void rows1x1(
      int groups, long terms, long chosen, long weights, long places, long step, long a, long out) {
    for (int g = 0; g < groups; g++) {
      long bits = choice(MEMORY, chosen, groups, g);
      if (bits == 0) {
        continue;
      }
      long term = (terms + 3L * g) << 2;
      long w = weights + MEMORY.get(INT, term);
      long p = places + MEMORY.get(INT, term + 4);
      long o0 = out + MEMORY.get(INT, term + 8);
      FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, o0 << 2, ORDER);
      for (int left = Long.bitCount(bits); left > 0; left--) {
        long i = Long.numberOfTrailingZeros(bits) * step;
        bits &= bits - 1;
        FloatVector f =
            IntVector.broadcast(INTS, MEMORY.get(INT, (w + i) << 2)).reinterpretAsFloats();
        long r0 = a + MEMORY.get(INT, (p + i) << 2);
        s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, MEMORY, r0 << 2, ORDER), s00);
      }
      s00.intoMemorySegment(MEMORY, o0 << 2, ORDER);
    }
  }
}
