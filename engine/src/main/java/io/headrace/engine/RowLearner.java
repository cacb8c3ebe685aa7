package io.headrace.engine;

import io.headrace.engine.sample.SampleBlock;
import java.util.function.DoublePredicate;

/** Learns from each row of a batch by itself. One caller at a time; allocates nothing. */
interface RowLearner {
  /**
   * Learns from all rows of sound loss.
   *
   * @param number of the step, counted from 1; updates are numbered as if the batches before had
   *     been full
   * @param rateFactor what the learning rate is multiplied by
   * @param gate asked once, with the first sound loss, whether this state may be learned from
   * @param into takes what the rows gave, in their order; cleared first
   */
  void learn(
      SampleBlock rows, long number, double rateFactor, DoublePredicate gate, LearnedRows into);
}
