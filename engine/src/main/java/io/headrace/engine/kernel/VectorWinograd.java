package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;

/** The transforms of F(2x2, 3x3), a vector of channels at a time. */
final class VectorWinograd {
  private VectorWinograd() {}

  static void filter(int n, long g, long gRow, long gStep, long out, long outStep) {
    for (int c = 0; c < n; c += LANES) {
      long at = g + c;
      long to = out + c;
      FloatVector g00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
      FloatVector g10 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + gRow) << 2, ORDER);
      FloatVector g20 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * gRow) << 2, ORDER);
      FloatVector g01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + gStep) << 2, ORDER);
      FloatVector g11 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + gRow + gStep) << 2, ORDER);
      FloatVector g21 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * gRow + gStep) << 2, ORDER);
      FloatVector g02 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * gStep) << 2, ORDER);
      FloatVector g12 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + gRow + 2 * gStep) << 2, ORDER);
      FloatVector g22 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * gRow + 2 * gStep) << 2, ORDER);
      FloatVector sum0 = g00.add(g20).mul(0.5f);
      FloatVector half0 = g10.mul(0.5f);
      FloatVector sum1 = g01.add(g21).mul(0.5f);
      FloatVector half1 = g11.mul(0.5f);
      FloatVector sum2 = g02.add(g22).mul(0.5f);
      FloatVector half2 = g12.mul(0.5f);
      FloatVector a0 = g00;
      FloatVector b0 = g01;
      FloatVector c0 = g02;
      FloatVector even0 = a0.add(c0).mul(0.5f);
      FloatVector odd0 = b0.mul(0.5f);
      a0.intoMemorySegment(MEMORY, to << 2, ORDER);
      even0.add(odd0).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
      even0.sub(odd0).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
      c0.intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
      FloatVector a1 = sum0.add(half0);
      FloatVector b1 = sum1.add(half1);
      FloatVector c1 = sum2.add(half2);
      FloatVector even1 = a1.add(c1).mul(0.5f);
      FloatVector odd1 = b1.mul(0.5f);
      a1.intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
      even1.add(odd1).intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
      even1.sub(odd1).intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
      c1.intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
      FloatVector a2 = sum0.sub(half0);
      FloatVector b2 = sum1.sub(half1);
      FloatVector c2 = sum2.sub(half2);
      FloatVector even2 = a2.add(c2).mul(0.5f);
      FloatVector odd2 = b2.mul(0.5f);
      a2.intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
      even2.add(odd2).intoMemorySegment(MEMORY, (to + 9 * outStep) << 2, ORDER);
      even2.sub(odd2).intoMemorySegment(MEMORY, (to + 10 * outStep) << 2, ORDER);
      c2.intoMemorySegment(MEMORY, (to + 11 * outStep) << 2, ORDER);
      FloatVector a3 = g20;
      FloatVector b3 = g21;
      FloatVector c3 = g22;
      FloatVector even3 = a3.add(c3).mul(0.5f);
      FloatVector odd3 = b3.mul(0.5f);
      a3.intoMemorySegment(MEMORY, (to + 12 * outStep) << 2, ORDER);
      even3.add(odd3).intoMemorySegment(MEMORY, (to + 13 * outStep) << 2, ORDER);
      even3.sub(odd3).intoMemorySegment(MEMORY, (to + 14 * outStep) << 2, ORDER);
      c3.intoMemorySegment(MEMORY, (to + 15 * outStep) << 2, ORDER);
    }
  }

  static void input(int n, long d, long dRow, long dStep, long out, long outStep) {
    for (int c = 0; c < n; c += LANES) {
      long at = d + c;
      long to = out + c;
      line(at, at + 2 * dRow, false, dStep, to, outStep);
      line(at + dRow, at + 2 * dRow, true, dStep, to + 4 * outStep, outStep);
      line(at + 2 * dRow, at + dRow, false, dStep, to + 8 * outStep, outStep);
      line(at + dRow, at + 3 * dRow, false, dStep, to + 12 * outStep, outStep);
    }
  }

  /** A row of B^T d B from the sum or the difference of two rows of d. */
  private static void line(
      long first, long second, boolean plus, long step, long to, long outStep) {
    FloatVector p0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, first << 2, ORDER);
    FloatVector q0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, second << 2, ORDER);
    FloatVector p1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + step) << 2, ORDER);
    FloatVector q1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (second + step) << 2, ORDER);
    FloatVector p2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 2 * step) << 2, ORDER);
    FloatVector q2 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (second + 2 * step) << 2, ORDER);
    FloatVector p3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (first + 3 * step) << 2, ORDER);
    FloatVector q3 =
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (second + 3 * step) << 2, ORDER);
    FloatVector t0 = plus ? p0.add(q0) : p0.sub(q0);
    FloatVector t1 = plus ? p1.add(q1) : p1.sub(q1);
    FloatVector t2 = plus ? p2.add(q2) : p2.sub(q2);
    FloatVector t3 = plus ? p3.add(q3) : p3.sub(q3);
    t0.sub(t2).intoMemorySegment(MEMORY, to << 2, ORDER);
    t1.add(t2).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
    t2.sub(t1).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
    t1.sub(t3).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
  }

  static void output(int n, long m, long mStep, long out, long outRow, long outStep) {
    for (int c = 0; c < n; c += LANES) {
      long at = m + c;
      long to = out + c;
      FloatVector m00 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
      FloatVector m10 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * mStep) << 2, ORDER);
      FloatVector m20 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * mStep) << 2, ORDER);
      FloatVector m30 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 12 * mStep) << 2, ORDER);
      FloatVector top0 = m00.add(m10).add(m20);
      FloatVector bottom0 = m10.sub(m20).sub(m30);
      FloatVector m01 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + mStep) << 2, ORDER);
      FloatVector m11 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * mStep) << 2, ORDER);
      FloatVector m21 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 9 * mStep) << 2, ORDER);
      FloatVector m31 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 13 * mStep) << 2, ORDER);
      FloatVector top1 = m01.add(m11).add(m21);
      FloatVector bottom1 = m11.sub(m21).sub(m31);
      FloatVector m02 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * mStep) << 2, ORDER);
      FloatVector m12 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * mStep) << 2, ORDER);
      FloatVector m22 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 10 * mStep) << 2, ORDER);
      FloatVector m32 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 14 * mStep) << 2, ORDER);
      FloatVector top2 = m02.add(m12).add(m22);
      FloatVector bottom2 = m12.sub(m22).sub(m32);
      FloatVector m03 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * mStep) << 2, ORDER);
      FloatVector m13 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * mStep) << 2, ORDER);
      FloatVector m23 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 11 * mStep) << 2, ORDER);
      FloatVector m33 =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 15 * mStep) << 2, ORDER);
      FloatVector top3 = m03.add(m13).add(m23);
      FloatVector bottom3 = m13.sub(m23).sub(m33);
      top0.add(top1).add(top2).intoMemorySegment(MEMORY, to << 2, ORDER);
      top1.sub(top2).sub(top3).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
      bottom0.add(bottom1).add(bottom2).intoMemorySegment(MEMORY, (to + outRow) << 2, ORDER);
      bottom1
          .sub(bottom2)
          .sub(bottom3)
          .intoMemorySegment(MEMORY, (to + outRow + outStep) << 2, ORDER);
    }
  }
}
