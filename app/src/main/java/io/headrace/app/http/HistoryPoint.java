package io.headrace.app.http;

import io.micronaut.serde.annotation.Serdeable;
import java.util.SortedMap;
import org.jspecify.annotations.Nullable;

/**
 * One point of every chart of the page. Null where there was no such figure.
 *
 * @param loss over the window, as are accuracy and auc; the log loss where the baseline is one,
 *     which the job's own loss need not be
 * @param baselineLoss of always predicting how frequent each class is
 * @param baselineAccuracy of always predicting the most frequent class
 */
@Serdeable
record HistoryPoint(
    long timeMillis,
    double samplesPerSecond,
    @Nullable Double loss,
    @Nullable Double baselineLoss,
    @Nullable Double accuracy,
    @Nullable Double baselineAccuracy,
    @Nullable Double auc,
    int ringOccupiedSlots,
    @Nullable Long lagRecords) {

  static HistoryPoint of(JobStatus status) {
    SortedMap<String, Double> window = status.metrics().window();
    SortedMap<String, Double> baselines = status.metrics().baselines();
    Double baseRate = baselines.get("baseRateLogLoss");
    return new HistoryPoint(
        status.timeMillis(),
        status.progress().samplesPerSecond(),
        baseRate == null ? window.get("loss") : window.get("logLoss"),
        baseRate,
        window.get("accuracy"),
        baselines.get("majorityClassAccuracy"),
        window.get("auc"),
        status.flow().ringOccupiedSlots(),
        status.lagRecords());
  }
}
