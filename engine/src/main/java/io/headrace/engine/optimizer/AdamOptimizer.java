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

  /** 1 - beta^step: 1 once beta^step is below half of what 1 can tell, which needs no power. */
  private static double corrected(double beta, long step) {
    return (1 - beta) * step > 40 ? 1 : 1 - StrictMath.pow(beta, (double) step);
  }

  /** How its means fade, and what they still move while they do. */
  Fading fading() {
    return new Faded(this);
  }

  private record Faded(AdamOptimizer adam) implements Fading {
    @Override
    public boolean isOver(ParameterBlock block, long at, int count, long number) {
      double ratio = adam.beta1 / Math.sqrt(adam.beta2); // of one move to the one before, at most
      double rate = adam.rate / corrected(adam.beta1, number);
      for (long i = at; i < at + count; i++) {
        float mean = read(block.slot(0), i);
        if (mean != 0) {
          double move = rate * Math.abs(mean) / (Math.sqrt(read(block.slot(1), i)) + adam.epsilon);
          if (ratio >= 1 || !Fading.isLost(move / (1 - ratio), read(block.values(), i))) {
            return false;
          }
        }
      }
      return true;
    }

    @Override
    public void fade(ParameterBlock block, long at, int count, int steps) {
      double meanLeft = StrictMath.pow((float) adam.beta1, steps);
      double squareLeft = StrictMath.pow((float) adam.beta2, steps);
      for (long i = at; i < at + count; i++) {
        write(block.slot(0), i, (float) (meanLeft * read(block.slot(0), i)));
        write(block.slot(1), i, (float) (squareLeft * read(block.slot(1), i)));
      }
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
