package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.util.List;

/** Values of one shape, added: y = a + b + ..., in their order. */
record Sum(Kernels kernels, List<DenseValue> parts, DenseValue y) {
  static DenseValue attach(LayerScope scope, List<DenseValue> parts) {
    DenseValue first = parts.getFirst();
    boolean learns = parts.stream().anyMatch(DenseValue::wantsGradients);
    DenseValue y = learns ? scope.buffer(first.shape()) : scope.input(first.shape());
    var work = new Sum(scope.kernels(), List.copyOf(parts), y);
    scope.tape().rows(2L * y.width(), work::forward, work::backward);
    return y.withStepsOf(first);
  }

  private void forward(Pass pass, int from, int to) {
    for (int row = from; row < to; row++) {
      long at = y.start(pass, row);
      Floats.fill(y.buffer(), at, y.width(), 0);
      for (int i = 0; i < parts.size(); i++) {
        DenseValue part = parts.get(i);
        long start = part.start(pass, row);
        kernels.addScaled(y.width(), 1, part.values(pass), start, y.buffer(), at);
      }
    }
  }

  private void backward(Pass pass, int from, int to) {
    for (int i = 0; i < parts.size(); i++) {
      DenseValue part = parts.get(i);
      for (int row = from; part.wantsGradients() && row < to; row++) {
        long into = (long) row * part.stride();
        long at = (long) row * y.stride();
        Floats.copy(y.gradients(), at, part.gradients(), into, y.width());
      }
    }
  }
}
