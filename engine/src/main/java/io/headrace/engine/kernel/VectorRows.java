package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.FLOAT;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;
import static io.headrace.engine.memory.Floats.readInt;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * Sums of scattered rows, as many vectors of them at once as the name says. Written out, because
 * the compiler keeps vectors in registers only where it can name each.
 */
final class VectorRows {
  private VectorRows() {}

  static void addRows3x3(
      int count,
      MemorySegment weights,
      long weightsOffset,
      long weightStep,
      MemorySegment places,
      long placesOffset,
      long placeStep,
      long placeScale,
      MemorySegment a,
      long a0,
      long a1,
      long a2,
      MemorySegment out,
      long out0,
      long out1,
      long out2) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, out0 << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, out, (out0 + LANES) << 2, ORDER);
    FloatVector s02 = FloatVector.fromMemorySegment(SPECIES, out, (out0 + 2L * LANES) << 2, ORDER);
    FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, out, out1 << 2, ORDER);
    FloatVector s11 = FloatVector.fromMemorySegment(SPECIES, out, (out1 + LANES) << 2, ORDER);
    FloatVector s12 = FloatVector.fromMemorySegment(SPECIES, out, (out1 + 2L * LANES) << 2, ORDER);
    FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, out, out2 << 2, ORDER);
    FloatVector s21 = FloatVector.fromMemorySegment(SPECIES, out, (out2 + LANES) << 2, ORDER);
    FloatVector s22 = FloatVector.fromMemorySegment(SPECIES, out, (out2 + 2L * LANES) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          FloatVector.broadcast(SPECIES, weights.get(FLOAT, (weightsOffset + i * weightStep) << 2));
      long row = readInt(places, placesOffset + i * placeStep) * placeScale;
      long r0 = a0 + row;
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
      s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + LANES) << 2, ORDER), s01);
      s02 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 2L * LANES) << 2, ORDER), s02);
      long r1 = a1 + row;
      s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r1 << 2, ORDER), s10);
      s11 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r1 + LANES) << 2, ORDER), s11);
      s12 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r1 + 2L * LANES) << 2, ORDER), s12);
      long r2 = a2 + row;
      s20 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r2 << 2, ORDER), s20);
      s21 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r2 + LANES) << 2, ORDER), s21);
      s22 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r2 + 2L * LANES) << 2, ORDER), s22);
    }
    s00.intoMemorySegment(out, out0 << 2, ORDER);
    s01.intoMemorySegment(out, (out0 + LANES) << 2, ORDER);
    s02.intoMemorySegment(out, (out0 + 2L * LANES) << 2, ORDER);
    s10.intoMemorySegment(out, out1 << 2, ORDER);
    s11.intoMemorySegment(out, (out1 + LANES) << 2, ORDER);
    s12.intoMemorySegment(out, (out1 + 2L * LANES) << 2, ORDER);
    s20.intoMemorySegment(out, out2 << 2, ORDER);
    s21.intoMemorySegment(out, (out2 + LANES) << 2, ORDER);
    s22.intoMemorySegment(out, (out2 + 2L * LANES) << 2, ORDER);
  }

  static void addRows3x1(
      int count,
      MemorySegment weights,
      long weightsOffset,
      long weightStep,
      MemorySegment places,
      long placesOffset,
      long placeStep,
      long placeScale,
      MemorySegment a,
      long a0,
      long a1,
      long a2,
      MemorySegment out,
      long out0,
      long out1,
      long out2) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, out0 << 2, ORDER);
    FloatVector s10 = FloatVector.fromMemorySegment(SPECIES, out, out1 << 2, ORDER);
    FloatVector s20 = FloatVector.fromMemorySegment(SPECIES, out, out2 << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          FloatVector.broadcast(SPECIES, weights.get(FLOAT, (weightsOffset + i * weightStep) << 2));
      long row = readInt(places, placesOffset + i * placeStep) * placeScale;
      long r0 = a0 + row;
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
      long r1 = a1 + row;
      s10 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r1 << 2, ORDER), s10);
      long r2 = a2 + row;
      s20 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r2 << 2, ORDER), s20);
    }
    s00.intoMemorySegment(out, out0 << 2, ORDER);
    s10.intoMemorySegment(out, out1 << 2, ORDER);
    s20.intoMemorySegment(out, out2 << 2, ORDER);
  }

  static void addRows6(
      int count,
      MemorySegment weights,
      long weightsOffset,
      long weightStep,
      MemorySegment places,
      long placesOffset,
      long placeStep,
      long placeScale,
      MemorySegment a,
      long a0,
      MemorySegment out,
      long out0) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, out0 << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, out, (out0 + LANES) << 2, ORDER);
    FloatVector s02 = FloatVector.fromMemorySegment(SPECIES, out, (out0 + 2L * LANES) << 2, ORDER);
    FloatVector s03 = FloatVector.fromMemorySegment(SPECIES, out, (out0 + 3L * LANES) << 2, ORDER);
    FloatVector s04 = FloatVector.fromMemorySegment(SPECIES, out, (out0 + 4L * LANES) << 2, ORDER);
    FloatVector s05 = FloatVector.fromMemorySegment(SPECIES, out, (out0 + 5L * LANES) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          FloatVector.broadcast(SPECIES, weights.get(FLOAT, (weightsOffset + i * weightStep) << 2));
      long row = readInt(places, placesOffset + i * placeStep) * placeScale;
      long r0 = a0 + row;
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
      s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + LANES) << 2, ORDER), s01);
      s02 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 2L * LANES) << 2, ORDER), s02);
      s03 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 3L * LANES) << 2, ORDER), s03);
      s04 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 4L * LANES) << 2, ORDER), s04);
      s05 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + 5L * LANES) << 2, ORDER), s05);
    }
    s00.intoMemorySegment(out, out0 << 2, ORDER);
    s01.intoMemorySegment(out, (out0 + LANES) << 2, ORDER);
    s02.intoMemorySegment(out, (out0 + 2L * LANES) << 2, ORDER);
    s03.intoMemorySegment(out, (out0 + 3L * LANES) << 2, ORDER);
    s04.intoMemorySegment(out, (out0 + 4L * LANES) << 2, ORDER);
    s05.intoMemorySegment(out, (out0 + 5L * LANES) << 2, ORDER);
  }

  static void addRows2(
      int count,
      MemorySegment weights,
      long weightsOffset,
      long weightStep,
      MemorySegment places,
      long placesOffset,
      long placeStep,
      long placeScale,
      MemorySegment a,
      long a0,
      MemorySegment out,
      long out0) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, out0 << 2, ORDER);
    FloatVector s01 = FloatVector.fromMemorySegment(SPECIES, out, (out0 + LANES) << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          FloatVector.broadcast(SPECIES, weights.get(FLOAT, (weightsOffset + i * weightStep) << 2));
      long row = readInt(places, placesOffset + i * placeStep) * placeScale;
      long r0 = a0 + row;
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
      s01 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, (r0 + LANES) << 2, ORDER), s01);
    }
    s00.intoMemorySegment(out, out0 << 2, ORDER);
    s01.intoMemorySegment(out, (out0 + LANES) << 2, ORDER);
  }

  static void addRows1(
      int count,
      MemorySegment weights,
      long weightsOffset,
      long weightStep,
      MemorySegment places,
      long placesOffset,
      long placeStep,
      long placeScale,
      MemorySegment a,
      long a0,
      MemorySegment out,
      long out0) {
    FloatVector s00 = FloatVector.fromMemorySegment(SPECIES, out, out0 << 2, ORDER);
    for (int i = 0; i < count; i++) {
      FloatVector f =
          FloatVector.broadcast(SPECIES, weights.get(FLOAT, (weightsOffset + i * weightStep) << 2));
      long row = readInt(places, placesOffset + i * placeStep) * placeScale;
      long r0 = a0 + row;
      s00 = f.fma(FloatVector.fromMemorySegment(SPECIES, a, r0 << 2, ORDER), s00);
    }
    s00.intoMemorySegment(out, out0 << 2, ORDER);
  }
}
