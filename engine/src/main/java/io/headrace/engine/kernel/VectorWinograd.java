package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/** The transforms of F(2x2, 3x3), a vector of channels at a time. */
final class VectorWinograd {
  private VectorWinograd() {}

  static void filter(
      int n,
      MemorySegment g,
      long gOffset,
      long gRow,
      long gStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c += LANES) {
      long at = gOffset + c;
      long to = outOffset + c;
      FloatVector g00 = FloatVector.fromMemorySegment(SPECIES, g, at << 2, ORDER);
      FloatVector g10 = FloatVector.fromMemorySegment(SPECIES, g, (at + gRow) << 2, ORDER);
      FloatVector g20 = FloatVector.fromMemorySegment(SPECIES, g, (at + 2 * gRow) << 2, ORDER);
      FloatVector g01 = FloatVector.fromMemorySegment(SPECIES, g, (at + gStep) << 2, ORDER);
      FloatVector g11 = FloatVector.fromMemorySegment(SPECIES, g, (at + gRow + gStep) << 2, ORDER);
      FloatVector g21 =
          FloatVector.fromMemorySegment(SPECIES, g, (at + 2 * gRow + gStep) << 2, ORDER);
      FloatVector g02 = FloatVector.fromMemorySegment(SPECIES, g, (at + 2 * gStep) << 2, ORDER);
      FloatVector g12 =
          FloatVector.fromMemorySegment(SPECIES, g, (at + gRow + 2 * gStep) << 2, ORDER);
      FloatVector g22 =
          FloatVector.fromMemorySegment(SPECIES, g, (at + 2 * gRow + 2 * gStep) << 2, ORDER);
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
      a0.intoMemorySegment(out, to << 2, ORDER);
      even0.add(odd0).intoMemorySegment(out, (to + outStep) << 2, ORDER);
      even0.sub(odd0).intoMemorySegment(out, (to + 2 * outStep) << 2, ORDER);
      c0.intoMemorySegment(out, (to + 3 * outStep) << 2, ORDER);
      FloatVector a1 = sum0.add(half0);
      FloatVector b1 = sum1.add(half1);
      FloatVector c1 = sum2.add(half2);
      FloatVector even1 = a1.add(c1).mul(0.5f);
      FloatVector odd1 = b1.mul(0.5f);
      a1.intoMemorySegment(out, (to + 4 * outStep) << 2, ORDER);
      even1.add(odd1).intoMemorySegment(out, (to + 5 * outStep) << 2, ORDER);
      even1.sub(odd1).intoMemorySegment(out, (to + 6 * outStep) << 2, ORDER);
      c1.intoMemorySegment(out, (to + 7 * outStep) << 2, ORDER);
      FloatVector a2 = sum0.sub(half0);
      FloatVector b2 = sum1.sub(half1);
      FloatVector c2 = sum2.sub(half2);
      FloatVector even2 = a2.add(c2).mul(0.5f);
      FloatVector odd2 = b2.mul(0.5f);
      a2.intoMemorySegment(out, (to + 8 * outStep) << 2, ORDER);
      even2.add(odd2).intoMemorySegment(out, (to + 9 * outStep) << 2, ORDER);
      even2.sub(odd2).intoMemorySegment(out, (to + 10 * outStep) << 2, ORDER);
      c2.intoMemorySegment(out, (to + 11 * outStep) << 2, ORDER);
      FloatVector a3 = g20;
      FloatVector b3 = g21;
      FloatVector c3 = g22;
      FloatVector even3 = a3.add(c3).mul(0.5f);
      FloatVector odd3 = b3.mul(0.5f);
      a3.intoMemorySegment(out, (to + 12 * outStep) << 2, ORDER);
      even3.add(odd3).intoMemorySegment(out, (to + 13 * outStep) << 2, ORDER);
      even3.sub(odd3).intoMemorySegment(out, (to + 14 * outStep) << 2, ORDER);
      c3.intoMemorySegment(out, (to + 15 * outStep) << 2, ORDER);
    }
  }

  static void input(
      int n,
      MemorySegment d,
      long dOffset,
      long dRow,
      long dStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c += LANES) {
      long at = dOffset + c;
      long to = outOffset + c;
      line(d, at, at + 2 * dRow, false, dStep, out, to, outStep);
      line(d, at + dRow, at + 2 * dRow, true, dStep, out, to + 4 * outStep, outStep);
      line(d, at + 2 * dRow, at + dRow, false, dStep, out, to + 8 * outStep, outStep);
      line(d, at + dRow, at + 3 * dRow, false, dStep, out, to + 12 * outStep, outStep);
    }
  }

  /** A row of B^T d B from the sum or the difference of two rows of d. */
  private static void line(
      MemorySegment d,
      long first,
      long second,
      boolean plus,
      long step,
      MemorySegment out,
      long to,
      long outStep) {
    FloatVector p0 = FloatVector.fromMemorySegment(SPECIES, d, first << 2, ORDER);
    FloatVector q0 = FloatVector.fromMemorySegment(SPECIES, d, second << 2, ORDER);
    FloatVector p1 = FloatVector.fromMemorySegment(SPECIES, d, (first + step) << 2, ORDER);
    FloatVector q1 = FloatVector.fromMemorySegment(SPECIES, d, (second + step) << 2, ORDER);
    FloatVector p2 = FloatVector.fromMemorySegment(SPECIES, d, (first + 2 * step) << 2, ORDER);
    FloatVector q2 = FloatVector.fromMemorySegment(SPECIES, d, (second + 2 * step) << 2, ORDER);
    FloatVector p3 = FloatVector.fromMemorySegment(SPECIES, d, (first + 3 * step) << 2, ORDER);
    FloatVector q3 = FloatVector.fromMemorySegment(SPECIES, d, (second + 3 * step) << 2, ORDER);
    FloatVector t0 = plus ? p0.add(q0) : p0.sub(q0);
    FloatVector t1 = plus ? p1.add(q1) : p1.sub(q1);
    FloatVector t2 = plus ? p2.add(q2) : p2.sub(q2);
    FloatVector t3 = plus ? p3.add(q3) : p3.sub(q3);
    t0.sub(t2).intoMemorySegment(out, to << 2, ORDER);
    t1.add(t2).intoMemorySegment(out, (to + outStep) << 2, ORDER);
    t2.sub(t1).intoMemorySegment(out, (to + 2 * outStep) << 2, ORDER);
    t1.sub(t3).intoMemorySegment(out, (to + 3 * outStep) << 2, ORDER);
  }

  static void output(
      int n,
      MemorySegment m,
      long mOffset,
      long mStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep) {
    for (int c = 0; c < n; c += LANES) {
      long at = mOffset + c;
      long to = outOffset + c;
      FloatVector m00 = FloatVector.fromMemorySegment(SPECIES, m, at << 2, ORDER);
      FloatVector m10 = FloatVector.fromMemorySegment(SPECIES, m, (at + 4 * mStep) << 2, ORDER);
      FloatVector m20 = FloatVector.fromMemorySegment(SPECIES, m, (at + 8 * mStep) << 2, ORDER);
      FloatVector m30 = FloatVector.fromMemorySegment(SPECIES, m, (at + 12 * mStep) << 2, ORDER);
      FloatVector top0 = m00.add(m10).add(m20);
      FloatVector bottom0 = m10.sub(m20).sub(m30);
      FloatVector m01 = FloatVector.fromMemorySegment(SPECIES, m, (at + mStep) << 2, ORDER);
      FloatVector m11 = FloatVector.fromMemorySegment(SPECIES, m, (at + 5 * mStep) << 2, ORDER);
      FloatVector m21 = FloatVector.fromMemorySegment(SPECIES, m, (at + 9 * mStep) << 2, ORDER);
      FloatVector m31 = FloatVector.fromMemorySegment(SPECIES, m, (at + 13 * mStep) << 2, ORDER);
      FloatVector top1 = m01.add(m11).add(m21);
      FloatVector bottom1 = m11.sub(m21).sub(m31);
      FloatVector m02 = FloatVector.fromMemorySegment(SPECIES, m, (at + 2 * mStep) << 2, ORDER);
      FloatVector m12 = FloatVector.fromMemorySegment(SPECIES, m, (at + 6 * mStep) << 2, ORDER);
      FloatVector m22 = FloatVector.fromMemorySegment(SPECIES, m, (at + 10 * mStep) << 2, ORDER);
      FloatVector m32 = FloatVector.fromMemorySegment(SPECIES, m, (at + 14 * mStep) << 2, ORDER);
      FloatVector top2 = m02.add(m12).add(m22);
      FloatVector bottom2 = m12.sub(m22).sub(m32);
      FloatVector m03 = FloatVector.fromMemorySegment(SPECIES, m, (at + 3 * mStep) << 2, ORDER);
      FloatVector m13 = FloatVector.fromMemorySegment(SPECIES, m, (at + 7 * mStep) << 2, ORDER);
      FloatVector m23 = FloatVector.fromMemorySegment(SPECIES, m, (at + 11 * mStep) << 2, ORDER);
      FloatVector m33 = FloatVector.fromMemorySegment(SPECIES, m, (at + 15 * mStep) << 2, ORDER);
      FloatVector top3 = m03.add(m13).add(m23);
      FloatVector bottom3 = m13.sub(m23).sub(m33);
      top0.add(top1).add(top2).intoMemorySegment(out, to << 2, ORDER);
      top1.sub(top2).sub(top3).intoMemorySegment(out, (to + outStep) << 2, ORDER);
      bottom0.add(bottom1).add(bottom2).intoMemorySegment(out, (to + outRow) << 2, ORDER);
      bottom1.sub(bottom2).sub(bottom3).intoMemorySegment(out, (to + outRow + outStep) << 2, ORDER);
    }
  }
}
