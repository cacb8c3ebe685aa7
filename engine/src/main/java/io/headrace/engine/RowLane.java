package io.headrace.engine;

import io.headrace.engine.layer.SingleRow;
import io.headrace.engine.loss.Loss;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;

/**
 * Scores a row and learns from it, with buffers of its own. Used by one thread at a time; allocates
 * nothing.
 *
 * @param scores row 0 of it is the row scored last
 * @param aware made once, for it would be an object a row
 */
record RowLane(
    SingleRow work, Loss loss, Loss.Scores scores, GradientNorm norm, SingleRow.AwareSlope aware) {
  RowLane(SingleRow work, Loss loss, Loss.Scores scores, GradientNorm norm) {
    this(work, loss, scores, norm, new LossSlope(loss));
  }

  private record LossSlope(Loss loss) implements SingleRow.AwareSlope {
    @Override
    public double importance(double label, double weight) {
      return loss.importance(label, weight);
    }

    @Override
    public double of(double slope, double score, double label, double weight, double pull) {
      return loss.awareSlope(slope, score, label, weight, pull);
    }
  }

  void score(SampleBlock rows, int row) {
    work.score(rows, row);
    loss.score(scores, rows.labels(), rows.weights(), row, 0, 1, 1);
  }

  /** Learns from the row scored last. */
  void learn(SampleBlock rows, int row, long update, double rateFactor) {
    if (norm.isTaken()) {
      norm.add(work.squaredGradient(rows, row));
    }
    work.learn(rows, row, update, rateFactor, aware);
  }

  /** Loss of the row scored last, before weighting. */
  float lastLoss() {
    return Floats.read(scores.losses(), 0);
  }

  MemorySegment outputs() {
    return scores.outputs();
  }
}
