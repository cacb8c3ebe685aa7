package io.headrace.engine.optimizer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * AdaGrad. Immutable. Its L1 penalty is the composite mirror descent of the paper (section 5.1):
 * the threshold of a weight falls with its rate.
 */
record AdagradOptimizer(double rate, float epsilon, float decay, float l1) implements Optimizer {
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
      long step,
      double rateFactor) {
    kernels.adagrad(
        count,
        (float) (rate * rateFactor),
        epsilon,
        decay,
        l1,
        block.values(),
        block.slot(0),
        offset,
        gradients,
        gradientOffset);
  }
}
