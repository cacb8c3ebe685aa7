package io.headrace.engine;

import org.jspecify.annotations.Nullable;

/**
 * What one training step did.
 *
 * @param step number of the step, counted from 1; unchanged by a batch that was not learned from
 * @param rows rows learned from
 * @param meanLoss mean weighted loss of the rows, scored before they were learned from; 0 without
 *     rows
 * @param divergence why rows of the batch were not learned from; null if all were, or there are
 *     none
 */
public record StepResult(long step, int rows, double meanLoss, @Nullable Divergence divergence) {
  /** A step that was taken, or a batch without rows. */
  public StepResult(long step, int rows, double meanLoss) {
    this(step, rows, meanLoss, null);
  }
}
