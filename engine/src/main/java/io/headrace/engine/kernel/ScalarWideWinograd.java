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
  /** Transforms a line that begins at {@code at}, in place. */
  @FunctionalInterface
  private interface Line {
    void transform(float[] x, int at, int step);
  }

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
    var tile = new float[36];
    for (int c = 0; c < n; c++) {
      load(3, g, gOffset + c, gRow, gStep, tile);
      transform(3, 6, ScalarWideWinograd::filterLine, tile);
      store(6, tile, out, outOffset + c, 6 * outStep, outStep);
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
    var tile = new float[36];
    for (int c = 0; c < n; c++) {
      load(6, d, dOffset + c, dRow, dStep, tile);
      transform(6, 6, ScalarWideWinograd::inputLine, tile);
      store(6, tile, out, outOffset + c, 6 * outStep, outStep);
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
    var tile = new float[36];
    for (int c = 0; c < n; c++) {
      load(6, m, mOffset + c, 6 * mStep, mStep, tile);
      transform(6, 4, ScalarWideWinograd::outputLine, tile);
      store(4, tile, out, outOffset + c, outRow, outStep);
    }
  }

  private static void load(
      int side, MemorySegment x, long offset, long row, long step, float[] tile) {
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        tile[6 * i + j] = read(x, offset + i * row + j * step);
      }
    }
  }

  private static void store(
      int side, float[] tile, MemorySegment x, long offset, long row, long step) {
    for (int i = 0; i < side; i++) {
      for (int j = 0; j < side; j++) {
        write(x, offset + i * row + j * step, tile[6 * i + j]);
      }
    }
  }

  private static void transform(int columns, int rows, Line line, float[] tile) {
    for (int j = 0; j < columns; j++) {
      line.transform(tile, j, 6);
    }
    for (int i = 0; i < rows; i++) {
      line.transform(tile, 6 * i, 1);
    }
  }

  private static void filterLine(float[] g, int at, int step) {
    float g0 = g[at];
    float g1 = g[at + step];
    float g2 = g[at + 2 * step];
    float evenP = (g2 * P2 + g0) * P_SCALE;
    float oddP = g1 * (P * P_SCALE);
    float evenQ = (g2 * Q2 + g0) * Q_SCALE;
    float oddQ = g1 * (Q * Q_SCALE);
    g[at + step] = evenP + oddP;
    g[at + 2 * step] = evenP - oddP;
    g[at + 3 * step] = evenQ + oddQ;
    g[at + 4 * step] = evenQ - oddQ;
    g[at + 5 * step] = g2;
  }

  private static void inputLine(float[] d, int at, int step) {
    float d0 = d[at];
    float d1 = d[at + step];
    float d2 = d[at + 2 * step];
    float d3 = d[at + 3 * step];
    float d4 = d[at + 4 * step];
    float d5 = d[at + 5 * step];
    float evenP = d4 - d2 * Q2;
    float oddP = d3 * P - d1 * Q;
    float evenQ = d4 - d2 * P2;
    float oddQ = d3 * Q - d1 * P;
    d[at] = d0 + d4 - d2 * SQUARES;
    d[at + step] = evenP + oddP;
    d[at + 2 * step] = evenP - oddP;
    d[at + 3 * step] = evenQ + oddQ;
    d[at + 4 * step] = evenQ - oddQ;
    d[at + 5 * step] = d1 + d5 - d3 * SQUARES;
  }

  private static void outputLine(float[] m, int at, int step) {
    float sumP = m[at + step] + m[at + 2 * step];
    float gapP = m[at + step] - m[at + 2 * step];
    float sumQ = m[at + 3 * step] + m[at + 4 * step];
    float gapQ = m[at + 3 * step] - m[at + 4 * step];
    m[at] = m[at] + sumP + sumQ;
    m[at + step] = gapP * P + gapQ * Q;
    m[at + 2 * step] = sumP * P2 + sumQ * Q2;
    m[at + 3 * step] = gapP * P3 + gapQ * Q3 + m[at + 5 * step];
  }
}
