package io.headrace.engine.layer;

import io.headrace.engine.sample.SampleBlock;
import java.util.Optional;

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

  /** The sum of the squares of the slopes of the weights, by the row that was scored last. */
  double squaredGradient(SampleBlock rows, int row);

  /**
   * The same work on the same parameters for another thread, which runs at the same time; empty if
   * it may not. Moves of a weight at the same moment may then be lost.
   */
  default Optional<Lane> lane() {
    return Optional.empty();
  }

  /**
   * Work with scores of its own.
   *
   * @param scores row 0 of them is the row scored last
   */
  record Lane(SingleRow work, DenseValue scores) {}

  /** What the loss says to optimizers that know how far a score will move. */
  interface AwareSlope {
    /** What a row counts, the weight of its class included. */
    double importance(double label, double weight);

    /**
     * What the loss makes of a score's slope once it is known how far the score will move by it.
     */
    double of(double slope, double score, double label, double weight, double pull);
  }
}
