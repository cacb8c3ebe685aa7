package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;

/**
 * What one scores who sees the labels but not the inputs: guesses the most frequent class so far,
 * the class before, or the class frequencies so far with one added to each (Laplace). Each label is
 * predicted before it is counted; before the first, class 0 is guessed. Not thread-safe.
 */
final class ClassBaselines implements Stateful {
  private static final int WEIGHT = 0;
  private static final int MAJORITY_RIGHT = 1;
  private static final int LAST_RIGHT = 2;
  private static final int LAST_LABEL = 3;

  private final double[] sums = new double[4];
  private final double[] frequencies;
  private final LogLossSum baseRate = new LogLossSum();
  private int majority;
  private int last;

  ClassBaselines(int classes) {
    this.frequencies = new double[classes];
  }

  void add(int label, float weight) {
    if (label == majority) {
      sums[MAJORITY_RIGHT] += weight;
    }
    if (label == last) {
      sums[LAST_RIGHT] += weight;
    }
    baseRate.add((frequencies[label] + 1) / (sums[WEIGHT] + frequencies.length), weight);
    sums[WEIGHT] += weight;
    frequencies[label] += weight;
    last = label;
    if (majority != label && isMoreFrequent(label)) {
      majority = label;
    }
  }

  private boolean isMoreFrequent(int label) {
    double lead = frequencies[label] - frequencies[majority];
    return lead > 0 || (lead == 0 && label < majority);
  }

  Entries entries() {
    return new Entries()
        .with("majorityClassAccuracy", sums[MAJORITY_RIGHT] / sums[WEIGHT])
        .with("lastLabelAccuracy", sums[LAST_RIGHT] / sums[WEIGHT])
        .with("baseRateLogLoss", baseRate.total() / sums[WEIGHT]);
  }

  @Override
  public void save(StateWriter to) {
    sums[LAST_LABEL] = last;
    Doubles.save(to, "sums", sums);
    Doubles.save(to, "frequencies", frequencies);
    baseRate.save(to.within("baseRate"));
  }

  @Override
  public void restore(StateReader from) {
    Doubles.restore(from, "sums", sums);
    Doubles.restore(from, "frequencies", frequencies);
    baseRate.restore(from.within("baseRate"));
    last = (int) sums[LAST_LABEL];
    majority = 0;
    for (int label = 1; label < frequencies.length; label++) {
      if (isMoreFrequent(label)) {
        majority = label;
      }
    }
  }
}
