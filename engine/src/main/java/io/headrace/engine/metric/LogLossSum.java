package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;

/**
 * Weighted sum of -ln p over a window and over everything. Not thread-safe.
 *
 * <p>Probabilities of rows with weight 1 are multiplied, and the logarithm is taken of the product
 * only when it gets small: one logarithm for dozens of rows. A probability counts as at least
 * 2^-25, half the distance from 1 to the next smaller float: no row costs more than 17.3.
 */
final class LogLossSum implements Stateful {
  static final double LEAST_PROBABILITY = 0x1p-25;
  private static final double SMALL = 0x1p-900;

  private double windowSum;
  private double product = 1;
  private double past;

  void add(double probability, float weight) {
    double p = probability > LEAST_PROBABILITY ? probability : LEAST_PROBABILITY;
    if (weight != 1) {
      windowSum -= weight * StrictMath.log(p);
      return;
    }
    product *= p;
    if (product < SMALL) {
      windowSum -= StrictMath.log(product);
      product = 1;
    }
  }

  double window() {
    return windowSum - StrictMath.log(product);
  }

  double total() {
    return past + window();
  }

  void startWindow() {
    past = total();
    windowSum = 0;
    product = 1;
  }

  @Override
  public void save(StateWriter to) {
    Doubles.save(to, "sums", windowSum, product, past);
  }

  @Override
  public void restore(StateReader from) {
    double[] sums = new double[3];
    Doubles.restore(from, "sums", sums);
    windowSum = sums[0];
    product = sums[1];
    past = sums[2];
  }
}
