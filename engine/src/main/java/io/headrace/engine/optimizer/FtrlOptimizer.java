package io.headrace.engine.optimizer;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * FTRL-proximal. Immutable. A weight follows from its slots and alpha, so another alpha would
 * rescale everything learned: it takes no rate factor. Its rates fall by themselves.
 */
record FtrlOptimizer(float alpha, float beta, float l1, float l2) implements Optimizer {
  private static final int SUM = 0;
  private static final int SQUARES = 1;

  @Override
  public List<String> slots() {
    return List.of("sum", "squares");
  }

  /**
   * The parameters follow from the slots, so the first sums are those from which the first
   * parameters follow.
   */
  @Override
  public void start(ParameterBlock block, long count) {
    for (long i = 0; i < count; i++) {
      float weight = Floats.read(block.values(), i);
      if (weight != 0) {
        float sum = -weight * (beta / alpha + l2) - Math.copySign(l1, weight);
        Floats.write(block.slot(SUM), i, sum);
      }
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
    kernels.ftrl(
        count,
        alpha,
        beta,
        l1,
        l2,
        block.values(),
        block.slot(SUM),
        block.slot(SQUARES),
        offset,
        gradients,
        gradientOffset);
  }

  @Override
  public double rate() {
    return alpha;
  }

  @Override
  public boolean takesRateFactor() {
    return false;
  }

  @Override
  public Optional<RowUpdate> rowUpdate() {
    return Optional.of(l1 == 0 ? new Row(this) : new SparseRow(this));
  }

  /**
   * Without l1. What one weight takes is a long chain of operations, and the processor works on a
   * few weights at once: a shorter chain is a faster row.
   */
  private static class Row implements RowUpdate.Moves {
    private final float perAlpha;
    private final float beta;
    private final float l2;

    Row(FtrlOptimizer ftrl) {
      perAlpha = 1 / ftrl.alpha;
      beta = ftrl.beta;
      l2 = ftrl.l2;
    }

    @Override
    public final void startRow(long step, double rateFactor) {}

    @Override
    public final void move(MemorySegment floats, long at, int apart, float slope) {
      long sumAt = at + apart;
      long squaresAt = sumAt + apart;
      float before = read(floats, squaresAt);
      float after = before + slope * slope;
      float root = (float) Math.sqrt(after);
      float sigma = (root - (float) Math.sqrt(before)) * perAlpha;
      float sum = read(floats, sumAt) + (slope - sigma * read(floats, at));
      write(floats, squaresAt, after);
      write(floats, sumAt, sum);
      write(floats, at, weight(sum, (beta + root) * perAlpha + l2));
    }

    float weight(float sum, float stiffness) {
      return (0 - sum) / stiffness; // -sum would make -0 of 0
    }
  }

  /** With l1: weights of little use are 0. */
  private static final class SparseRow extends Row {
    private final float l1;

    SparseRow(FtrlOptimizer ftrl) {
      super(ftrl);
      l1 = ftrl.l1;
    }

    @Override
    float weight(float sum, float stiffness) {
      return Math.abs(sum) <= l1 ? 0 : (Math.copySign(l1, sum) - sum) / stiffness;
    }
  }
}
