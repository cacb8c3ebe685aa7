package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorMemory.MEMORY;
import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.ORDER;
import static io.headrace.engine.kernel.VectorWidth.SPECIES;

import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.IntVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations over whole vectors; each method does the vectors and returns how many elements it
 * did. Vectors are not passed to methods of ours, not even for the exponential that two curves
 * share: the compiler must inline the Vector API's methods, but may leave out ours. The operations
 * are those of {@link Curves}, one by one, so that an element has the same bits whether it falls
 * into a vector or into the remainder.
 */
final class VectorCurves {
  // Constants as vectors, because every broadcast adds to what the compiler has to inline.
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
  private static final FloatVector EXP_MIN = FloatVector.broadcast(SPECIES, Curves.EXP_MIN);
  private static final FloatVector EXP_MAX = FloatVector.broadcast(SPECIES, Curves.EXP_MAX);
  private static final FloatVector TANH_MIN = FloatVector.broadcast(SPECIES, -Curves.TANH_MAX);
  private static final FloatVector TANH_MAX = FloatVector.broadcast(SPECIES, Curves.TANH_MAX);
  private static final FloatVector GELU_1 = FloatVector.broadcast(SPECIES, Curves.GELU_1);
  private static final FloatVector GELU_3 = FloatVector.broadcast(SPECIES, Curves.GELU_3);
  private static final IntVector ONE_BITS = ONE.reinterpretAsInts();

  private VectorCurves() {}

  static int leakyRelu(int count, float slope, long x, long y) {
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER);
      value.max(value.mul(factor)).intoMemorySegment(MEMORY, (y + i) << 2, ORDER);
    }
    return i;
  }

  static int leakyReluGradient(int count, float slope, long y, long dy, long dx) {
    FloatVector factor = FloatVector.broadcast(SPECIES, slope);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector gradient = FloatVector.fromMemorySegment(SPECIES, MEMORY, (dy + i) << 2, ORDER);
      var positive =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (y + i) << 2, ORDER)
              .compare(VectorOperators.GT, 0f);
      gradient
          .mul(factor)
          .blend(gradient, positive)
          .intoMemorySegment(MEMORY, (dx + i) << 2, ORDER);
    }
    return i;
  }

  static int tanh(int count, long x, long y) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector clamped =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER)
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
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, twice));
      FloatVector tail = r.fma(C7, C6);
      tail = tail.fma(r, C5);
      tail = tail.fma(r, C4);
      tail = tail.fma(r, C3);
      tail = tail.fma(r, C2);
      FloatVector series = r.mul(r).fma(tail, r);
      FloatVector expMinus1 = scale.fma(series, scale.sub(ONE));
      expMinus1.div(expMinus1.add(TWO)).intoMemorySegment(MEMORY, (y + i) << 2, ORDER);
    }
    return i;
  }

  static int tanhGradient(int count, long y, long dy, long dx) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (y + i) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (dy + i) << 2, ORDER)
          .mul(ONE.sub(value.mul(value)))
          .intoMemorySegment(MEMORY, (dx + i) << 2, ORDER);
    }
    return i;
  }

  static int sigmoid(int count, long x, long y) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector minus =
          FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER)
              .neg()
              .max(EXP_MIN)
              .min(EXP_MAX);
      FloatVector shifted = minus.fma(LOG2_E, ROUND);
      FloatVector scale =
          shifted
              .reinterpretAsInts()
              .lanewise(VectorOperators.LSHL, Curves.EXPONENT_SHIFT)
              .add(ONE_BITS)
              .reinterpretAsFloats();
      FloatVector n = shifted.sub(ROUND);
      FloatVector r = n.fma(LN2_LOW, n.fma(LN2_HIGH, minus));
      FloatVector tail = r.fma(C7, C6);
      tail = tail.fma(r, C5);
      tail = tail.fma(r, C4);
      tail = tail.fma(r, C3);
      tail = tail.fma(r, C2);
      FloatVector series = r.mul(r).fma(tail, r);
      FloatVector exp = scale.fma(series, scale);
      ONE.div(exp.add(ONE)).intoMemorySegment(MEMORY, (y + i) << 2, ORDER);
    }
    return i;
  }

  static int sigmoidGradient(int count, long y, long dy, long dx) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (y + i) << 2, ORDER);
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (dy + i) << 2, ORDER)
          .mul(value.mul(ONE.sub(value)))
          .intoMemorySegment(MEMORY, (dx + i) << 2, ORDER);
    }
    return i;
  }

  /** y = x times its gate; the gate alone is in y before, put there by {@link #gate}. */
  static int gelu(int count, long x, long y, long slope) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER);
      FloatVector gate = FloatVector.fromMemorySegment(SPECIES, MEMORY, (y + i) << 2, ORDER);
      FloatVector cubic = value.mul(value).mul(GELU_3);
      FloatVector inner = cubic.add(cubic).add(cubic).add(GELU_1);
      FloatVector steep = value.mul(gate.mul(ONE.sub(gate)));
      value.mul(gate).intoMemorySegment(MEMORY, (y + i) << 2, ORDER);
      gate.add(steep.mul(inner)).intoMemorySegment(MEMORY, (slope + i) << 2, ORDER);
    }
    return i;
  }

  /** y = sigmoid(x (GELU_1 + GELU_3 x^2)). */
  static int gate(int count, long x, long y) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = FloatVector.fromMemorySegment(SPECIES, MEMORY, (x + i) << 2, ORDER);
      FloatVector cubic = value.mul(value).mul(GELU_3);
      value.mul(cubic.add(GELU_1)).intoMemorySegment(MEMORY, (y + i) << 2, ORDER);
    }
    sigmoid(i, y, y);
    return i;
  }

  static int multiply(int count, long a, long b, long out) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector.fromMemorySegment(SPECIES, MEMORY, (a + i) << 2, ORDER)
          .mul(FloatVector.fromMemorySegment(SPECIES, MEMORY, (b + i) << 2, ORDER))
          .intoMemorySegment(MEMORY, (out + i) << 2, ORDER);
    }
    return i;
  }
}
