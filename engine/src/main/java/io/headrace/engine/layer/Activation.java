package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
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

  /** Whether the slope follows from the input only, which then has to be kept. */
  boolean needsInput() {
    return this == GELU;
  }

  /** y = f(x); y may be x. */
  void forward(Kernels k, int count, MemorySegment x, long xAt, MemorySegment y, long yAt) {
    switch (this) {
      case NONE -> MemorySegment.copy(x, xAt * 4, y, yAt * 4, count * 4L);
      case RELU -> k.leakyRelu(count, 0, x, xAt, y, yAt);
      case LEAKY_RELU -> k.leakyRelu(count, LEAK, x, xAt, y, yAt);
      case TANH -> k.tanh(count, x, xAt, y, yAt);
      case SIGMOID -> k.sigmoid(count, x, xAt, y, yAt);
      case GELU -> k.gelu(count, x, xAt, y, yAt);
    }
  }

  /**
   * dx = dy f'(x); dx may be dy.
   *
   * @param kept x if {@link #needsInput}, else y
   */
  void backward(
      Kernels k,
      int count,
      MemorySegment kept,
      long keptAt,
      MemorySegment dy,
      long dyAt,
      MemorySegment dx,
      long dxAt) {
    switch (this) {
      case NONE -> MemorySegment.copy(dy, dyAt * 4, dx, dxAt * 4, count * 4L);
      case RELU -> k.leakyReluGradient(count, 0, kept, keptAt, dy, dyAt, dx, dxAt);
      case LEAKY_RELU -> k.leakyReluGradient(count, LEAK, kept, keptAt, dy, dyAt, dx, dxAt);
      case TANH -> k.tanhGradient(count, kept, keptAt, dy, dyAt, dx, dxAt);
      case SIGMOID -> k.sigmoidGradient(count, kept, keptAt, dy, dyAt, dx, dxAt);
      case GELU -> k.geluGradient(count, kept, keptAt, dy, dyAt, dx, dxAt);
    }
  }
}
