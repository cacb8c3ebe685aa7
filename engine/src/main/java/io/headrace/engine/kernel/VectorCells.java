package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Recurrent cells over whole vectors; each method returns how many elements of a row it did. The
 * operations are those of {@link ScalarCells} and {@link Curves}, one by one.
 */
final class VectorCells {
  private static final FloatVector ONE = FloatVector.broadcast(SPECIES, 1);
  private static final FloatVector TWO = FloatVector.broadcast(SPECIES, 2);
  private static final FloatVector LOG2_E = FloatVector.broadcast(SPECIES, Curves.LOG2_E);
  private static final FloatVector ROUND = FloatVector.broadcast(SPECIES, Curves.ROUND);
  private static final FloatVector LN2_HIGH = FloatVector.broadcast(SPECIES, -Curves.LN2_HIGH);
  private static final FloatVector LN2_LOW = FloatVector.broadcast(SPECIES, -Curves.LN2_LOW);
  private static final FloatVector C2 = FloatVector.broadcast(SPECIES, Curves.C2);
  private static final FloatVector C3 = FloatVector.broadcast(SPECIES, Curves.C3);
  private static final FloatVector C4 = FloatVector.broadcast(SPECIES, Curves.C4);
  private static final FloatVector C5 = FloatVector.broadcast(SPECIES, Curves.C5);
  private static final FloatVector C6 = FloatVector.broadcast(SPECIES, Curves.C6);
  private static final FloatVector C7 = FloatVector.broadcast(SPECIES, Curves.C7);
  private static final FloatVector TANH_MIN = FloatVector.broadcast(SPECIES, -Curves.TANH_MAX);
  private static final FloatVector TANH_MAX = FloatVector.broadcast(SPECIES, Curves.TANH_MAX);
  private static final IntVector ONE_BITS = ONE.reinterpretAsInts();

  private VectorCells() {}

  static int lstm(
      int rows,
      int count,
      long gates,
      long gatesRow,
      long gap,
      long previous,
      long own,
      long cellsRow,
      long h,
      long hRow) {
    for (int row = 0; row < rows; row++) {
      long at = gates + row * gatesRow;
      VectorCurves.sigmoid(count, at, at);
      VectorCurves.sigmoid(count, at + gap, at + gap);
      VectorCurves.tanh(count, at + 2 * gap, at + 2 * gap);
      VectorCurves.sigmoid(count, at + 3 * gap, at + 3 * gap);
      long cell = row * cellsRow;
      lstmState(count, at, gap, previous + cell, own + cell, h + row * hRow);
    }
    return count / LANES * LANES;
  }

