package io.headrace.engine.optimizer;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

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
    kernels.adam(
        count,
        correctedRate(step, rateFactor),
        rootScale(step),
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

  /** beta^step: 0 once it is below half of what 1 can tell, which needs no power. */
  private static double power(double beta, long step) {
    return (1 - beta) * step > 40 ? 0 : StrictMath.pow(beta, (double) step);
  }

  private static double corrected(double beta, long step) {
    return 1 - power(beta, step);
  }

  /** How its means fade, and what they still move while they do. */
  Fading fading() {
    return new Faded(this);
  }

  private record Faded(AdamOptimizer adam) implements Fading {
    @Override
    public int walk(ParameterBlock block, long at, PastSteps steps, int from, int to, Pull pull) {
      float mean = read(block.slot(0), at);
      if (mean == 0) {
        return from;
      }
      float beta1 = (float) adam.beta1;
      float beta2 = (float) adam.beta2;
      float square = read(block.slot(1), at);
      float weight = read(block.values(), at);
      double ratio = adam.beta1 / Math.sqrt(adam.beta2); // of one move to the one before, at most
      double power1 = 0;
      double power2 = 0;
      long number = 0;
      int step = from;
      boolean over = false;
      for (int run = steps.run(from); step < to && !over; run++) {
        double rate = adam.rate * steps.factorOf(run);
        float kept = pull.kept(rate);
        float lost = pull.lost(rate);
        if (steps.number(run, step) != number) {
          number = steps.number(run, step);
          power1 = power(adam.beta1, number);
          power2 = power(adam.beta2, number);
        }
        int end = Math.min(to, steps.endOf(run));
        while (step < end) {
          if ((step - from) % STEPS_BETWEEN == 0) {
            double move =
                adam.rate / (1 - power1) * Math.abs(mean) / (Math.sqrt(square) + adam.epsilon);
            over = ratio < 1 && Fading.isLost(move / (1 - ratio), weight);
            if (over) {
              break;
            }
          }
          mean *= beta1;
          square *= beta2;
          float scaled = (float) (rate / (1 - power1));
          float scale = (float) (1 / Math.sqrt(1 - power2));
          float move = scaled * mean / (scale * (float) Math.sqrt(square) + adam.epsilon);
          weight = Pull.pulled(kept * weight - move, lost);
          power1 *= adam.beta1;
          power2 *= adam.beta2;
          number++;
          step++;
        }
      }
      write(block.slot(0), at, mean);
      write(block.slot(1), at, square);
      write(block.values(), at, weight);
      return step;
    }

    @Override
    public void fade(ParameterBlock block, long at, int steps) {
      Fading.fade(block.slot(0), at, (float) adam.beta1, steps);
      Fading.fade(block.slot(1), at, (float) adam.beta2, steps);
    }
  }

  private float correctedRate(long step, double rateFactor) {
    return (float) (rate * rateFactor / corrected(beta1, step));
  }

  private float rootScale(long step) {
    return (float) (1 / Math.sqrt(corrected(beta2, step)));
  }

  @Override
  public Optional<RowUpdate> rowUpdate() {
    return Optional.of(new Row(this));
  }

  private static final class Row implements RowUpdate.Moves {
    private final AdamOptimizer adam;
    private final float beta1;
    private final float beta2;
    private final float epsilon;
    private final float decay;
    private float rate;
    private float scale;

    Row(AdamOptimizer adam) {
      this.adam = adam;
      beta1 = (float) adam.beta1;
      beta2 = (float) adam.beta2;
      epsilon = adam.epsilon;
      decay = adam.decay;
    }

    @Override
    public void startRow(long step, double rateFactor) {
      rate = adam.correctedRate(step, rateFactor);
      scale = adam.rootScale(step);
    }

    @Override
    public void move(MemorySegment floats, long at, int apart, float slope) {
      float value = read(floats, at);
      float d = slope + decay * value;
      long meanAt = at + apart;
      long squareAt = meanAt + apart;
      float mean = beta1 * read(floats, meanAt) + (1 - beta1) * d;
      float square = beta2 * read(floats, squareAt) + (1 - beta2) * (d * d);
      write(floats, meanAt, mean);
      write(floats, squareAt, square);
      write(floats, at, value - rate * mean / (scale * (float) Math.sqrt(square) + epsilon));
    }
  }
}
