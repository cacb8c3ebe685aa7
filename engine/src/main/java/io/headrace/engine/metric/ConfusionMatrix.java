package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import io.headrace.engine.state.Stateful;
import java.util.Arrays;
import java.util.List;

/**
 * How often each class was taken for each. Not thread-safe. Kept for up to {@value #MAX_CLASSES}
 * classes, whose counts fit on a page and in a message.
 */
final class ConfusionMatrix implements Stateful {
  static final int MAX_CLASSES = 256;

  private final int classes;
  private final double[] counts; // whole numbers, exact up to 2^53

  ConfusionMatrix(int classes) {
    this.classes = classes <= MAX_CLASSES ? classes : 0;
    this.counts = new double[this.classes * this.classes];
  }

  void add(int label, int predicted) {
    if (classes > 0) {
      counts[label * classes + predicted]++;
    }
  }

  List<Long> counts() {
    return Arrays.stream(counts).mapToObj(count -> (long) count).toList();
  }

  @Override
  public void save(StateWriter to) {
    Doubles.save(to, "counts", counts);
  }

  @Override
  public void restore(StateReader from) {
    Doubles.restore(from, "counts", counts);
  }
}
