package io.headrace.engine.kernel;

import static io.headrace.engine.kernel.VectorWidth.LANES;
import static io.headrace.engine.kernel.VectorWidth.all;
import static io.headrace.engine.kernel.VectorWidth.load;
import static io.headrace.engine.kernel.VectorWidth.store;

import java.lang.foreign.MemorySegment;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorOperators;

/**
 * Activations over whole vectors; each method does the vectors and returns how many elements it
 * did. The operations are those of {@link Curves}, one by one, so that an element has the same bits
 * whether it falls into a vector or into the remainder.
 */
final class VectorCurves {
  private static final int SIGN = 0x80000000;

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
    FloatVector one = all(1);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(y, yOffset + i);
      store(load(dy, dyOffset + i).mul(one.sub(value.mul(value))), dx, dxOffset + i);
    }
    return i;
  }

  static int sigmoid(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    FloatVector one = all(1);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      store(one.div(one.add(exp(load(x, xOffset + i).neg()))), y, yOffset + i);
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
    FloatVector one = all(1);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(y, yOffset + i);
      store(load(dy, dyOffset + i).mul(value.mul(one.sub(value))), dx, dxOffset + i);
    }
    return i;
  }

  static int gelu(int count, MemorySegment x, long xOffset, MemorySegment y, long yOffset) {
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(x, xOffset + i);
      store(value.mul(0.5f).mul(tanh(geluInner(value)).add(1f)), y, yOffset + i);
    }
    return i;
  }

  static int geluGradient(
      int count,
      MemorySegment x,
      long xOffset,
      MemorySegment dy,
      long dyOffset,
      MemorySegment dx,
      long dxOffset) {
    FloatVector one = all(1);
    int i = 0;
    for (; i + LANES <= count; i += LANES) {
      FloatVector value = load(x, xOffset + i);
      FloatVector t = tanh(geluInner(value));
      FloatVector cubic = value.mul(3 * Curves.GELU_CUBIC).mul(value);
      FloatVector inner = cubic.add(1f).mul(Curves.GELU_SCALE);
      FloatVector steep = value.mul(0.5f).mul(one.sub(t.mul(t))).mul(inner);
      FloatVector slope = t.add(1f).mul(0.5f).add(steep);
      store(load(dy, dyOffset + i).mul(slope), dx, dxOffset + i);
    }
    return i;
  }

  private static FloatVector geluInner(FloatVector x) {
    FloatVector cubic = x.mul(Curves.GELU_CUBIC).mul(x).mul(x);
    return x.add(cubic).mul(Curves.GELU_SCALE);
  }

  private static FloatVector exp(FloatVector x) {
    FloatVector clamped = x.max(Curves.EXP_MIN).min(Curves.EXP_MAX);
    FloatVector shifted = clamped.mul(Curves.LOG2_E).add(Curves.ROUND);
    FloatVector scale = scale(shifted);
    return scale.mul(series(clamped, shifted.sub(Curves.ROUND))).add(scale);
  }

  private static FloatVector tanh(FloatVector x) {
    FloatVector twice = x.abs().min(Curves.TANH_MAX).mul(2f);
    FloatVector shifted = twice.mul(Curves.LOG2_E).add(Curves.ROUND);
    FloatVector scale = scale(shifted);
    FloatVector expMinus1 = scale.mul(series(twice, shifted.sub(Curves.ROUND))).add(scale.sub(1f));
    FloatVector size = expMinus1.div(expMinus1.add(2f));
    var sign = x.reinterpretAsInts().and(SIGN);
    return size.reinterpretAsInts().or(sign).reinterpretAsFloats();
  }

  private static FloatVector scale(FloatVector shifted) {
    return shifted
        .reinterpretAsInts()
        .lanewise(VectorOperators.LSHL, Curves.EXPONENT_SHIFT)
        .add(Curves.ONE_BITS)
        .reinterpretAsFloats();
  }

  private static FloatVector series(FloatVector x, FloatVector n) {
    FloatVector r = x.sub(n.mul(Curves.LN2_HIGH)).sub(n.mul(Curves.LN2_LOW));
    FloatVector tail = r.mul(Curves.C7).add(Curves.C6);
    tail = tail.mul(r).add(Curves.C5);
    tail = tail.mul(r).add(Curves.C4);
    tail = tail.mul(r).add(Curves.C3);
    tail = tail.mul(r).add(Curves.C2);
    return r.add(r.mul(r).mul(tail));
  }
}
