package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import java.util.function.IntToDoubleFunction;

/**
 * Area under the ROC curve from weighted histograms of the scores of each class. Not thread-safe.
 *
 * <p>Bins split every octave of {@code p} below 1/2, and of {@code 1 - p} above, into {@value
 * #BINS_AN_OCTAVE}, down to 2^-25: they are monotone in the logit and no wider than 0.006 of it
 * (beyond 0.9999 floats themselves lie further apart), so that scores near 0 and 1 are told apart
 * as well as those in the middle. Two scores of different classes in the same bin count as a tie;
 * the distance to the exact area is at most half the weighted share of such pairs: |error| <= sum
 * over bins of positives x negatives / (2 P N).
 */
final class AucHistogram implements Stateful {
  static final int BINS_AN_OCTAVE = 256;
  private static final int OCTAVES = 24;
  private static final int CENTRE = OCTAVES * BINS_AN_OCTAVE;
  private static final int BINS = 2 * CENTRE + 1;
  private static final int DROPPED_MANTISSA_BITS = 23 - Integer.numberOfTrailingZeros(256);
  private static final int FIRST =
      Float.floatToRawIntBits(0x1p-25f) >> DROPPED_MANTISSA_BITS; // bits of a float are ordered

  private final WindowedSums sums = new WindowedSums(2 * BINS);

  /**
   * Counts a score.
   *
   * @param probability of class 1
   * @param label 0 or 1
   */
  void add(float probability, int label, double weight) {
    sums.add(2 * bin(probability) + label, weight);
  }

  /** Of the window; NaN without samples of both classes. */
  double window() {
    return area(sums::window);
  }

  /** Of all samples; NaN without samples of both classes. */
  double total() {
    return area(sums::total);
  }

  void startWindow() {
    sums.startWindow();
  }

  /** The bin of a probability; what is not a number lies at the bottom. */
  static int bin(float probability) {
    return probability > 0.5f ? 2 * CENTRE - fromEdge(1 - probability) : fromEdge(probability);
  }

  private static int fromEdge(float distance) {
    return distance > 0x1p-25f
        ? (Float.floatToRawIntBits(distance) >> DROPPED_MANTISSA_BITS) - FIRST
        : 0;
  }

  private static double area(IntToDoubleFunction sums) {
    double pairs = 0;
    double negatives = 0;
    double positives = 0;
    for (int bin = 0; bin < BINS; bin++) {
      double negative = sums.applyAsDouble(2 * bin);
      double positive = sums.applyAsDouble(2 * bin + 1);
      pairs += positive * (negatives + negative / 2);
      negatives += negative;
      positives += positive;
    }
    return pairs / (positives * negatives);
  }

  @Override
  public void save(StateWriter to) {
    sums.save(to);
  }

  @Override
  public void restore(StateReader from) {
    sums.restore(from);
  }
}
