package io.headrace.engine;

import io.headrace.engine.metric.OnlineEvaluation;
import org.jspecify.annotations.Nullable;

/**
 * An evaluation that may be a batch behind: where several threads learn, one of them counts what
 * the batch before gave while the others have begun with the next. Rows are counted in their order
 * either way. One caller at a time; allocates nothing.
 */
final class LateEvaluation {
  private final OnlineEvaluation evaluation;
  private final boolean later;
  private LearnedRows last;
  private LearnedRows spare;
  private @Nullable LearnedRows waiting;

  /**
   * @param later whether rows wait until {@link #count}
   * @param width outputs of a row
   */
  LateEvaluation(OnlineEvaluation evaluation, boolean later, int batchSize, int width) {
    this.evaluation = evaluation;
    this.later = later;
    this.last = new LearnedRows(batchSize, width);
    this.spare = later ? new LearnedRows(batchSize, width) : last;
  }

  /** What the batch that comes next is to be learned into: not what waits. */
  LearnedRows next() {
    if (last == waiting) {
      LearnedRows counted = spare;
      spare = last;
      last = counted;
    }
    return last;
  }

  /** What the last batch gave. */
  LearnedRows last() {
    return last;
  }

  /** Adds what the last batch gave. */
  void add() {
    count();
    waiting = last;
    if (!later) {
      count();
    }
  }

  /** Counts what waits. */
  void count() {
    LearnedRows rows = waiting;
    if (rows != null) {
      waiting = null;
      rows.addTo(evaluation);
    }
  }

  /** The evaluation once nothing waits. */
  OnlineEvaluation counted() {
    count();
    return evaluation;
  }
}
