package io.headrace.engine.layer;

import io.headrace.engine.sample.SampleBlock;

/**
 * All that a model does with one row of a batch, without passes over buffers. Its scores and their
 * slopes are row 0 of the last layer's. Used by one thread; allocates nothing.
 */
public interface SingleRow {
  /** Computes the scores of row {@code row}, to learn from it. */
  void score(SampleBlock rows, int row);

  /**
   * Learns from the row that was scored last.
   *
   * @param step number of the row, counted from 1
   * @param rateFactor multiplies the learning rate
   * @param aware used by optimizers that know how far a score will move
   */
  void learn(SampleBlock rows, int row, long step, double rateFactor, AwareSlope aware);

  /** What the loss makes of a score's slope once it is known how far the score will move by it. */
  @FunctionalInterface
  interface AwareSlope {
    double of(double slope, double score, double label, double weight, double pull);
  }
}
