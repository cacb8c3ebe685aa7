package io.headrace.engine.optimizer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * Another optimizer whose weights are pulled towards 0 besides, apart from its gradients: before
 * its step by rate x decay of each weight (Loshchilov and Hutter, "Decoupled Weight Decay
 * Regularization", 2019), after it by rate x l1, stopping at 0 (the proximal step of Duchi and
 * Singer, "Efficient Online and Batch Learning Using Forward Backward Splitting", 2009). Immutable.
 */
record ShrinkingOptimizer(Optimizer inner, double rate, double decay, double l1)
    implements Optimizer {

  @Override
  public List<String> slots() {
    return inner.slots();
  }

  @Override
  public void start(ParameterBlock block, long count) {
    inner.start(block, count);
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
    double scaledRate = rate * rateFactor;
    if (decay > 0) {
      kernels.scale(count, (float) (1 - scaledRate * decay), block.values(), offset);
    }
    inner.update(kernels, block, offset, gradients, gradientOffset, count, step, rateFactor);
    if (l1 > 0) {
      kernels.shrink(count, (float) (scaledRate * l1), block.values(), offset);
    }
  }
}
