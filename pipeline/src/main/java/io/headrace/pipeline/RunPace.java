package io.headrace.pipeline;

import java.util.Arrays;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How fast a run was in its course. Immutable.
 *
 * @param secondsToSteadySpeed from the run's start to the start of the first metrics window whose
 *     rate is within 10 % of the later speed: the median rate of the second half of all windows.
 *     Empty with fewer than four windows
 * @param epochSeconds what this run spent in each epoch that it ended
 */
public record RunPace(OptionalDouble secondsToSteadySpeed, List<Double> epochSeconds) {
  private static final double TOLERANCE = 0.1;
  private static final int LEAST_WINDOWS = 4;

  public RunPace {
    epochSeconds = List.copyOf(epochSeconds);
  }

  /**
   * Finds the first steady one of windows.
   *
   * @param starts when each began, in seconds since the run's start
   * @param rates samples a second of each
   */
  static OptionalDouble secondsToSteadySpeed(double[] starts, double[] rates, int windows) {
    if (windows < LEAST_WINDOWS) {
      return OptionalDouble.empty();
    }
    double[] later = Arrays.copyOfRange(rates, windows / 2, windows);
    Arrays.sort(later);
    int middle = later.length / 2;
    double median = later.length % 2 == 1 ? later[middle] : (later[middle - 1] + later[middle]) / 2;
    for (int i = 0; i < windows; i++) {
      if (Math.abs(rates[i] - median) <= TOLERANCE * median) {
        return OptionalDouble.of(starts[i]);
      }
    }
    return OptionalDouble.empty();
  }
}
