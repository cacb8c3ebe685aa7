package io.headrace.engine.layer;

import java.lang.foreign.MemorySegment;

/** An activation on its own: y = f(x), element by element, any shape. Immutable. */
record ActivationLayer(Activation activation) implements Layer {
  private static final long COST = 10;

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.dense(input);
    DenseValue y = scope.buffer(x.shape());
    scope
        .tape()
        .rows(
            COST * x.width(),
            (pass, from, to) -> forward(scope, x, y, pass, from, to),
            (pass, from, to) -> backward(scope, x, y, pass, from, to));
    return y;
  }

  private void forward(LayerScope scope, DenseValue x, DenseValue y, Pass pass, int from, int to) {
    MemorySegment in = x.values(pass);
    MemorySegment out = y.values(pass);
    if (x.stride() == y.stride()) {
      int count = (to - from) * y.stride();
      activation.forward(scope.kernels(), count, in, x.start(pass, from), out, y.start(pass, from));
      return;
    }
    for (int row = from; row < to; row++) { // an input of the job has no padding
      activation.forward(
          scope.kernels(), x.width(), in, x.start(pass, row), out, y.start(pass, row));
    }
  }

  private void backward(LayerScope scope, DenseValue x, DenseValue y, Pass pass, int from, int to) {
    if (!x.wantsGradients()) {
      return;
    }
    int count = (to - from) * y.stride();
    long start = y.start(pass, from);
    MemorySegment kept = activation.needsInput() ? x.values(pass) : y.values(pass);
    activation.backward(
        scope.kernels(), count, kept, start, y.gradients(), start, x.gradients(), start);
  }
}
