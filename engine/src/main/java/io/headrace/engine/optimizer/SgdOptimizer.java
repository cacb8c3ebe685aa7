package io.headrace.engine.optimizer;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

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

  /** How its momentum fades. */
  Fading fading() {
    return momentum == 0 ? Fading.NONE : new MomentumFading(rate, momentum, nesterov, 0);
  }

  @Override
  public Optional<RowUpdate> rowUpdate() {
    return momentum == 0 ? Optional.of(new Row(this)) : Optional.empty();
  }

  private static final class Row implements RowUpdate.Moves {
    private final double rate;
    private final float decay;
    private float scaledRate;

    Row(SgdOptimizer sgd) {
      rate = sgd.rate;
      decay = sgd.decay;
    }

    @Override
    public void startRow(long step, double rateFactor) {
      scaledRate = (float) (rate * rateFactor);
    }

    @Override
    public void move(MemorySegment floats, long at, int apart, float slope) {
      float value = read(floats, at);
      write(floats, at, value - scaledRate * (slope + decay * value));
    }
  }
}
