package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * An activation at the end of another layer, in place: on values as they leave the layer, on
 * gradients as they come back.
 *
 * @param input where the layer puts its sums: y's own memory, or memory beside it that the
 *     activation turns into its slope
 */
record ActivationStage(Activation activation, LayerScope scope, DenseValue y, MemorySegment input) {

  static ActivationStage of(Activation activation, LayerScope scope, DenseValue y) {
    MemorySegment own = y.buffer();
    MemorySegment sums = activation.keepsSlope() ? Floats.allocate(Floats.count(own)) : own;
    return new ActivationStage(activation, scope, y, sums);
  }

  void forward(Pass pass, int from, int to) {
    if (!activation.isNone()) {
      long start = y.start(pass, from);
      int count = (to - from) * y.stride();
      activation.forward(scope.kernels(), count, input, start, y.buffer(), start, input);
    }
  }

  void backward(Pass pass, int from, int to) {
    if (!activation.isNone()) {
      int count = (to - from) * y.stride();
      MemorySegment slopes = y.gradients();
      activation.backward(scope.kernels(), count, input, slopes, slopes, y.start(pass, from));
    }
  }
}
