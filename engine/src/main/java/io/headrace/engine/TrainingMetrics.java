package io.headrace.engine;

import io.headrace.engine.metric.Calibration;
import io.headrace.engine.privacy.PrivacySpent;
import io.headrace.engine.sample.Ledger;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * How learning goes, measured on samples before they were learned from (prequential). Immutable.
 * Fractions are 0 to 1.
 *
 * @param step steps taken
 * @param timeMillis when this was taken
 * @param samplesPerSecond samples trained a second since the metrics before
 * @param learningRate of the next step, schedule and divergences included
 * @param ledger what became of every record so far
 * @param window loss, accuracy, ... over the samples since the metrics before
 * @param total the same over all samples
 * @param baselines what predicting without skill would score over all samples, e.g.
 *     majorityClassAccuracy
 * @param confusion counts, row = true class, column = predicted class, row-major; empty for numbers
 * @param privacy what was spent of the samples' privacy; empty where nothing bounds that
 * @param calibration how often what was predicted came true, by its probability
 */
public record TrainingMetrics(
    String job,
    long step,
    long timeMillis,
    double samplesPerSecond,
    double learningRate,
    Ledger ledger,
    SortedMap<String, Double> window,
    SortedMap<String, Double> total,
    SortedMap<String, Double> baselines,
    List<Long> confusion,
    Optional<PrivacySpent> privacy,
    Calibration calibration) {
  public TrainingMetrics {
    window = Collections.unmodifiableSortedMap(new TreeMap<>(window));
    total = Collections.unmodifiableSortedMap(new TreeMap<>(total));
    baselines = Collections.unmodifiableSortedMap(new TreeMap<>(baselines));
    confusion = List.copyOf(confusion);
  }
}
