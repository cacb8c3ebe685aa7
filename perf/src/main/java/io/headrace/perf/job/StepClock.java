package io.headrace.perf.job;

import io.headrace.engine.StepResult;
import java.util.function.Consumer;

/**
 * Times the steps of a run from the end of the first to the end of the last, without what a job
 * does before and behind them. Written by the trainer's thread, read when the run is over.
 */
final class StepClock implements Consumer<StepResult> {
  private long begun;
  private long now;
  private long rows = -1;

  @Override
  public void accept(StepResult step) {
    now = System.nanoTime();
    if (rows < 0) {
      begun = now;
      rows = 0;
    } else {
      rows += step.rows();
    }
  }

  /** Rows a second; not a number if there were no two steps. */
  double rowsPerSecond() {
    return rows <= 0 ? Double.NaN : rows * 1e9 / (now - begun);
  }
}
