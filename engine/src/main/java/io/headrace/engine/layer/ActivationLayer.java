package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/** An activation on its own: y = f(x), element by element, any shape. Immutable. */
record ActivationLayer(Activation activation) implements Layer {
  private static final long COST = 10;

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.dense(input);
    DenseValue y = scope.buffer(x.shape()).withStepsOf(x);
    MemorySegment kept =
        activation.keepsSlope() ? Floats.allocate(Floats.count(y.buffer())) : y.buffer();
    Kernels kernels = scope.kernels();
    scope
        .tape()
        .rows(
            COST * x.width(),
            (pass, from, to) -> forward(kernels, x, y, kept, pass, from, to),
            (pass, from, to) -> backward(kernels, x, y, kept, from, to));
    return y;
  }

  private void forward(
      Kernels kernels,
      DenseValue x,
      DenseValue y,
      MemorySegment kept,
      Pass pass,
      int from,
      int to) {
    MemorySegment in = x.values(pass);
    if (x.stride() == y.stride()) {
      int count = (to - from) * y.stride();
      long start = y.start(pass, from);
      activation.forward(kernels, count, in, x.start(pass, from), y.buffer(), start, kept);
      return;
    }
    for (int row = from; row < to; row++) { // an input of the job has no padding
      long start = y.start(pass, row);
      activation.forward(kernels, x.width(), in, x.start(pass, row), y.buffer(), start, kept);
    }
  }

  private void backward(
      Kernels kernels, DenseValue x, DenseValue y, MemorySegment kept, int from, int to) {
    if (x.wantsGradients()) {
      int count = (to - from) * y.stride();
      long start = (long) from * y.stride();
      activation.backward(kernels, count, kept, y.gradients(), x.gradients(), start);
    }
  }
}
