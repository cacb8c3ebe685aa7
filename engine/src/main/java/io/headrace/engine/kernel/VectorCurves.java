package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.all;
import static io.headrace.engine.kernel.VectorWidth.load;
import static io.headrace.engine.kernel.VectorWidth.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations over whole vectors; each method does the vectors and returns how many elements it
 * did. The operations are those of {@link Curves}, one by one, so that an element has the same bits
 * whether it falls into a vector or into the remainder.
 */
final class VectorCurves {
  // Constants as vectors: every broadcast in a loop's body would count against the size up to
  // which the compiler inlines vector operations.
  private static final FloatVector ONE = all(1);
  private static final FloatVector TWO = all(2);
  private static final FloatVector LOG2_E = all(Curves.LOG2_E);
  private static final FloatVector ROUND = all(Curves.ROUND);
  private static final FloatVector LN2_HIGH = all(-Curves.LN2_HIGH);
  private static final FloatVector LN2_LOW = all(-Curves.LN2_LOW);
  private static final FloatVector C2 = all(Curves.C2);
  private static final FloatVector C3 = all(Curves.C3);
  private static final FloatVector C4 = all(Curves.C4);
  private static final FloatVector C5 = all(Curves.C5);
  private static final FloatVector C6 = all(Curves.C6);
  private static final FloatVector C7 = all(Curves.C7);
  private static final FloatVector EXP_MIN = all(Curves.EXP_MIN);
  private static final FloatVector EXP_MAX = all(Curves.EXP_MAX);
  private static final FloatVector TANH_MIN = all(-Curves.TANH_MAX);
  private static final FloatVector TANH_MAX = all(Curves.TANH_MAX);
  private static final FloatVector GELU_1 = all(Curves.GELU_1);
  private static final FloatVector GELU_3 = all(Curves.GELU_3);
  private static final IntVector ONE_BITS = ONE.reinterpretAsInts();

  private VectorCurves() {}

  static int leakyRelu(
      int count, float slope, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    FloatVector factor = all(slope);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(x, xOffset + i);
      store(value.max(value.mul(factor)), y, yOffset + i);
    }
    return i;
  }

  static int leakyReluGradient(
      int count,
      float slope,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset) {
    FloatVector factor = all(slope);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector gradient = load(dy, dyOffset + i);
      var positive = load(y, yOffset + i).compare(VectorOperators.GT, 0f);
      store(gradient.mul(factor).blend(gradient, positive), dx, dxOffset + i);
    }
    return i;
  }

  static int tanh(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      store(tanh(load(x, xOffset + i)), y, yOffset + i);
    }
    return i;
  }

  static int tanhGradient(
      int count,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(y, yOffset + i);
      store(load(dy, dyOffset + i).mul(ONE.sub(value.mul(value))), dx, dxOffset + i);
    }
    return i;
  }

  static int sigmoid(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      store(sigmoid(load(x, xOffset + i)), y, yOffset + i);
    }
    return i;
  }

  static int sigmoidGradient(
      int count,
      MemorySegment y,
      long yOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(y, yOffset + i);
      store(load(dy, dyOffset + i).mul(value.mul(ONE.sub(value))), dx, dxOffset + i);
    }
    return i;
  }

  /** y = x times its gate; the gate alone is in y before, put there by {@link #gate}. */
  static int gelu(
      int count,
      MemorySegment x,
      long xOffset,
      MemorySegment y,
      long yOffset,
      MemorySegment slope,
      long slopeOffset) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(x, xOffset + i);
      FloatVector gate = load(y, yOffset + i);
      FloatVector cubic = value.mul(value).mul(GELU_3);
      FloatVector inner = cubic.add(cubic).add(cubic).add(GELU_1);
      FloatVector steep = value.mul(gate.mul(ONE.sub(gate)));
      store(value.mul(gate), y, yOffset + i);
      store(gate.add(steep.mul(inner)), slope, slopeOffset + i);
    }
    return i;
  }

  /** y = sigmoid(x (GELU_1 + GELU_3 x^2)). */
  static int gate(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(x, xOffset + i);
      FloatVector cubic = value.mul(value).mul(GELU_3);
      store(value.mul(cubic.add(GELU_1)), y, yOffset + i);
    }
    sigmoid(i, y, yOffset, y, yOffset);
    return i;
  }

  static int multiply(
      int count,
      MemorySegment a,
      long aOffset,
      MemorySegment b,
      long bOffset,
      MemorySegment out,
      long outOffset) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      store(load(a, aOffset + i).mul(load(b, bOffset + i)), out, outOffset + i);
    }
    return i;
  }

  private static FloatVector sigmoid(FloatVector x) {
    FloatVector clamped = x.neg().max(EXP_MIN).min(EXP_MAX);
    FloatVector shifted = clamped.fma(LOG2_E, ROUND);
    FloatVector scale = scale(shifted);
    FloatVector exp = scale.fma(series(clamped, shifted.sub(ROUND)), scale);
    return ONE.div(exp.add(ONE));
  }

  private static FloatVector tanh(FloatVector x) {
    FloatVector clamped = x.max(TANH_MIN).min(TANH_MAX);
    FloatVector twice = clamped.add(clamped);
    FloatVector shifted = twice.fma(LOG2_E, ROUND);
    FloatVector scale = scale(shifted);
    FloatVector expMinus1 = scale.fma(series(twice, shifted.sub(ROUND)), scale.sub(ONE));
    return expMinus1.div(expMinus1.add(TWO));
  }

  private static FloatVector scale(FloatVector shifted) {
    return shifted
        .reinterpretAsInts()
        .lanewise(VectorOperators.LSHL, Curves.EXPONENT_SHIFT)
        .add(ONE_BITS)
        .reinterpretAsFloats();
  }

  private static FloatVector series(FloatVector x, FloatVector n) {
    FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, x));
    FloatVector tail = r.fma(C7, C6);
    tail = tail.fma(r, C5);
    tail = tail.fma(r, C4);
    tail = tail.fma(r, C3);
    tail = tail.fma(r, C2);
    return r.mul(r).fma(tail, r);
  }
}
