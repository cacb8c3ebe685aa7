package io.headrace.engine;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;

/** The running mean of batches' losses, by which one far above is told. Not thread-safe. */
final class LossWatch implements Stateful {
  /** The mean is over about this many steps. */
  private static final int STEPS_AVERAGED = 64;

  private final double limit;
  private double mean;
  private long steps;

  /**
   * @param limit times the mean that a loss may be; infinite for no bound
   */
  LossWatch(double limit) {
    this.limit = limit;
  }

  /** Whether {@code loss} is finite and, once there is a mean to go by, within the limit. */
  boolean accepts(double loss) {
    return Double.isFinite(loss)
        && (limit == Double.POSITIVE_INFINITY || steps < STEPS_AVERAGED || loss <= limit * mean);
  }

  void add(double loss) {
    steps++;
    mean += (loss - mean) / Math.min(steps, STEPS_AVERAGED);
  }

  /** 0 before the first loss. */
  double mean() {
    return mean;
  }

  @Override
  public void save(StateWriter to) {
    to.value("mean", Double.toHexString(mean));
    to.value("steps", Long.toString(steps));
  }

  @Override
  public void restore(StateReader from) {
    mean = Double.parseDouble(value(from, "mean"));
    steps = Long.parseLong(value(from, "steps"));
  }

  private static String value(StateReader from, String name) {
    return from.value(name)
        .orElseThrow(() -> new HeadraceException("The checkpoint lacks the loss watch's " + name));
  }
}
