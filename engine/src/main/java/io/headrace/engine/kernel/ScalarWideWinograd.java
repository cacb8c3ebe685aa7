package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.WinogradPoints.P;
import static io.headrace.engine.kernel.WinogradPoints.P2;
import static io.headrace.engine.kernel.WinogradPoints.P3;
import static io.headrace.engine.kernel.WinogradPoints.P_SCALE;
import static io.headrace.engine.kernel.WinogradPoints.Q;
import static io.headrace.engine.kernel.WinogradPoints.Q2;
import static io.headrace.engine.kernel.WinogradPoints.Q3;
import static io.headrace.engine.kernel.WinogradPoints.Q_SCALE;
import static io.headrace.engine.kernel.WinogradPoints.SQUARES;
import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import java.lang.foreign.MemorySegment;

/** The transforms of F(4x4, 3x3), a channel at a time: columns first, then rows. */
final class ScalarWideWinograd {
  private ScalarWideWinograd() {}

  static void filter(
      int n,
      MemorySegment g,
      long gOffset,
      long gRow,
      long gStep,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int j = 0; j < 3; j++) {
      filterLine(n, g, gOffset + j * gStep, gRow, out, outOffset + j * outStep, 6 * outStep);
    }
    for (int i = 0; i < 6; i++) {
      long row = outOffset + 6L * i * outStep;
      filterLine(n, out, row, outStep, out, row, outStep);
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
    for (int j = 0; j < 6; j++) {
      inputLine(n, d, dOffset + j * dStep, dRow, out, outOffset + j * outStep, 6 * outStep);
    }
    for (int i = 0; i < 6; i++) {
      long row = outOffset + 6L * i * outStep;
      inputLine(n, out, row, outStep, out, row, outStep);
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
    for (int j = 0; j < 6; j++) {
      long column = mOffset + j * mStep;
      outputLine(n, m, column, 6 * mStep, m, column, 6 * mStep);
    }
    for (int i = 0; i < 4; i++) {
      outputLine(n, m, mOffset + 6L * i * mStep, mStep, out, outOffset + i * outRow, outStep);
    }
  }

  private static void filterLine(
      int n,
      MemorySegment g,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float g0 = read(g, at);
      float g1 = read(g, at + step);
      float g2 = read(g, at + 2 * step);
      float evenP = (g2 * P2 + g0) * P_SCALE;
      float oddP = g1 * (P * P_SCALE);
      float evenQ = (g2 * Q2 + g0) * Q_SCALE;
      float oddQ = g1 * (Q * Q_SCALE);
      write(out, to, g0);
      write(out, to + outStep, evenP + oddP);
      write(out, to + 2 * outStep, evenP - oddP);
      write(out, to + 3 * outStep, evenQ + oddQ);
      write(out, to + 4 * outStep, evenQ - oddQ);
      write(out, to + 5 * outStep, g2);
    }
  }

  private static void inputLine(
      int n,
      MemorySegment d,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float d0 = read(d, at);
      float d1 = read(d, at + step);
      float d2 = read(d, at + 2 * step);
      float d3 = read(d, at + 3 * step);
      float d4 = read(d, at + 4 * step);
      float d5 = read(d, at + 5 * step);
      float evenP = d4 - d2 * Q2;
      float oddP = d3 * P - d1 * Q;
      float evenQ = d4 - d2 * P2;
      float oddQ = d3 * Q - d1 * P;
      write(out, to, d0 + d4 - d2 * SQUARES);
      write(out, to + outStep, evenP + oddP);
      write(out, to + 2 * outStep, evenP - oddP);
      write(out, to + 3 * outStep, evenQ + oddQ);
      write(out, to + 4 * outStep, evenQ - oddQ);
      write(out, to + 5 * outStep, d1 + d5 - d3 * SQUARES);
    }
  }

  private static void outputLine(
      int n,
      MemorySegment m,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float m0 = read(m, at);
      float m1 = read(m, at + step);
      float m2 = read(m, at + 2 * step);
      float m3 = read(m, at + 3 * step);
      float m4 = read(m, at + 4 * step);
      float m5 = read(m, at + 5 * step);
      float sumP = m1 + m2;
      float gapP = m1 - m2;
      float sumQ = m3 + m4;
      float gapQ = m3 - m4;
      write(out, to, m0 + sumP + sumQ);
      write(out, to + outStep, gapP * P + gapQ * Q);
      write(out, to + 2 * outStep, sumP * P2 + sumQ * Q2);
      write(out, to + 3 * outStep, gapP * P3 + gapQ * Q3 + m5);
    }
  }
}
