package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;
import static io.headrace.engine.kernel.WinogradPoints.P;
import static io.headrace.engine.kernel.WinogradPoints.P2;
import static io.headrace.engine.kernel.WinogradPoints.P3;
import static io.headrace.engine.kernel.WinogradPoints.P_SCALE;
import static io.headrace.engine.kernel.WinogradPoints.Q;
import static io.headrace.engine.kernel.WinogradPoints.Q2;
import static io.headrace.engine.kernel.WinogradPoints.Q3;
import static io.headrace.engine.kernel.WinogradPoints.Q_SCALE;
import static io.headrace.engine.kernel.WinogradPoints.SQUARES;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;

/**
 * The transforms of F(4x4, 3x3), a vector of channels at a time. Lines that share terms are made
 * together; a tile as a whole would need more vectors than there are registers.
 */
final class VectorWideWinograd {
  private VectorWideWinograd() {}

  static void filter(
      int n,
      MemorySegment g,
      long gOffset,
      long gRow,
      long gStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int column = 0; column < 3; column++) {
      filterLine(
          n, g, gOffset + column * gStep, gRow, out, outOffset + column * outStep, 6 * outStep);
    }
    for (int row = 0; row < 6; row++) {
      long at = outOffset + 6 * row * outStep;
      filterLine(n, out, at, outStep, out, at, outStep);
    }
  }

  /** A line of G g; all of it is read before any is written, which may be to the same place. */
  private static void filterLine(
      int n,
      MemorySegment g,
      long gOffset,
      long gStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c += LANES) {
      long at = gOffset + c;
      long to = outOffset + c;
      FloatVector g0 = FloatVector.fromMemorySegment(SPECIES, g, at << 2, ORDER);
      FloatVector g1 = FloatVector.fromMemorySegment(SPECIES, g, (at + gStep) << 2, ORDER);
      FloatVector g2 = FloatVector.fromMemorySegment(SPECIES, g, (at + 2 * gStep) << 2, ORDER);
      FloatVector evenP = g2.mul(P2).add(g0).mul(P_SCALE);
      FloatVector oddP = g1.mul(P * P_SCALE);
      FloatVector evenQ = g2.mul(Q2).add(g0).mul(Q_SCALE);
      FloatVector oddQ = g1.mul(Q * Q_SCALE);
      g0.intoMemorySegment(out, to << 2, ORDER);
      evenP.add(oddP).intoMemorySegment(out, (to + outStep) << 2, ORDER);
      evenP.sub(oddP).intoMemorySegment(out, (to + 2 * outStep) << 2, ORDER);
      evenQ.add(oddQ).intoMemorySegment(out, (to + 3 * outStep) << 2, ORDER);
      evenQ.sub(oddQ).intoMemorySegment(out, (to + 4 * outStep) << 2, ORDER);
      g2.intoMemorySegment(out, (to + 5 * outStep) << 2, ORDER);
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
    inputEdge(n, d, dOffset, dRow, dStep, out, outOffset, outStep);
    inputPair(n, P, Q, d, dOffset, dRow, dStep, out, outOffset + 6 * outStep, outStep);
    inputPair(n, Q, P, d, dOffset, dRow, dStep, out, outOffset + 18 * outStep, outStep);
    inputEdge(n, d, dOffset + dRow, dRow, dStep, out, outOffset + 30 * outStep, outStep);
  }

  /** The row of B^T d B for the point 0, or from a row further down that for infinity. */
  private static void inputEdge(
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
      FloatVector d00 = FloatVector.fromMemorySegment(SPECIES, d, at << 2, ORDER);
      FloatVector d20 = FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow) << 2, ORDER);
      FloatVector d40 = FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow) << 2, ORDER);
      FloatVector t0 = d00.add(d40).sub(d20.mul(SQUARES));
      FloatVector d01 = FloatVector.fromMemorySegment(SPECIES, d, (at + dStep) << 2, ORDER);
      FloatVector d21 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + dStep) << 2, ORDER);
      FloatVector d41 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + dStep) << 2, ORDER);
      FloatVector t1 = d01.add(d41).sub(d21.mul(SQUARES));
      FloatVector d02 = FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dStep) << 2, ORDER);
      FloatVector d22 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + 2 * dStep) << 2, ORDER);
      FloatVector d42 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + 2 * dStep) << 2, ORDER);
      FloatVector t2 = d02.add(d42).sub(d22.mul(SQUARES));
      FloatVector d03 = FloatVector.fromMemorySegment(SPECIES, d, (at + 3 * dStep) << 2, ORDER);
      FloatVector d23 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + 3 * dStep) << 2, ORDER);
      FloatVector d43 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + 3 * dStep) << 2, ORDER);
      FloatVector t3 = d03.add(d43).sub(d23.mul(SQUARES));
      FloatVector d04 = FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dStep) << 2, ORDER);
      FloatVector d24 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + 4 * dStep) << 2, ORDER);
      FloatVector d44 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + 4 * dStep) << 2, ORDER);
      FloatVector t4 = d04.add(d44).sub(d24.mul(SQUARES));
      FloatVector d05 = FloatVector.fromMemorySegment(SPECIES, d, (at + 5 * dStep) << 2, ORDER);
      FloatVector d25 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + 5 * dStep) << 2, ORDER);
      FloatVector d45 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + 5 * dStep) << 2, ORDER);
      FloatVector t5 = d05.add(d45).sub(d25.mul(SQUARES));
      t0.add(t4).sub(t2.mul(SQUARES)).intoMemorySegment(out, to << 2, ORDER);
      FloatVector tEvenP = t4.sub(t2.mul(Q2));
      FloatVector tOddP = t3.mul(P).sub(t1.mul(Q));
      tEvenP.add(tOddP).intoMemorySegment(out, (to + outStep) << 2, ORDER);
      tEvenP.sub(tOddP).intoMemorySegment(out, (to + 2 * outStep) << 2, ORDER);
      FloatVector tEvenQ = t4.sub(t2.mul(P2));
      FloatVector tOddQ = t3.mul(Q).sub(t1.mul(P));
      tEvenQ.add(tOddQ).intoMemorySegment(out, (to + 3 * outStep) << 2, ORDER);
      tEvenQ.sub(tOddQ).intoMemorySegment(out, (to + 4 * outStep) << 2, ORDER);
      t1.add(t5).sub(t3.mul(SQUARES)).intoMemorySegment(out, (to + 5 * outStep) << 2, ORDER);
    }
  }

  /** The rows of B^T d B for a point and its negative; {@code other} is 1 / point. */
  private static void inputPair(
      int n,
      float point,
      float other,
      MemorySegment d,
      long dOffset,
      long dRow,
      long dStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    float square = other * other;
    for (int c = 0; c < n; c += LANES) {
      long at = dOffset + c;
      long to = outOffset + c;
      long next = to + 6 * outStep;
      FloatVector d10 = FloatVector.fromMemorySegment(SPECIES, d, (at + dRow) << 2, ORDER);
      FloatVector d20 = FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow) << 2, ORDER);
      FloatVector d30 = FloatVector.fromMemorySegment(SPECIES, d, (at + 3 * dRow) << 2, ORDER);
      FloatVector d40 = FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow) << 2, ORDER);
      FloatVector even0 = d40.sub(d20.mul(square));
      FloatVector odd0 = d30.mul(point).sub(d10.mul(other));
      FloatVector d11 = FloatVector.fromMemorySegment(SPECIES, d, (at + dRow + dStep) << 2, ORDER);
      FloatVector d21 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + dStep) << 2, ORDER);
      FloatVector d31 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 3 * dRow + dStep) << 2, ORDER);
      FloatVector d41 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + dStep) << 2, ORDER);
      FloatVector even1 = d41.sub(d21.mul(square));
      FloatVector odd1 = d31.mul(point).sub(d11.mul(other));
      FloatVector d12 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + dRow + 2 * dStep) << 2, ORDER);
      FloatVector d22 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + 2 * dStep) << 2, ORDER);
      FloatVector d32 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 3 * dRow + 2 * dStep) << 2, ORDER);
      FloatVector d42 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + 2 * dStep) << 2, ORDER);
      FloatVector even2 = d42.sub(d22.mul(square));
      FloatVector odd2 = d32.mul(point).sub(d12.mul(other));
      FloatVector d13 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + dRow + 3 * dStep) << 2, ORDER);
      FloatVector d23 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + 3 * dStep) << 2, ORDER);
      FloatVector d33 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 3 * dRow + 3 * dStep) << 2, ORDER);
      FloatVector d43 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + 3 * dStep) << 2, ORDER);
      FloatVector even3 = d43.sub(d23.mul(square));
      FloatVector odd3 = d33.mul(point).sub(d13.mul(other));
      FloatVector d14 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + dRow + 4 * dStep) << 2, ORDER);
      FloatVector d24 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + 4 * dStep) << 2, ORDER);
      FloatVector d34 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 3 * dRow + 4 * dStep) << 2, ORDER);
      FloatVector d44 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + 4 * dStep) << 2, ORDER);
      FloatVector even4 = d44.sub(d24.mul(square));
      FloatVector odd4 = d34.mul(point).sub(d14.mul(other));
      FloatVector d15 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + dRow + 5 * dStep) << 2, ORDER);
      FloatVector d25 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 2 * dRow + 5 * dStep) << 2, ORDER);
      FloatVector d35 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 3 * dRow + 5 * dStep) << 2, ORDER);
      FloatVector d45 =
          FloatVector.fromMemorySegment(SPECIES, d, (at + 4 * dRow + 5 * dStep) << 2, ORDER);
      FloatVector even5 = d45.sub(d25.mul(square));
      FloatVector odd5 = d35.mul(point).sub(d15.mul(other));
      FloatVector p0 = even0.add(odd0);
      FloatVector p1 = even1.add(odd1);
      FloatVector p2 = even2.add(odd2);
      FloatVector p3 = even3.add(odd3);
      FloatVector p4 = even4.add(odd4);
      FloatVector p5 = even5.add(odd5);
      p0.add(p4).sub(p2.mul(SQUARES)).intoMemorySegment(out, to << 2, ORDER);
      FloatVector pEvenP = p4.sub(p2.mul(Q2));
      FloatVector pOddP = p3.mul(P).sub(p1.mul(Q));
      pEvenP.add(pOddP).intoMemorySegment(out, (to + outStep) << 2, ORDER);
      pEvenP.sub(pOddP).intoMemorySegment(out, (to + 2 * outStep) << 2, ORDER);
      FloatVector pEvenQ = p4.sub(p2.mul(P2));
      FloatVector pOddQ = p3.mul(Q).sub(p1.mul(P));
      pEvenQ.add(pOddQ).intoMemorySegment(out, (to + 3 * outStep) << 2, ORDER);
      pEvenQ.sub(pOddQ).intoMemorySegment(out, (to + 4 * outStep) << 2, ORDER);
      p1.add(p5).sub(p3.mul(SQUARES)).intoMemorySegment(out, (to + 5 * outStep) << 2, ORDER);
      FloatVector q0 = even0.sub(odd0);
      FloatVector q1 = even1.sub(odd1);
      FloatVector q2 = even2.sub(odd2);
      FloatVector q3 = even3.sub(odd3);
      FloatVector q4 = even4.sub(odd4);
      FloatVector q5 = even5.sub(odd5);
      q0.add(q4).sub(q2.mul(SQUARES)).intoMemorySegment(out, next << 2, ORDER);
      FloatVector qEvenP = q4.sub(q2.mul(Q2));
      FloatVector qOddP = q3.mul(P).sub(q1.mul(Q));
      qEvenP.add(qOddP).intoMemorySegment(out, (next + outStep) << 2, ORDER);
      qEvenP.sub(qOddP).intoMemorySegment(out, (next + 2 * outStep) << 2, ORDER);
      FloatVector qEvenQ = q4.sub(q2.mul(P2));
      FloatVector qOddQ = q3.mul(Q).sub(q1.mul(P));
      qEvenQ.add(qOddQ).intoMemorySegment(out, (next + 3 * outStep) << 2, ORDER);
      qEvenQ.sub(qOddQ).intoMemorySegment(out, (next + 4 * outStep) << 2, ORDER);
      q1.add(q5).sub(q3.mul(SQUARES)).intoMemorySegment(out, (next + 5 * outStep) << 2, ORDER);
    }
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
    outputEven(n, m, mOffset, mStep, out, outOffset, outRow, outStep);
    outputOdd(n, m, mOffset, mStep, out, outOffset + outRow, outRow, outStep);
  }

  /** Rows 0 and 2 of A^T m A. */
  private static void outputEven(
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
      long next = to + 2 * outRow;
      FloatVector m00 = FloatVector.fromMemorySegment(SPECIES, m, at << 2, ORDER);
      FloatVector m10 = FloatVector.fromMemorySegment(SPECIES, m, (at + 6 * mStep) << 2, ORDER);
      FloatVector m20 = FloatVector.fromMemorySegment(SPECIES, m, (at + 12 * mStep) << 2, ORDER);
      FloatVector m30 = FloatVector.fromMemorySegment(SPECIES, m, (at + 18 * mStep) << 2, ORDER);
      FloatVector m40 = FloatVector.fromMemorySegment(SPECIES, m, (at + 24 * mStep) << 2, ORDER);
      FloatVector sumP0 = m10.add(m20);
      FloatVector sumQ0 = m30.add(m40);
      FloatVector y0 = m00.add(sumP0).add(sumQ0);
      FloatVector z0 = sumP0.mul(P2).add(sumQ0.mul(Q2));
      FloatVector m01 = FloatVector.fromMemorySegment(SPECIES, m, (at + mStep) << 2, ORDER);
      FloatVector m11 = FloatVector.fromMemorySegment(SPECIES, m, (at + 7 * mStep) << 2, ORDER);
      FloatVector m21 = FloatVector.fromMemorySegment(SPECIES, m, (at + 13 * mStep) << 2, ORDER);
      FloatVector m31 = FloatVector.fromMemorySegment(SPECIES, m, (at + 19 * mStep) << 2, ORDER);
      FloatVector m41 = FloatVector.fromMemorySegment(SPECIES, m, (at + 25 * mStep) << 2, ORDER);
      FloatVector sumP1 = m11.add(m21);
      FloatVector sumQ1 = m31.add(m41);
      FloatVector y1 = m01.add(sumP1).add(sumQ1);
      FloatVector z1 = sumP1.mul(P2).add(sumQ1.mul(Q2));
      FloatVector m02 = FloatVector.fromMemorySegment(SPECIES, m, (at + 2 * mStep) << 2, ORDER);
      FloatVector m12 = FloatVector.fromMemorySegment(SPECIES, m, (at + 8 * mStep) << 2, ORDER);
      FloatVector m22 = FloatVector.fromMemorySegment(SPECIES, m, (at + 14 * mStep) << 2, ORDER);
      FloatVector m32 = FloatVector.fromMemorySegment(SPECIES, m, (at + 20 * mStep) << 2, ORDER);
      FloatVector m42 = FloatVector.fromMemorySegment(SPECIES, m, (at + 26 * mStep) << 2, ORDER);
      FloatVector sumP2 = m12.add(m22);
      FloatVector sumQ2 = m32.add(m42);
      FloatVector y2 = m02.add(sumP2).add(sumQ2);
      FloatVector z2 = sumP2.mul(P2).add(sumQ2.mul(Q2));
      FloatVector m03 = FloatVector.fromMemorySegment(SPECIES, m, (at + 3 * mStep) << 2, ORDER);
      FloatVector m13 = FloatVector.fromMemorySegment(SPECIES, m, (at + 9 * mStep) << 2, ORDER);
      FloatVector m23 = FloatVector.fromMemorySegment(SPECIES, m, (at + 15 * mStep) << 2, ORDER);
      FloatVector m33 = FloatVector.fromMemorySegment(SPECIES, m, (at + 21 * mStep) << 2, ORDER);
      FloatVector m43 = FloatVector.fromMemorySegment(SPECIES, m, (at + 27 * mStep) << 2, ORDER);
      FloatVector sumP3 = m13.add(m23);
      FloatVector sumQ3 = m33.add(m43);
      FloatVector y3 = m03.add(sumP3).add(sumQ3);
      FloatVector z3 = sumP3.mul(P2).add(sumQ3.mul(Q2));
      FloatVector m04 = FloatVector.fromMemorySegment(SPECIES, m, (at + 4 * mStep) << 2, ORDER);
      FloatVector m14 = FloatVector.fromMemorySegment(SPECIES, m, (at + 10 * mStep) << 2, ORDER);
      FloatVector m24 = FloatVector.fromMemorySegment(SPECIES, m, (at + 16 * mStep) << 2, ORDER);
      FloatVector m34 = FloatVector.fromMemorySegment(SPECIES, m, (at + 22 * mStep) << 2, ORDER);
      FloatVector m44 = FloatVector.fromMemorySegment(SPECIES, m, (at + 28 * mStep) << 2, ORDER);
      FloatVector sumP4 = m14.add(m24);
      FloatVector sumQ4 = m34.add(m44);
      FloatVector y4 = m04.add(sumP4).add(sumQ4);
      FloatVector z4 = sumP4.mul(P2).add(sumQ4.mul(Q2));
      FloatVector m05 = FloatVector.fromMemorySegment(SPECIES, m, (at + 5 * mStep) << 2, ORDER);
      FloatVector m15 = FloatVector.fromMemorySegment(SPECIES, m, (at + 11 * mStep) << 2, ORDER);
      FloatVector m25 = FloatVector.fromMemorySegment(SPECIES, m, (at + 17 * mStep) << 2, ORDER);
      FloatVector m35 = FloatVector.fromMemorySegment(SPECIES, m, (at + 23 * mStep) << 2, ORDER);
      FloatVector m45 = FloatVector.fromMemorySegment(SPECIES, m, (at + 29 * mStep) << 2, ORDER);
      FloatVector sumP5 = m15.add(m25);
      FloatVector sumQ5 = m35.add(m45);
      FloatVector y5 = m05.add(sumP5).add(sumQ5);
      FloatVector z5 = sumP5.mul(P2).add(sumQ5.mul(Q2));
      FloatVector ySumP = y1.add(y2);
      FloatVector ySumQ = y3.add(y4);
      y0.add(ySumP).add(ySumQ).intoMemorySegment(out, to << 2, ORDER);
      ySumP.mul(P2).add(ySumQ.mul(Q2)).intoMemorySegment(out, (to + 2 * outStep) << 2, ORDER);
      FloatVector yGapP = y1.sub(y2);
      FloatVector yGapQ = y3.sub(y4);
      yGapP.mul(P).add(yGapQ.mul(Q)).intoMemorySegment(out, (to + outStep) << 2, ORDER);
      yGapP
          .mul(P3)
          .add(yGapQ.mul(Q3))
          .add(y5)
          .intoMemorySegment(out, (to + 3 * outStep) << 2, ORDER);
      FloatVector zSumP = z1.add(z2);
      FloatVector zSumQ = z3.add(z4);
      z0.add(zSumP).add(zSumQ).intoMemorySegment(out, next << 2, ORDER);
      zSumP.mul(P2).add(zSumQ.mul(Q2)).intoMemorySegment(out, (next + 2 * outStep) << 2, ORDER);
      FloatVector zGapP = z1.sub(z2);
      FloatVector zGapQ = z3.sub(z4);
      zGapP.mul(P).add(zGapQ.mul(Q)).intoMemorySegment(out, (next + outStep) << 2, ORDER);
      zGapP
          .mul(P3)
          .add(zGapQ.mul(Q3))
          .add(z5)
          .intoMemorySegment(out, (next + 3 * outStep) << 2, ORDER);
    }
  }

  /** Rows 1 and 3 of A^T m A. */
  private static void outputOdd(
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
      long next = to + 2 * outRow;
      FloatVector m10 = FloatVector.fromMemorySegment(SPECIES, m, (at + 6 * mStep) << 2, ORDER);
      FloatVector m20 = FloatVector.fromMemorySegment(SPECIES, m, (at + 12 * mStep) << 2, ORDER);
      FloatVector m30 = FloatVector.fromMemorySegment(SPECIES, m, (at + 18 * mStep) << 2, ORDER);
      FloatVector m40 = FloatVector.fromMemorySegment(SPECIES, m, (at + 24 * mStep) << 2, ORDER);
      FloatVector m50 = FloatVector.fromMemorySegment(SPECIES, m, (at + 30 * mStep) << 2, ORDER);
      FloatVector gapP0 = m10.sub(m20);
      FloatVector gapQ0 = m30.sub(m40);
      FloatVector y0 = gapP0.mul(P).add(gapQ0.mul(Q));
      FloatVector z0 = gapP0.mul(P3).add(gapQ0.mul(Q3)).add(m50);
      FloatVector m11 = FloatVector.fromMemorySegment(SPECIES, m, (at + 7 * mStep) << 2, ORDER);
      FloatVector m21 = FloatVector.fromMemorySegment(SPECIES, m, (at + 13 * mStep) << 2, ORDER);
      FloatVector m31 = FloatVector.fromMemorySegment(SPECIES, m, (at + 19 * mStep) << 2, ORDER);
      FloatVector m41 = FloatVector.fromMemorySegment(SPECIES, m, (at + 25 * mStep) << 2, ORDER);
      FloatVector m51 = FloatVector.fromMemorySegment(SPECIES, m, (at + 31 * mStep) << 2, ORDER);
      FloatVector gapP1 = m11.sub(m21);
      FloatVector gapQ1 = m31.sub(m41);
      FloatVector y1 = gapP1.mul(P).add(gapQ1.mul(Q));
      FloatVector z1 = gapP1.mul(P3).add(gapQ1.mul(Q3)).add(m51);
      FloatVector m12 = FloatVector.fromMemorySegment(SPECIES, m, (at + 8 * mStep) << 2, ORDER);
      FloatVector m22 = FloatVector.fromMemorySegment(SPECIES, m, (at + 14 * mStep) << 2, ORDER);
      FloatVector m32 = FloatVector.fromMemorySegment(SPECIES, m, (at + 20 * mStep) << 2, ORDER);
      FloatVector m42 = FloatVector.fromMemorySegment(SPECIES, m, (at + 26 * mStep) << 2, ORDER);
      FloatVector m52 = FloatVector.fromMemorySegment(SPECIES, m, (at + 32 * mStep) << 2, ORDER);
      FloatVector gapP2 = m12.sub(m22);
      FloatVector gapQ2 = m32.sub(m42);
      FloatVector y2 = gapP2.mul(P).add(gapQ2.mul(Q));
      FloatVector z2 = gapP2.mul(P3).add(gapQ2.mul(Q3)).add(m52);
      FloatVector m13 = FloatVector.fromMemorySegment(SPECIES, m, (at + 9 * mStep) << 2, ORDER);
      FloatVector m23 = FloatVector.fromMemorySegment(SPECIES, m, (at + 15 * mStep) << 2, ORDER);
      FloatVector m33 = FloatVector.fromMemorySegment(SPECIES, m, (at + 21 * mStep) << 2, ORDER);
      FloatVector m43 = FloatVector.fromMemorySegment(SPECIES, m, (at + 27 * mStep) << 2, ORDER);
      FloatVector m53 = FloatVector.fromMemorySegment(SPECIES, m, (at + 33 * mStep) << 2, ORDER);
      FloatVector gapP3 = m13.sub(m23);
      FloatVector gapQ3 = m33.sub(m43);
      FloatVector y3 = gapP3.mul(P).add(gapQ3.mul(Q));
      FloatVector z3 = gapP3.mul(P3).add(gapQ3.mul(Q3)).add(m53);
      FloatVector m14 = FloatVector.fromMemorySegment(SPECIES, m, (at + 10 * mStep) << 2, ORDER);
      FloatVector m24 = FloatVector.fromMemorySegment(SPECIES, m, (at + 16 * mStep) << 2, ORDER);
      FloatVector m34 = FloatVector.fromMemorySegment(SPECIES, m, (at + 22 * mStep) << 2, ORDER);
      FloatVector m44 = FloatVector.fromMemorySegment(SPECIES, m, (at + 28 * mStep) << 2, ORDER);
      FloatVector m54 = FloatVector.fromMemorySegment(SPECIES, m, (at + 34 * mStep) << 2, ORDER);
      FloatVector gapP4 = m14.sub(m24);
      FloatVector gapQ4 = m34.sub(m44);
      FloatVector y4 = gapP4.mul(P).add(gapQ4.mul(Q));
      FloatVector z4 = gapP4.mul(P3).add(gapQ4.mul(Q3)).add(m54);
      FloatVector m15 = FloatVector.fromMemorySegment(SPECIES, m, (at + 11 * mStep) << 2, ORDER);
      FloatVector m25 = FloatVector.fromMemorySegment(SPECIES, m, (at + 17 * mStep) << 2, ORDER);
      FloatVector m35 = FloatVector.fromMemorySegment(SPECIES, m, (at + 23 * mStep) << 2, ORDER);
      FloatVector m45 = FloatVector.fromMemorySegment(SPECIES, m, (at + 29 * mStep) << 2, ORDER);
      FloatVector m55 = FloatVector.fromMemorySegment(SPECIES, m, (at + 35 * mStep) << 2, ORDER);
      FloatVector gapP5 = m15.sub(m25);
      FloatVector gapQ5 = m35.sub(m45);
      FloatVector y5 = gapP5.mul(P).add(gapQ5.mul(Q));
      FloatVector z5 = gapP5.mul(P3).add(gapQ5.mul(Q3)).add(m55);
      FloatVector ySumP = y1.add(y2);
      FloatVector ySumQ = y3.add(y4);
      y0.add(ySumP).add(ySumQ).intoMemorySegment(out, to << 2, ORDER);
      ySumP.mul(P2).add(ySumQ.mul(Q2)).intoMemorySegment(out, (to + 2 * outStep) << 2, ORDER);
      FloatVector yGapP = y1.sub(y2);
      FloatVector yGapQ = y3.sub(y4);
      yGapP.mul(P).add(yGapQ.mul(Q)).intoMemorySegment(out, (to + outStep) << 2, ORDER);
      yGapP
          .mul(P3)
          .add(yGapQ.mul(Q3))
          .add(y5)
          .intoMemorySegment(out, (to + 3 * outStep) << 2, ORDER);
      FloatVector zSumP = z1.add(z2);
      FloatVector zSumQ = z3.add(z4);
      z0.add(zSumP).add(zSumQ).intoMemorySegment(out, next << 2, ORDER);
      zSumP.mul(P2).add(zSumQ.mul(Q2)).intoMemorySegment(out, (next + 2 * outStep) << 2, ORDER);
      FloatVector zGapP = z1.sub(z2);
      FloatVector zGapQ = z3.sub(z4);
      zGapP.mul(P).add(zGapQ.mul(Q)).intoMemorySegment(out, (next + outStep) << 2, ORDER);
      zGapP
          .mul(P3)
          .add(zGapQ.mul(Q3))
          .add(z5)
          .intoMemorySegment(out, (next + 3 * outStep) << 2, ORDER);
    }
  }
}
