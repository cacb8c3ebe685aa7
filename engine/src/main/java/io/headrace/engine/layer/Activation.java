package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/** The curves that bend a layer's output, element by element. */
enum Activation {
  NONE,
  RELU,
  LEAKY_RELU,
  TANH,
  SIGMOID,
  GELU;

  static final float LEAK = 0.01f;

  static Activation named(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  static List<String> names() {
    return Arrays.stream(values()).map(Activation::word).toList();
  }

  String word() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether the slope does not follow from y and is computed, and kept, with it. */
  boolean keepsSlope() {
    return this == GELU;
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
    switch (this) {
      case NONE -> Floats.copy(x, xAt, y, yAt, count);
      case RELU -> k.leakyRelu(count, 0, x, xAt, y, yAt);
      case LEAKY_RELU -> k.leakyRelu(count, LEAK, x, xAt, y, yAt);
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
    switch (this) {
      case NONE -> Floats.copy(dy, at, dx, at, count);
      case RELU -> k.leakyReluGradient(count, 0, kept, at, dy, at, dx, at);
      case LEAKY_RELU -> k.leakyReluGradient(count, LEAK, kept, at, dy, at, dx, at);
      case TANH -> k.tanhGradient(count, kept, at, dy, at, dx, at);
      case SIGMOID -> k.sigmoidGradient(count, kept, at, dy, at, dx, at);
      case GELU -> k.multiply(count, kept, at, dy, at, dx, at);
    }
  }
}
