package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.TilePoints.P;
import static io.headrace.engine.kernel.TilePoints.P2;
import static io.headrace.engine.kernel.TilePoints.P3;
import static io.headrace.engine.kernel.TilePoints.PRODUCT;
import static io.headrace.engine.kernel.TilePoints.P_SCALE;
import static io.headrace.engine.kernel.TilePoints.P_TAP;
import static io.headrace.engine.kernel.TilePoints.P_TIMES_Q2;
import static io.headrace.engine.kernel.TilePoints.Q;
import static io.headrace.engine.kernel.TilePoints.Q2;
import static io.headrace.engine.kernel.TilePoints.Q3;
import static io.headrace.engine.kernel.TilePoints.Q_SCALE;
import static io.headrace.engine.kernel.TilePoints.Q_TAP;
import static io.headrace.engine.kernel.TilePoints.Q_TIMES_P2;
import static io.headrace.engine.kernel.TilePoints.SQUARES;
import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import java.lang.foreign.MemorySegment;

/** {@link TileTransform}, a channel at a time: columns first, then rows. */
final class ScalarTileTransforms {
  private ScalarTileTransforms() {}

  static void transform(
      TileTransform transform,
      int n,
      MemorySegment in,
      long inOffset,
      long inRow,
      long inStep,
      MemorySegment out,
      long outOffset,
      long outRow,
      long outStep) {
    int inputs = transform.inputs();
    int outputs = transform.outputs();
    if (transform.widens()) {
      for (int j = 0; j < inputs; j++) {
        line(
            transform,
            n,
            in,
            inOffset + j * inStep,
            inRow,
            out,
            outOffset + j * outStep,
            outRow,
            false);
      }
      for (int i = 0; i < outputs; i++) {
        long row = outOffset + i * outRow;
        line(transform, n, out, row, outStep, out, row, outStep, false);
      }
    } else {
      boolean adds = transform == TileTransform.INPUT_GRADIENT;
      for (int j = 0; j < inputs; j++) {
        long column = inOffset + j * inStep;
        line(transform, n, in, column, inRow, in, column, inRow, false);
      }
      for (int i = 0; i < outputs; i++) {
        line(
            transform,
            n,
            in,
            inOffset + i * inRow,
            inStep,
            out,
            outOffset + i * outRow,
            outStep,
            adds);
      }
    }
  }

  private static void line(
      TileTransform transform,
      int n,
      MemorySegment in,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep,
      boolean adds) {
    switch (transform) {
      case INPUT -> input(n, in, offset, step, out, outOffset, outStep);
      case FILTER -> filter(n, in, offset, step, out, outOffset, outStep);
      case OUTPUT -> output(n, in, offset, step, out, outOffset, outStep);
      case SLOPES -> slopes(n, in, offset, step, out, outOffset, outStep);
      case INPUT_GRADIENT -> inputGradient(n, in, offset, step, out, outOffset, outStep, adds);
      case FILTER_GRADIENT -> filterGradient(n, in, offset, step, out, outOffset, outStep);
    }
  }