  private static void lstmState(int count, long gates, long gap, long previous, long own, long h) {
    int j = 0;
    for (; j + LANES <= count; j += LANES) {
      long a = gates + j;
      FloatVector in =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, a << 2, ORDER)
              .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + 2 * gap) << 2, ORDER));
      FloatVector cell =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + gap) << 2, ORDER)
              .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (previous + j) << 2, ORDER))
              .add(in);
      cell.intoMemorySegment(MEMORY, (own + j) << 2, ORDER);
      FloatVector clamped = cell.max(TANH_MIN).min(TANH_MAX);
      FloatVector twice = clamped.add(clamped);
      FloatVector shifted = twice.fma(LOG2_E, ROUND);
      FloatVector scale =
          shifted
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, Curves.EXPONENT_SHIFT)
              .add(ONE_BITS)
              .reinterpretAsFloats();
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, twice));
      FloatVector tail = r.fma(C7, C6);
      tail = tail.fma(r, C5);
      tail = tail.fma(r, C4);
      tail = tail.fma(r, C3);
      tail = tail.fma(r, C2);
      FloatVector series = r.mul(r).fma(tail, r);
      FloatVector expMinus1 = scale.fma(series, scale.sub(ONE));
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + 3 * gap) << 2, ORDER)
          .mul(expMinus1.div(expMinus1.add(TWO)))
          .intoMemorySegment(MEMORY, (h + j) << 2, ORDER);
    }
  }

  static int lstmGradient(
      int rows,
      int count,
      long gates,
      long gatesRow,
      long gap,
      long previous,
      long own,
      long cellsRow,
      long dh,
      long dc,
      long dRow,
      long slopes,
      long slopesRow) {
    for (int row = 0; row < rows; row++) {
      long cell = row * cellsRow;
      long slope = row * dRow;
      lstmGradient(
          count,
          gates + row * gatesRow,
          gap,
          previous + cell,
          own + cell,
          dh + slope,
          dc + slope,
          slopes + row * slopesRow);
    }
    return count / LANES * LANES;
  }

  private static void lstmGradient(
      int count, long gates, long gap, long previous, long own, long dh, long dc, long slopes) {
    int j = 0;
    for (; j + LANES <= count; j += LANES) {
      long a = gates + j;
      long s = slopes + j;
      FloatVector clamped =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (own + j) << 2, ORDER)
              .max(TANH_MIN)
              .min(TANH_MAX);
      FloatVector twice = clamped.add(clamped);
      FloatVector shifted = twice.fma(LOG2_E, ROUND);
      FloatVector scale =
          shifted
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, Curves.EXPONENT_SHIFT)
              .add(ONE_BITS)
              .reinterpretAsFloats();
      FloatVector whole = shifted.sub(ROUND);
      FloatVector rest = whole.fma(LN2_LOW, whole.fma(LN2_HIGH, twice));
      FloatVector tail = rest.fma(C7, C6);
      tail = tail.fma(rest, C5);
      tail = tail.fma(rest, C4);
      tail = tail.fma(rest, C3);
      tail = tail.fma(rest, C2);
      FloatVector expMinus1 = scale.fma(rest.mul(rest).fma(tail, rest), scale.sub(ONE));
      FloatVector bent = expMinus1.div(expMinus1.add(TWO));
      FloatVector o = FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + 3 * gap) << 2, ORDER);
      FloatVector slope = FloatVector.fromMemorySegment(SPECIES, MEMORY, (dh + j) << 2, ORDER);
      FloatVector cell =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (dc + j) << 2, ORDER)
              .add(slope.mul(o).mul(ONE.sub(bent.mul(bent))));
      slope.mul(bent).mul(o.mul(ONE.sub(o))).intoMemorySegment(MEMORY, (s + 3 * gap) << 2, ORDER);
      FloatVector i = FloatVector.fromMemorySegment(SPECIES, MEMORY, a << 2, ORDER);
      FloatVector f = FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + gap) << 2, ORDER);
      FloatVector g = FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + 2 * gap) << 2, ORDER);
      cell.mul(g).mul(i.mul(ONE.sub(i))).intoMemorySegment(MEMORY, s << 2, ORDER);
      cell.mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (previous + j) << 2, ORDER))
          .mul(f.mul(ONE.sub(f)))
          .intoMemorySegment(MEMORY, (s + gap) << 2, ORDER);
      cell.mul(i).mul(ONE.sub(g.mul(g))).intoMemorySegment(MEMORY, (s + 2 * gap) << 2, ORDER);
      cell.mul(f).intoMemorySegment(MEMORY, (dc + j) << 2, ORDER);
    }
  }

  static int gru(
      int rows,
      int count,
      long gates,
      long gatesRow,
      long gap,
      long previous,
      long own,
      long statesRow) {
    for (int row = 0; row < rows; row++) {
      long at = gates + row * gatesRow;
      VectorCurves.sigmoid(count, at + gap, at + gap);
      VectorCurves.sigmoid(count, at + 2 * gap, at + 2 * gap);
      long state = row * statesRow;
      gruState(count, at, gap, previous + state, own + state);
    }
    return count / LANES * LANES;
  }

  private static void gruState(int count, long gates, long gap, long previous, long own) {
    int j = 0;
    for (; j + LANES <= count; j += LANES) {
      long a = gates + j;
      FloatVector clamped =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + gap) << 2, ORDER)
              .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, a << 2, ORDER))
              .add(FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + 3 * gap) << 2, ORDER))
              .max(TANH_MIN)
              .min(TANH_MAX);
      FloatVector twice = clamped.add(clamped);
      FloatVector shifted = twice.fma(LOG2_E, ROUND);
      FloatVector scale =
          shifted
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, Curves.EXPONENT_SHIFT)
              .add(ONE_BITS)
              .reinterpretAsFloats();
      FloatVector whole = shifted.sub(ROUND);
      FloatVector rest = whole.fma(LN2_LOW, whole.fma(LN2_HIGH, twice));
      FloatVector tail = rest.fma(C7, C6);
      tail = tail.fma(rest, C5);
      tail = tail.fma(rest, C4);
      tail = tail.fma(rest, C3);
      tail = tail.fma(rest, C2);
      FloatVector expMinus1 = scale.fma(rest.mul(rest).fma(tail, rest), scale.sub(ONE));
      FloatVector n = expMinus1.div(expMinus1.add(TWO));
      n.intoMemorySegment(MEMORY, (a + 3 * gap) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + 2 * gap) << 2, ORDER)
          .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (previous + j) << 2, ORDER).sub(n))
          .add(n)
          .intoMemorySegment(MEMORY, (own + j) << 2, ORDER);
    }
  }

  static int gruGradient(
      int rows,
      int count,
      long gates,
      long gatesRow,
      long gap,
      long previous,
      long statesRow,
      long dh,
      long dhRow,
      long slopes,
      long slopesRow) {
    for (int row = 0; row < rows; row++) {
      gruGradient(
          count,
          gates + row * gatesRow,
          gap,
          previous + row * statesRow,
          dh + row * dhRow,
          slopes + row * slopesRow);
    }
    return count / LANES * LANES;
  }

  private static void gruGradient(
      int count, long gates, long gap, long previous, long dh, long slopes) {
    int j = 0;
    for (; j + LANES <= count; j += LANES) {
      long a = gates + j;
      long s = slopes + j;
      FloatVector q = FloatVector.fromMemorySegment(SPECIES, MEMORY, a << 2, ORDER);
      FloatVector r = FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + gap) << 2, ORDER);
      FloatVector z = FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + 2 * gap) << 2, ORDER);
      FloatVector n = FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + 3 * gap) << 2, ORDER);
      FloatVector slope = FloatVector.fromMemorySegment(SPECIES, MEMORY, (dh + j) << 2, ORDER);
      FloatVector dn = slope.mul(ONE.sub(z)).mul(ONE.sub(n.mul(n)));
      dn.mul(r).intoMemorySegment(MEMORY, s << 2, ORDER);
      dn.mul(q).mul(r.mul(ONE.sub(r))).intoMemorySegment(MEMORY, (s + gap) << 2, ORDER);
      slope
          .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (previous + j) << 2, ORDER).sub(n))
          .mul(z.mul(ONE.sub(z)))
          .intoMemorySegment(MEMORY, (s + 2 * gap) << 2, ORDER);
      dn.intoMemorySegment(MEMORY, (s + 3 * gap) << 2, ORDER);
      slope.mul(z).intoMemorySegment(MEMORY, (dh + j) << 2, ORDER);
    }
  }
}
