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
 * before any of it is written, which may be to the same places; what is only copied is left where
 * it is, or read where it was.
 *
 * <p>Places go on by addition, in loops whose ends the compiler does not know: otherwise it works
 * out the places of all elements in advance and keeps them in memory, more instructions than the
 * arithmetic has.
 */
final class VectorTileTransforms {
  private static final int BYTES = LANES * Float.BYTES;

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
    switch (transform) {
      case INPUT -> input(n, in, inRow, inStep, out, outRow, outStep);
      case FILTER -> {
        filters(3, n, in, inStep, inRow, out, outStep, outRow);
        filters(6, n, out, outRow, outStep, out, outRow, outStep);
      }
      case OUTPUT -> {
        outputs(9, n, in, inStep, inRow, in, inStep, inRow);
        outputs(4, n, in, inRow, inStep, out, outRow, outStep);
      }
      case SLOPES -> slopes(n, in, inRow, inStep, out, outRow, outStep);
      case INPUT_GRADIENT -> {
        inputGradients(9, n, in, inStep, 2 * inRow, in, inStep, 2 * inRow);
        addInputGradients(9, n, in, inRow, 2 * inStep, out, outRow, 2 * outStep);
        addOdd(9, n, in + inStep, inRow, 2 * inStep, out + outStep, outRow, 2 * outStep);
      }
      case FILTER_GRADIENT -> {
        filterGradients(6, n, in, inStep, inRow, in, inStep, inRow);
        filterGradients(3, n, in, inRow, inStep, out, outRow, outStep);
      }
    }
  }

  /** Columns at even rows; then even columns of these, and all of the odd rows. */
  private static void input(
      int n, long in, long inRow, long inStep, long out, long outRow, long outStep) {
    inputs(9, n, in, inStep, 2 * inRow, out, outStep, 2 * outRow);
    inputs(5, n, out, 2 * outRow, 2 * outStep, out, 2 * outRow, 2 * outStep);
    long odd = in + inRow;
    long oddOut = out + outRow;
    inputs(4, n, odd, 2 * inRow, 2 * inStep, oddOut, 2 * outRow, 2 * outStep);
    copyOdd(4, n, odd + inStep, 2 * inRow, 2 * inStep, oddOut + outStep, 2 * outRow, 2 * outStep);
  }

  /** Columns to the even rows but the last; then these, and what the other rows are copies of. */
  private static void slopes(
      int n, long in, long inRow, long inStep, long out, long outRow, long outStep) {
    slopeColumns(4, n, in, inStep, inRow, out, outStep, 2 * outRow);
    slopeRows(4, n, out, 2 * outRow, outStep, out, 2 * outRow, outStep);
    slopeRows(4, n, in, inRow, inStep, out + outRow, 2 * outRow, outStep);
    slopeRows(1, n, in + 3 * inRow, inRow, inStep, out + 8 * outRow, outRow, outStep);
  }

  /** The elements at even places; the fifth lies at the last. */
  private static void inputs(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        FloatVector evenP = x2.sub(x0.mul(Q2)).mul(P);
        FloatVector oddP = x3.sub(x1.mul(Q2));
        FloatVector evenQ = x2.sub(x0.mul(P2)).mul(Q);
        FloatVector oddQ = x3.sub(x1.mul(P2));
        oddP.add(evenP).intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        oddP.sub(evenP).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        oddQ.add(evenQ).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        oddQ.sub(evenQ).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x4.sub(x2.mul(SQUARES)).add(x0.mul(PRODUCT)).intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** The elements at odd places, given the first of them. */
  private static void copyOdd(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        x0.intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        x1.intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x2.intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x3.intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** Taps to the elements of a filter. */
  private static void filters(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        FloatVector firstP = x0.mul(P_SCALE);
        FloatVector lastP = x2.mul(P_TAP);
        FloatVector firstQ = x0.mul(Q_SCALE);
        FloatVector lastQ = x2.mul(Q_TAP);
        lastP.add(firstP).intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        lastP.sub(firstP).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        lastQ.add(firstQ).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        lastQ.sub(firstQ).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x2.intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x1.intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** Products to outputs. */
  private static void outputs(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x6 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x7 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x8 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        FloatVector sumP = x0.add(x2);
        FloatVector gapP = x0.sub(x2);
        FloatVector sumQ = x4.add(x6);
        FloatVector gapQ = x4.sub(x6);
        sumP.add(sumQ).add(x1).intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        gapP.mul(P).add(gapQ.mul(Q)).add(x3).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        sumP.mul(P2).add(sumQ.mul(Q2)).add(x5).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        gapP.mul(P3).add(gapQ.mul(Q3)).add(x8).add(x7).intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** Slopes to the first four of the elements at even places. */
  private static void slopeColumns(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        FloatVector evenP = x2.mul(P2).add(x0);
        FloatVector oddP = x1.mul(P).add(x3.mul(P3));
        FloatVector evenQ = x2.mul(Q2).add(x0);
        FloatVector oddQ = x1.mul(Q).add(x3.mul(Q3));
        evenP.add(oddP).intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        evenP.sub(oddP).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        evenQ.add(oddQ).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        evenQ.sub(oddQ).intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** Slopes to all elements. */
  private static void slopeRows(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        FloatVector evenP = x2.mul(P2).add(x0);
        FloatVector oddP = x1.mul(P).add(x3.mul(P3));
        FloatVector evenQ = x2.mul(Q2).add(x0);
        FloatVector oddQ = x1.mul(Q).add(x3.mul(Q3));
        evenP.add(oddP).intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        x0.intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        evenP.sub(oddP).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x1.intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        evenQ.add(oddQ).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x2.intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        evenQ.sub(oddQ).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x3.intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x3.intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** The pixels at even places but the last, which stays what it is. */
  private static void inputGradients(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        FloatVector sumP = x0.add(x1);
        FloatVector gapP = x0.sub(x1);
        FloatVector sumQ = x2.add(x3);
        FloatVector gapQ = x2.sub(x3);
        x4.mul(PRODUCT)
            .sub(gapP.mul(P_TIMES_Q2))
            .sub(gapQ.mul(Q_TIMES_P2))
            .intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        sumP.mul(-Q2).sub(sumQ.mul(P2)).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        gapP.mul(P).add(gapQ.mul(Q)).sub(x4.mul(SQUARES)).intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        sumP.add(sumQ).intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** Adds to the pixels at even places. */
  private static void addInputGradients(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        FloatVector sumP = x0.add(x1);
        FloatVector gapP = x0.sub(x1);
        FloatVector sumQ = x2.add(x3);
        FloatVector gapQ = x2.sub(x3);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, goal, ORDER)
            .add(x4.mul(PRODUCT).sub(gapP.mul(P_TIMES_Q2)).sub(gapQ.mul(Q_TIMES_P2)))
            .intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER)
            .add(sumP.mul(-Q2).sub(sumQ.mul(P2)))
            .intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER)
            .add(gapP.mul(P).add(gapQ.mul(Q)).sub(x4.mul(SQUARES)))
            .intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER)
            .add(sumP.add(sumQ))
            .intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER)
            .add(x4)
            .intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** Adds to those at odd places, given the first of them. */
  private static void addOdd(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        FloatVector.fromMemorySegment(SPECIES, MEMORY, goal, ORDER)
            .add(x0)
            .intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER)
            .add(x1)
            .intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER)
            .add(x2)
            .intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        FloatVector.fromMemorySegment(SPECIES, MEMORY, to, ORDER)
            .add(x3)
            .intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }

  /** Gradients by elements to those by taps. */
  private static void filterGradients(
      int lines, int n, long in, long inLine, long step, long out, long outLine, long outStep) {
    long inNext = step << 2;
    long outNext = outStep << 2;
    for (int line = 0; line < lines; line++) {
      long from = (in + line * inLine) << 2;
      long goal = (out + line * outLine) << 2;
      long end = from + ((long) n << 2);
      while (from != end) {
        FloatVector x0 = FloatVector.fromMemorySegment(SPECIES, MEMORY, from, ORDER);
        long at = from + inNext;
        FloatVector x1 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x2 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x3 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x4 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        at += inNext;
        FloatVector x5 = FloatVector.fromMemorySegment(SPECIES, MEMORY, at, ORDER);
        x0.sub(x1).mul(P_SCALE).add(x2.sub(x3).mul(Q_SCALE)).intoMemorySegment(MEMORY, goal, ORDER);
        long to = goal + outNext;
        x5.intoMemorySegment(MEMORY, to, ORDER);
        to += outNext;
        x0.add(x1)
            .mul(P_TAP)
            .add(x2.add(x3).mul(Q_TAP))
            .add(x4)
            .intoMemorySegment(MEMORY, to, ORDER);
        from += BYTES;
        goal += BYTES;
      }
    }
  }
}
