package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
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

import jdk.incubator.vector.FloatVector;

/**
 * The transforms of F(4x4, 3x3), a vector of channels at a time: columns first, then rows. A line
 * is read before any of it is written, which may be to the same places. Loops and places as in
 * {@link VectorTileTransforms}.
 */
final class VectorWideWinograd {
  private static final int BYTES = LANES * Float.BYTES;

  private VectorWideWinograd() {}

  static void filter(int n, long g, long gRow, long gStep, long out, long outStep) {
    for (int j = 0; j < 3; j++) {
      filterLine(n, g + j * gStep, gRow, out + j * outStep, 6 * outStep);
    }
    for (int i = 0; i < 6; i++) {
      long row = out + 6L * i * outStep;
      filterLine(n, row, outStep, row, outStep);
    }
  }

  static void input(int n, long d, long dRow, long dStep, long out, long outStep) {
    for (int j = 0; j < 6; j++) {
      inputLine(n, d + j * dStep, dRow, out + j * outStep, 6 * outStep);
    }
    for (int i = 0; i < 6; i++) {
      long row = out + 6L * i * outStep;
      inputLine(n, row, outStep, row, outStep);
    }
  }

  static void output(int n, long m, long mStep, long out, long outRow, long outStep) {
    for (int j = 0; j < 6; j++) {
      long column = m + j * mStep;
      outputLine(n, column, 6 * mStep, column, 6 * mStep);
    }
    for (int i = 0; i < 4; i++) {
      outputLine(n, m + 6L * i * mStep, mStep, out + i * outRow, outStep);
    }
  }

  private static void filterLine(int n, long g, long step, long out, long outStep) {
    long next = step << 2;
    long outNext = outStep << 2;
    long from = g << 2;
    long goal = out << 2;
    long end = from + ((long) n << 2);
    while (from != end) {
      FloatVector g0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
      long at = from + next;
      FloatVector g1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector g2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      FloatVector evenP = g2.mul(P2).add(g0).mul(P_SCALE);
      FloatVector oddP = g1.mul(P * P_SCALE);
      FloatVector evenQ = g2.mul(Q2).add(g0).mul(Q_SCALE);
      FloatVector oddQ = g1.mul(Q * Q_SCALE);
      g0.intoMemorySegment(MEMORY, goal, ORDER);
      long to = goal + outNext;
      evenP.add(oddP).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      evenP.sub(oddP).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      evenQ.add(oddQ).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      evenQ.sub(oddQ).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      g2.intoMemorySegment(MEMORY, to, ORDER);
      from += BYTES;
      goal += BYTES;
    }
  }

  private static void inputLine(int n, long d, long step, long out, long outStep) {
    long next = step << 2;
    long outNext = outStep << 2;
    long from = d << 2;
    long goal = out << 2;
    long end = from + ((long) n << 2);
    while (from != end) {
      FloatVector d0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
      long at = from + next;
      FloatVector d1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector d2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector d3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector d4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector d5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      FloatVector evenP = d4.sub(d2.mul(Q2));
      FloatVector oddP = d3.mul(P).sub(d1.mul(Q));
      FloatVector evenQ = d4.sub(d2.mul(P2));
      FloatVector oddQ = d3.mul(Q).sub(d1.mul(P));
      d0.add(d4).sub(d2.mul(SQUARES)).intoMemorySegment(MEMORY, goal, ORDER);
      long to = goal + outNext;
      evenP.add(oddP).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      evenP.sub(oddP).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      evenQ.add(oddQ).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      evenQ.sub(oddQ).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      d1.add(d5).sub(d3.mul(SQUARES)).intoMemorySegment(MEMORY, to, ORDER);
      from += BYTES;
      goal += BYTES;
    }
  }

  private static void outputLine(int n, long m, long step, long out, long outStep) {
    long next = step << 2;
    long outNext = outStep << 2;
    long from = m << 2;
    long goal = out << 2;
    long end = from + ((long) n << 2);
    while (from != end) {
      FloatVector m0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
      long at = from + next;
      FloatVector m1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector m2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector m3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector m4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      at += next;
      FloatVector m5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
      FloatVector sumP = m1.add(m2);
      FloatVector gapP = m1.sub(m2);
      FloatVector sumQ = m3.add(m4);
      FloatVector gapQ = m3.sub(m4);
      m0.add(sumP).add(sumQ).intoMemorySegment(MEMORY, goal, ORDER);
      long to = goal + outNext;
      gapP.mul(P).add(gapQ.mul(Q)).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      sumP.mul(P2).add(sumQ.mul(Q2)).intoMemorySegment(MEMORY, to, ORDER);
      to += outNext;
      gapP.mul(P3).add(gapQ.mul(Q3)).add(m5).intoMemorySegment(MEMORY, to, ORDER);
      from += BYTES;
      goal += BYTES;
    }
  }
}
