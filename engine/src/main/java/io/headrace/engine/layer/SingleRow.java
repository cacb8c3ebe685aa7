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
   */
  void learn(SampleBlock rows, int row, long step, double rateFactor);
}
