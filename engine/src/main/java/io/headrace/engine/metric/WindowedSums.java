package io.headrace.engine.metric;

import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import java.util.Arrays;

/**
 * Sums over a window and over everything: only the window is added to, and it is folded into the
 * past when the next one starts. Not thread-safe.
 */
final class WindowedSums {
  private final double[] window;
  private final double[] past;

  WindowedSums(int count) {
    this.window = new double[count];
    this.past = new double[count];
  }

  void add(int index, double value) {
    window[index] += value;
  }

  double window(int index) {
    return window[index];
  }

  double total(int index) {
    return past[index] + window[index];
  }

  void startWindow() {
    for (int i = 0; i < window.length; i++) {
      past[i] += window[i];
    }
    Arrays.fill(window, 0);
  }

  void save(StateWriter to) {
    Doubles.save(to, "window", window);
    Doubles.save(to, "past", past);
  }

  void restore(StateReader from) {
    Doubles.restore(from, "window", window);
    Doubles.restore(from, "past", past);
  }
}
