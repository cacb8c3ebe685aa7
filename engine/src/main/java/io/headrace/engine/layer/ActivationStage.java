package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * An activation at the end of another layer, in place: on values as they leave the layer, on
 * gradients as they come back.
 *
 * @param input where the layer puts its sums: y's own memory, or beside it if the activation's
 *     slope needs them
 */
record ActivationStage(
    Activation activation, LayerScope scope, DenseValue y, MemorySegment input, boolean apart) {

  static ActivationStage of(Activation activation, LayerScope scope, DenseValue y) {
    MemorySegment gradients = y.gradients();
    boolean apart = activation.needsInput();
    MemorySegment sums = apart ? Floats.allocate(Floats.count(gradients)) : y.buffer();
    return new ActivationStage(activation, scope, y, sums, apart);
  }

  void forward(Pass pass, int from, int to) {
    if (activation != Activation.NONE) {
      long start = y.start(pass, from);
      int count = (to - from) * y.stride();
      activation.forward(scope.kernels(), count, input, start, y.buffer(), start);
    }
  }

  void backward(Pass pass, int from, int to) {
    if (activation != Activation.NONE) {
      long start = y.start(pass, from);
      int count = (to - from) * y.stride();
      MemorySegment kept = apart ? input : y.buffer();
      MemorySegment slope = y.gradients();
      activation.backward(scope.kernels(), count, kept, start, slope, start, slope, start);
    }
  }
}
