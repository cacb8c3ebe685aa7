package io.headrace.engine.optimizer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Adam. Immutable. */
record AdamOptimizer(double rate, double beta1, double beta2, float epsilon, float decay)
    implements Optimizer {
  @Override
  public List<String> slots() {
    return List.of("mean", "square");
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
    double correctedRate = rate * rateFactor / (1 - StrictMath.pow(beta1, (double) step));
    double rootScale = 1 / Math.sqrt(1 - StrictMath.pow(beta2, (double) step));
    kernels.adam(
        count,
        (float) correctedRate,
        (float) rootScale,
        (float) beta1,
        (float) beta2,
        epsilon,
        decay,
        block.values(),
        block.slot(0),
        block.slot(1),
        offset,
        gradients,
        gradientOffset);
  }
}
