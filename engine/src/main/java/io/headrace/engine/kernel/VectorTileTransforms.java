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
import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;

/**
 * {@link TileTransform}, a vector of channels at a time: columns first, then rows. A line is read
 * before any of it is written, which may be to the same places.
 */
final class VectorTileTransforms {
  private VectorTileTransforms() {}

  static void transform(
      TileTransform transform,
      int n,
      long in,
      long inRow,
      long inStep,
      long out,
      long outRow,
      long outStep) {
    int inputs = transform.inputs();
    int outputs = transform.outputs();
    if (transform.widens()) {
      lines(transform, inputs, n, in, inStep, inRow, out, outStep, outRow);
      lines(transform, outputs, n, out, outRow, outStep, out, outRow, outStep);
    } else {
      lines(transform, inputs, n, in, inStep, inRow, in, inStep, inRow);
      if (transform == TileTransform.INPUT_GRADIENT) {
        addInputGradients(outputs, n, in, inRow, inStep, out, outRow, outStep);
      } else {
        lines(transform, outputs, n, in, inRow, inStep, out, outRow, outStep);
      }
    }
  }

  private static void lines(
      TileTransform transform,
      int lines,
      int n,
      long in,
      long inLine,
      long step,
      long out,
      long outLine,
      long outStep) {
    switch (transform) {
      case INPUT -> inputs(lines, n, in, inLine, step, out, outLine, outStep);
      case FILTER -> filters(lines, n, in, inLine, step, out, outLine, outStep);
      case OUTPUT -> outputs(lines, n, in, inLine, step, out, outLine, outStep);
      case SLOPES -> slopes(lines, n, in, inLine, step, out, outLine, outStep);
      case INPUT_GRADIENT -> inputGradients(lines, n, in, inLine, step, out, outLine, outStep);
      case FILTER_GRADIENT -> filterGradients(lines, n, in, inLine, step, out, outLine, outStep);
    }
  }

