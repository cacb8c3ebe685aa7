package io.headrace.engine.optimizer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** AdaGrad. Immutable. */
record AdagradOptimizer(float rate, float epsilon, float decay) implements Optimizer {
  @Override
  public List<String> slots() {
    return List.of("squares");
  }

  @Override
  public void update(
      Kernels kernels,
      ParameterBlock block,
      long offset,
      MemorySegment gradients,
      long gradientOffset,
      int count,
      long step) {
    kernels.adagrad(
        count,
        rate,
        epsilon,
        decay,
        block.values(),
        block.slot(0),
        offset,
        gradients,
        gradientOffset);
  }
}
