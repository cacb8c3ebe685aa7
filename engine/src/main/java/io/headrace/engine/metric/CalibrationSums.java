package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntToDoubleFunction;

/**
 * Predicted against observed frequencies by bins of the probability. Not thread-safe.
 *
 * <p>The expected calibration error is the mean over samples of the distance between the two in the
 * sample's bin (Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using
 * Bayesian Binning", 2015). Bins are tenths in the middle and finer at both ends, where the
 * probabilities of rare events lie. What is not a probability is not counted.
 */
final class CalibrationSums implements Stateful {
  private static final double[] EDGES = {
    0, .001, .01, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, .95, .99, .999, 1
  };
  private static final int BINS = EDGES.length - 1;

  /** What is left of a number's bits tells 64 cells an octave apart. */
  private static final int DROPPED_BITS = 52 - 6;

  private static final int FIRST_CELL =
      (int) (Double.doubleToRawLongBits(0x1p-10) >> DROPPED_BITS); // below the second edge

  /** The bin of each cell's begin, so that a bin is found in one look, not in a search. */
  private static final byte[] BINS_OF_CELLS = binsOfCells();

  private static final int WEIGHT = 0;
  private static final int PREDICTED = 1;
  private static final int OBSERVED = 2;
  private static final int SUMS = 3;
  private static final String WINDOW = "window";

  private final WindowedSums sums = new WindowedSums(SUMS * BINS);

  void add(double probability, boolean cameTrue, double weight) {
    if (!(probability >= 0 && probability <= 1)) {
      return;
    }
    int first = SUMS * bin(probability);
    sums.add(first + WEIGHT, weight);
    sums.add(first + PREDICTED, weight * probability);
    sums.add(first + OBSERVED, cameTrue ? weight : 0);
  }

  /** The last bin that begins at or below a probability, but for 1 itself. */
  static int bin(double probability) {
    int cell = cell(probability);
    int bin = cell < 0 ? 0 : BINS_OF_CELLS[cell];
    while (bin + 1 < BINS && probability >= EDGES[bin + 1]) {
      bin++;
    }
    return bin;
  }

  /** Below 0 for what lies below the first cell. */
  private static int cell(double probability) {
    return (int) (Double.doubleToRawLongBits(probability) >> DROPPED_BITS) - FIRST_CELL;
  }

  private static byte[] binsOfCells() {
    var bins = new byte[cell(1) + 1];
    for (int cell = 0; cell < bins.length; cell++) {
      double begin = Double.longBitsToDouble((long) (cell + FIRST_CELL) << DROPPED_BITS);
      while (bins[cell] + 1 < BINS && begin >= EDGES[bins[cell] + 1]) {
        bins[cell]++;
      }
    }
    return bins;
  }

  Calibration bins() {
    return new Calibration(bins(sums::window), bins(sums::total));
  }

  private static List<Calibration.Bin> bins(IntToDoubleFunction sums) {
    List<Calibration.Bin> bins = new ArrayList<>();
    for (int bin = 0; bin < BINS; bin++) {
      double weight = sums.applyAsDouble(SUMS * bin + WEIGHT);
      if (weight > 0) {
        double predicted = sums.applyAsDouble(SUMS * bin + PREDICTED) / weight;
        double observed = sums.applyAsDouble(SUMS * bin + OBSERVED) / weight;
        bins.add(new Calibration.Bin(EDGES[bin], EDGES[bin + 1], weight, predicted, observed));
      }
    }
    return bins;
  }

  Mean window() {
    return mean(sums::window);
  }

  Mean total() {
    return mean(sums::total);
  }

  /** NaN each without samples. */
  record Mean(double error, double predicted, double observed) {}

  private static Mean mean(IntToDoubleFunction sums) {
    double weight = 0;
    double error = 0;
    double predicted = 0;
    double observed = 0;
    for (int first = 0; first < SUMS * BINS; first += SUMS) {
      double predictedHere = sums.applyAsDouble(first + PREDICTED);
      double observedHere = sums.applyAsDouble(first + OBSERVED);
      weight += sums.applyAsDouble(first + WEIGHT);
      error += Math.abs(predictedHere - observedHere);
      predicted += predictedHere;
      observed += observedHere;
    }
    return new Mean(error / weight, predicted / weight, observed / weight);
  }

  void startWindow() {
    sums.startWindow();
  }

  @Override
  public void save(StateWriter to) {
    sums.save(to);
  }

  /** Counts from nothing where a checkpoint is older than these sums. */
  @Override
  public void restore(StateReader from) {
    if (from.tensor(WINDOW).isPresent()) {
      sums.restore(from);
    }
  }
}