  private static void inputs(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    for (int line = 0; line < lines; line++) {
      long from = in + line * inLine;
      long goal = out + line * outLine;
      for (int c = 0; c < n; c += LANES) {
        long at = from + c;
        long to = goal + c;
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
        FloatVector x2 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
        FloatVector x3 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
        FloatVector x4 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
        FloatVector x5 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
        FloatVector x6 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * step) << 2, ORDER);
        FloatVector x7 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * step) << 2, ORDER);
        FloatVector x8 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * step) << 2, ORDER);
        FloatVector evenP = x4.sub(x0.mul(Q2)).mul(P);
        FloatVector oddP = x6.sub(x2.mul(Q2));
        FloatVector evenQ = x4.sub(x0.mul(P2)).mul(Q);
        FloatVector oddQ = x6.sub(x2.mul(P2));
        oddP.add(evenP).intoMemorySegment(MEMORY, to << 2, ORDER);
        oddP.sub(evenP).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
        oddQ.add(evenQ).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
        oddQ.sub(evenQ).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
        x8.sub(x4.mul(SQUARES))
            .add(x0.mul(PRODUCT))
            .intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
        x1.intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
        x3.intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
        x5.intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
        x7.intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
      }
    }
  }

  private static void filters(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    for (int line = 0; line < lines; line++) {
      long from = in + line * inLine;
      long goal = out + line * outLine;
      for (int c = 0; c < n; c += LANES) {
        long at = from + c;
        long to = goal + c;
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
        FloatVector x2 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
        FloatVector firstP = x0.mul(P_SCALE);
        FloatVector lastP = x2.mul(P_TAP);
        FloatVector firstQ = x0.mul(Q_SCALE);
        FloatVector lastQ = x2.mul(Q_TAP);
        lastP.add(firstP).intoMemorySegment(MEMORY, to << 2, ORDER);
        lastP.sub(firstP).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
        lastQ.add(firstQ).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
        lastQ.sub(firstQ).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
        x2.intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
        x1.intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
      }
    }
  }

  private static void outputs(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    for (int line = 0; line < lines; line++) {
      long from = in + line * inLine;
      long goal = out + line * outLine;
      for (int c = 0; c < n; c += LANES) {
        long at = from + c;
        long to = goal + c;
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
        FloatVector x2 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
        FloatVector x3 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
        FloatVector x4 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
        FloatVector x5 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
        FloatVector x6 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * step) << 2, ORDER);
        FloatVector x7 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * step) << 2, ORDER);
        FloatVector x8 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * step) << 2, ORDER);
        FloatVector sumP = x0.add(x1);
        FloatVector gapP = x0.sub(x1);
        FloatVector sumQ = x2.add(x3);
        FloatVector gapQ = x2.sub(x3);
        sumP.add(sumQ).add(x5).intoMemorySegment(MEMORY, to << 2, ORDER);
        gapP.mul(P).add(gapQ.mul(Q)).add(x6).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
        sumP.mul(P2)
            .add(sumQ.mul(Q2))
            .add(x7)
            .intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
        gapP.mul(P3)
            .add(gapQ.mul(Q3))
            .add(x4)
            .add(x8)
            .intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
      }
    }
  }

  private static void slopes(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    for (int line = 0; line < lines; line++) {
      long from = in + line * inLine;
      long goal = out + line * outLine;
      for (int c = 0; c < n; c += LANES) {
        long at = from + c;
        long to = goal + c;
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
        FloatVector x2 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
        FloatVector x3 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
        FloatVector evenP = x2.mul(P2).add(x0);
        FloatVector oddP = x1.mul(P).add(x3.mul(P3));
        FloatVector evenQ = x2.mul(Q2).add(x0);
        FloatVector oddQ = x1.mul(Q).add(x3.mul(Q3));
        evenP.add(oddP).intoMemorySegment(MEMORY, to << 2, ORDER);
        evenP.sub(oddP).intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
        evenQ.add(oddQ).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
        evenQ.sub(oddQ).intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
        x3.intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
        x0.intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
        x1.intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
        x2.intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
        x3.intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
      }
    }
  }

  private static void inputGradients(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    for (int line = 0; line < lines; line++) {
      long from = in + line * inLine;
      long goal = out + line * outLine;
      for (int c = 0; c < n; c += LANES) {
        long at = from + c;
        long to = goal + c;
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
        FloatVector x2 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
        FloatVector x3 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
        FloatVector x4 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
        FloatVector x5 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
        FloatVector x6 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * step) << 2, ORDER);
        FloatVector x7 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * step) << 2, ORDER);
        FloatVector x8 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * step) << 2, ORDER);
        FloatVector sumP = x0.add(x1);
        FloatVector gapP = x0.sub(x1);
        FloatVector sumQ = x2.add(x3);
        FloatVector gapQ = x2.sub(x3);
        x4.mul(PRODUCT)
            .sub(gapP.mul(P_TIMES_Q2))
            .sub(gapQ.mul(Q_TIMES_P2))
            .intoMemorySegment(MEMORY, to << 2, ORDER);
        x5.intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
        sumP.mul(-Q2).sub(sumQ.mul(P2)).intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
        x6.intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
        gapP.mul(P)
            .add(gapQ.mul(Q))
            .sub(x4.mul(SQUARES))
            .intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
        x7.intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
        sumP.add(sumQ).intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
        x8.intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
        x4.intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
      }
    }
  }

  private static void addInputGradients(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    for (int line = 0; line < lines; line++) {
      long from = in + line * inLine;
      long goal = out + line * outLine;
      for (int c = 0; c < n; c += LANES) {
        long at = from + c;
        long to = goal + c;
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
        FloatVector x2 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
        FloatVector x3 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
        FloatVector x4 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
        FloatVector x5 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
        FloatVector x6 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 6 * step) << 2, ORDER);
        FloatVector x7 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 7 * step) << 2, ORDER);
        FloatVector x8 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 8 * step) << 2, ORDER);
        FloatVector sumP = x0.add(x1);
        FloatVector gapP = x0.sub(x1);
        FloatVector sumQ = x2.add(x3);
        FloatVector gapQ = x2.sub(x3);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, to << 2, ORDER)
            .add(x4.mul(PRODUCT).sub(gapP.mul(P_TIMES_Q2)).sub(gapQ.mul(Q_TIMES_P2)))
            .intoMemorySegment(MEMORY, to << 2, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + outStep) << 2, ORDER)
            .add(x5)
            .intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 2 * outStep) << 2, ORDER)
            .add(sumP.mul(-Q2).sub(sumQ.mul(P2)))
            .intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 3 * outStep) << 2, ORDER)
            .add(x6)
            .intoMemorySegment(MEMORY, (to + 3 * outStep) << 2, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 4 * outStep) << 2, ORDER)
            .add(gapP.mul(P).add(gapQ.mul(Q)).sub(x4.mul(SQUARES)))
            .intoMemorySegment(MEMORY, (to + 4 * outStep) << 2, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 5 * outStep) << 2, ORDER)
            .add(x7)
            .intoMemorySegment(MEMORY, (to + 5 * outStep) << 2, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 6 * outStep) << 2, ORDER)
            .add(sumP.add(sumQ))
            .intoMemorySegment(MEMORY, (to + 6 * outStep) << 2, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 7 * outStep) << 2, ORDER)
            .add(x8)
            .intoMemorySegment(MEMORY, (to + 7 * outStep) << 2, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, (to + 8 * outStep) << 2, ORDER)
            .add(x4)
            .intoMemorySegment(MEMORY, (to + 8 * outStep) << 2, ORDER);
      }
    }
  }

  private static void filterGradients(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    for (int line = 0; line < lines; line++) {
      long from = in + line * inLine;
      long goal = out + line * outLine;
      for (int c = 0; c < n; c += LANES) {
        long at = from + c;
        long to = goal + c;
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at << 2, ORDER);
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + step) << 2, ORDER);
        FloatVector x2 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 2 * step) << 2, ORDER);
        FloatVector x3 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 3 * step) << 2, ORDER);
        FloatVector x4 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 4 * step) << 2, ORDER);
        FloatVector x5 =
            FloatVector.fromMemorySegment(SPECIES, MEMORY, (at + 5 * step) << 2, ORDER);
        x0.sub(x1)
            .mul(P_SCALE)
            .add(x2.sub(x3).mul(Q_SCALE))
            .intoMemorySegment(MEMORY, to << 2, ORDER);
        x5.intoMemorySegment(MEMORY, (to + outStep) << 2, ORDER);
        x0.add(x1)
            .mul(P_TAP)
            .add(x2.add(x3).mul(Q_TAP))
            .add(x4)
            .intoMemorySegment(MEMORY, (to + 2 * outStep) << 2, ORDER);
      }
    }
  }
}
