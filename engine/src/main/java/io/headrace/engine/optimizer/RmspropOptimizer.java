package io.headrace.engine.optimizer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * RMSprop: gradient descent, with momentum if it is not 0, on gradients divided by the root of
 * their running mean square. Immutable.
 *
 * @param keep part of the mean square that is kept
 */
record RmspropOptimizer(double rate, float keep, float momentum, float epsilon, float decay)
    implements Optimizer {
  private static final int SQUARE = 0;
  private static final int MOMENTUM = 1;

  @Override
  public List<String> slots() {
    return momentum == 0 ? List.of("square") : List.of("square", "momentum");
  }

  /** How its mean square fades, and its momentum if it has one. */
  Fading fading() {
    Fading move = momentum == 0 ? Fading.NONE : new MomentumFading(rate, momentum, false, MOMENTUM);
    return new Faded(move, keep);
  }

  private record Faded(Fading move, float keep) implements Fading {
    @Override
    public int walk(ParameterBlock block, long at, PastSteps steps, int from, int to, Pull pull) {
      int walked = move.walk(block, at, steps, from, to, pull);
      Fading.fade(block.slot(SQUARE), at, keep, walked - from);
      return walked;
    }

    @Override
    public void fade(ParameterBlock block, long at, int steps) {
      move.fade(block, at, steps);
      Fading.fade(block.slot(SQUARE), at, keep, steps);
    }
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
    kernels.rmsNormalise(
        count,
        keep,
        epsilon,
        decay,
        block.values(),
        block.slot(SQUARE),
        offset,
        gradients,
        gradientOffset);
    if (momentum == 0) {
      kernels.sgd(count, scaledRate, 0, block.values(), offset, gradients, gradientOffset);
    } else {
      kernels.momentum(
          count,
          scaledRate,
          momentum,
          false,
          0,
          block.values(),
          block.slot(MOMENTUM),
          offset,
          gradients,
          gradientOffset);
    }
  }
}
