package io.headrace.engine;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How a model does on held-out samples at one step. Immutable. Fractions are 0 to 1.
 *
 * @param step steps taken
 * @param trained samples trained
 * @param scores loss, accuracy, ... over all held-out samples
 * @param metric which of them says what is best
 * @param best the best value of it so far, this one included; infinite if none was finite yet
 * @param bestStep steps taken when it was reached
 */
public record ValidationScores(
    String job,
    long step,
    long trained,
    long timeMillis,
    SortedMap<String, Double> scores,
    String metric,
    double best,
    long bestStep) {
  public ValidationScores {
    scores = Collections.unmodifiableSortedMap(new TreeMap<>(scores));
  }

  /** Whether this is the best so far. */
  public boolean isBest() {
    return step == bestStep;
  }
}
