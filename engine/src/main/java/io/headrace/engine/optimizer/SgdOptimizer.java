package io.headrace.engine.optimizer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Stochastic gradient descent, with momentum if it is not 0. Immutable. */
record SgdOptimizer(double rate, float momentum, boolean nesterov, float decay)
    implements Optimizer {
  @Override
  public List<String> slots() {
    return momentum == 0 ? List.of() : List.of("momentum");
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
    float scaledRate = (float) (rate * rateFactor);
    if (momentum == 0) {
      kernels.sgd(count, scaledRate, decay, block.values(), offset, gradients, gradientOffset);
    } else {
      kernels.momentum(
          count,
          scaledRate,
          momentum,
          nesterov,
          decay,
          block.values(),
          block.slot(0),
          offset,
          gradients,
          gradientOffset);
    }
  }
}
