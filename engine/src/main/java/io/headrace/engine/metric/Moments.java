package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;

/**
 * Weighted mean and sum of squared deviations of numbers, without cancellation (West 1979). Not
 * thread-safe.
 */
final class Moments implements Stateful {
  private double weight;
  private double mean;
  private double squares;

  void add(double value, double itsWeight) {
    if (itsWeight == 0) {
      return;
    }
    weight += itsWeight;
    double before = value - mean;
    mean += before * (itsWeight / weight);
    squares += itsWeight * before * (value - mean);
  }

  double weight() {
    return weight;
  }

  /** 0 before the first number. */
  double mean() {
    return mean;
  }

  /** Sum of weight x squared distance from the mean. */
  double squares() {
    return squares;
  }

  @Override
  public void save(StateWriter to) {
    Doubles.save(to, "moments", weight, mean, squares);
  }

  @Override
  public void restore(StateReader from) {
    double[] moments = new double[3];
    Doubles.restore(from, "moments", moments);
    weight = moments[0];
    mean = moments[1];
    squares = moments[2];
  }
}
