package io.headrace.engine.optimizer;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

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

  @Override
  public Optional<RowUpdate> rowUpdate() {
    return Optional.of(new Row(this));
  }

  private static final class Row implements RowUpdate.Moves {
    private final AdagradOptimizer adagrad;
    private final float epsilon;
    private final float decay;
    private float rate;
    private float penalty;

    Row(AdagradOptimizer adagrad) {
      this.adagrad = adagrad;
      epsilon = adagrad.epsilon;
      decay = adagrad.decay;
    }

    @Override
    public void startRow(long step, double rateFactor) {
      rate = (float) (adagrad.rate * rateFactor);
      penalty = rate * adagrad.l1;
    }

    @Override
    public void move(MemorySegment floats, long at, int apart, float slope) {
      float value = read(floats, at);
      float d = slope + decay * value;
      float sum = read(floats, at + apart) + d * d;
      write(floats, at + apart, sum);
      float root = (float) Math.sqrt(sum) + epsilon;
      float moved = value - rate * d / root;
      if (penalty > 0) {
        float threshold = penalty / root;
        moved = Math.max(moved - threshold, 0) + Math.min(moved + threshold, 0);
      }
      write(floats, at, moved);
    }
  }
}
