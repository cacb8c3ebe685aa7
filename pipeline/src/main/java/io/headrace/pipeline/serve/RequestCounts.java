package io.headrace.pipeline.serve;

import java.util.concurrent.atomic.LongAdder;

/** What was asked so far, of one model or of those that took each other's place. Thread-safe. */
public final class RequestCounts {
  private final LongAdder answered = new LongAdder();
  private final LongAdder refused = new LongAdder();
  private final LongAdder rows = new LongAdder();

  void add(Prediction prediction) {
    if (prediction instanceof Prediction.Made made) {
      answered.increment();
      rows.add(made.rows());
    } else {
      refused.increment();
    }
  }

  /** Requests that were answered. */
  public long answered() {
    return answered.sum();
  }

  /** Requests that were refused. */
  public long refused() {
    return refused.sum();
  }

  /** Rows predicted. */
  public long rows() {
    return rows.sum();
  }
}
