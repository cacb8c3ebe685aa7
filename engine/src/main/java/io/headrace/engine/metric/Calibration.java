package io.headrace.engine.metric;

import java.util.List;

/**
 * Reliability tables: how often what was predicted with a probability came true. Immutable.
 *
 * <p>For two classes the probability is that of the second, over all samples; for more, that of the
 * class that was taken. Samples are counted by their weights.
 *
 * @param window over the samples since the metrics before; bins without samples are left out
 * @param total over all samples
 */
public record Calibration(List<Bin> window, List<Bin> total) {
  /** Of what has no probabilities. */
  public static final Calibration NONE = new Calibration(List.of(), List.of());

  /**
   * Samples whose probability lay at {@code from} or above, and below {@code to}; the last bin has
   * its end.
   *
   * @param weight sum of the samples' weights
   * @param predicted mean probability
   * @param observed share of the samples, by weight, for which it came true
   */
  public record Bin(double from, double to, double weight, double predicted, double observed) {}

  public Calibration {
    window = List.copyOf(window);
    total = List.copyOf(total);
  }
}