  private static void input(
      int n,
      MemorySegment in,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float x0 = read(in, at);
      float x1 = read(in, at + step);
      float x2 = read(in, at + 2 * step);
      float x3 = read(in, at + 3 * step);
      float x4 = read(in, at + 4 * step);
      float x5 = read(in, at + 5 * step);
      float x6 = read(in, at + 6 * step);
      float x7 = read(in, at + 7 * step);
      float x8 = read(in, at + 8 * step);
      float evenP = (x4 - x0 * Q2) * P;
      float oddP = x6 - x2 * Q2;
      float evenQ = (x4 - x0 * P2) * Q;
      float oddQ = x6 - x2 * P2;
      write(out, to, oddP + evenP);
      write(out, to + outStep, x1);
      write(out, to + 2 * outStep, oddP - evenP);
      write(out, to + 3 * outStep, x3);
      write(out, to + 4 * outStep, oddQ + evenQ);
      write(out, to + 5 * outStep, x5);
      write(out, to + 6 * outStep, oddQ - evenQ);
      write(out, to + 7 * outStep, x7);
      write(out, to + 8 * outStep, x8 - x4 * SQUARES + x0 * PRODUCT);
    }
  }

  private static void filter(
      int n,
      MemorySegment in,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float x0 = read(in, at);
      float x1 = read(in, at + step);
      float x2 = read(in, at + 2 * step);
      float firstP = x0 * P_SCALE;
      float lastP = x2 * P_TAP;
      float firstQ = x0 * Q_SCALE;
      float lastQ = x2 * Q_TAP;
      write(out, to, lastP + firstP);
      write(out, to + outStep, lastP - firstP);
      write(out, to + 2 * outStep, lastQ + firstQ);
      write(out, to + 3 * outStep, lastQ - firstQ);
      write(out, to + 4 * outStep, x2);
      write(out, to + 5 * outStep, x1);
    }
  }

  private static void output(
      int n,
      MemorySegment in,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float x0 = read(in, at);
      float x1 = read(in, at + step);
      float x2 = read(in, at + 2 * step);
      float x3 = read(in, at + 3 * step);
      float x4 = read(in, at + 4 * step);
      float x5 = read(in, at + 5 * step);
      float x6 = read(in, at + 6 * step);
      float x7 = read(in, at + 7 * step);
      float x8 = read(in, at + 8 * step);
      float sumP = x0 + x2;
      float gapP = x0 - x2;
      float sumQ = x4 + x6;
      float gapQ = x4 - x6;
      write(out, to, sumP + sumQ + x1);
      write(out, to + outStep, gapP * P + gapQ * Q + x3);
      write(out, to + 2 * outStep, sumP * P2 + sumQ * Q2 + x5);
      write(out, to + 3 * outStep, gapP * P3 + gapQ * Q3 + x8 + x7);
    }
  }

  private static void slopes(
      int n,
      MemorySegment in,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float x0 = read(in, at);
      float x1 = read(in, at + step);
      float x2 = read(in, at + 2 * step);
      float x3 = read(in, at + 3 * step);
      float evenP = x2 * P2 + x0;
      float oddP = x1 * P + x3 * P3;
      float evenQ = x2 * Q2 + x0;
      float oddQ = x1 * Q + x3 * Q3;
      write(out, to, evenP + oddP);
      write(out, to + outStep, x0);
      write(out, to + 2 * outStep, evenP - oddP);
      write(out, to + 3 * outStep, x1);
      write(out, to + 4 * outStep, evenQ + oddQ);
      write(out, to + 5 * outStep, x2);
      write(out, to + 6 * outStep, evenQ - oddQ);
      write(out, to + 7 * outStep, x3);
      write(out, to + 8 * outStep, x3);
    }
  }

  private static void inputGradient(
      int n,
      MemorySegment in,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep,
      boolean adds) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float x0 = read(in, at);
      float x1 = read(in, at + step);
      float x2 = read(in, at + 2 * step);
      float x3 = read(in, at + 3 * step);
      float x4 = read(in, at + 4 * step);
      float x5 = read(in, at + 5 * step);
      float x6 = read(in, at + 6 * step);
      float x7 = read(in, at + 7 * step);
      float x8 = read(in, at + 8 * step);
      float sumP = x0 + x2;
      float gapP = x0 - x2;
      float sumQ = x4 + x6;
      float gapQ = x4 - x6;
      put(out, to, x8 * PRODUCT - gapP * P_TIMES_Q2 - gapQ * Q_TIMES_P2, adds);
      put(out, to + outStep, x1, adds);
      put(out, to + 2 * outStep, sumP * -Q2 - sumQ * P2, adds);
      put(out, to + 3 * outStep, x3, adds);
      put(out, to + 4 * outStep, gapP * P + gapQ * Q - x8 * SQUARES, adds);
      put(out, to + 5 * outStep, x5, adds);
      put(out, to + 6 * outStep, sumP + sumQ, adds);
      put(out, to + 7 * outStep, x7, adds);
      put(out, to + 8 * outStep, x8, adds);
    }
  }

  private static void filterGradient(
      int n,
      MemorySegment in,
      long offset,
      long step,
      MemorySegment out,
      long outOffset,
      long outStep) {
    for (int c = 0; c < n; c++) {
      long at = offset + c;
      long to = outOffset + c;
      float x0 = read(in, at);
      float x1 = read(in, at + step);
      float x2 = read(in, at + 2 * step);
      float x3 = read(in, at + 3 * step);
      float x4 = read(in, at + 4 * step);
      float x5 = read(in, at + 5 * step);
      write(out, to, (x0 - x1) * P_SCALE + (x2 - x3) * Q_SCALE);
      write(out, to + outStep, x5);
      write(out, to + 2 * outStep, (x0 + x1) * P_TAP + (x2 + x3) * Q_TAP + x4);
    }
  }

  private static void put(MemorySegment out, long at, float value, boolean adds) {
    write(out, at, adds ? read(out, at) + value : value);
  }
}
