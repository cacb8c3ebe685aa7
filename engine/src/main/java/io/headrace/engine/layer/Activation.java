package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/**
 * A curve that bends a layer's output, element by element.
 *
 * @param slope of a rectifier below 0; nothing to the other curves
 */
record Activation(Curve curve, float slope) {
  static final double LEAK = 0.01;

  static final Activation NONE = new Activation(Curve.NONE, 1);
  static final Activation RELU = new Activation(Curve.RELU, 0);

  enum Curve {
    NONE,
    RELU,
    LEAKY_RELU,
    TANH,
    SIGMOID,
    GELU;

    String word() {
      return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }
  }

  static Activation of(Curve curve) {
    return new Activation(curve, curve == Curve.LEAKY_RELU ? (float) LEAK : 0);
  }

  static Activation leaky(double slope) {
    return new Activation(Curve.LEAKY_RELU, (float) slope);
  }

  static Activation named(String name) {
    return of(Curve.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_')));
  }

  static List<String> names() {
    return Arrays.stream(Curve.values()).map(Curve::word).toList();
  }

  boolean isNone() {
    return curve == Curve.NONE;
  }

  boolean isRectifier() {
    return curve == Curve.RELU || curve == Curve.LEAKY_RELU;
  }

  /** Whether the slope does not follow from y and is computed, and kept, with it. */
  boolean keepsSlope() {
    return curve == Curve.GELU;
  }

  /**
   * y = f(x); y may be x unless {@link #keepsSlope}.
   *
   * @param kept where the slope goes, from yAt on, if it is kept; may be x
   */
  void forward(
      Kernels k,
      int count,
      MemorySegment x,
      long xAt,
      MemorySegment y,
      long yAt,
      MemorySegment kept) {
    switch (curve) {
      case NONE -> Floats.copy(x, xAt, y, yAt, count);
      case RELU, LEAKY_RELU -> k.leakyRelu(count, slope, x, xAt, y, yAt);
      case TANH -> k.tanh(count, x, xAt, y, yAt);
      case SIGMOID -> k.sigmoid(count, x, xAt, y, yAt);
      case GELU -> k.gelu(count, x, xAt, y, yAt, kept, yAt);
    }
  }

  /**
   * dx = dy f'(x), all from {@code at} on; dx may be dy.
   *
   * @param kept the slope if {@link #keepsSlope}, else y
   */
  void backward(
      Kernels k, int count, MemorySegment kept, MemorySegment dy, MemorySegment dx, long at) {
    switch (curve) {
      case NONE -> Floats.copy(dy, at, dx, at, count);
      case RELU, LEAKY_RELU -> k.leakyReluGradient(count, slope, kept, at, dy, at, dx, at);
      case TANH -> k.tanhGradient(count, kept, at, dy, at, dx, at);
      case SIGMOID -> k.sigmoidGradient(count, kept, at, dy, at, dx, at);
      case GELU -> k.multiply(count, kept, at, dy, at, dx, at);
    }
  }
}
