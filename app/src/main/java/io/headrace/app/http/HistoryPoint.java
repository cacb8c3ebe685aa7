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
 * @param gradientNorm of a late step
 * @param epsilon spent of the samples' privacy
 * @param epsilonBudget that the job may spend
 * @param validationLoss over the held-out samples at the last look, of the same kind as loss
 * @param validationAccuracy over the held-out samples at the last look
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
    @Nullable Double gradientNorm,
    @Nullable Double learningRate,
    @Nullable Double epsilon,
    @Nullable Double epsilonBudget,
    @Nullable Double validationLoss,
    @Nullable Double validationAccuracy,
    int ringOccupiedSlots,
    @Nullable Long lagRecords) {

  static HistoryPoint of(JobStatus status) {
    SortedMap<String, Double> window = status.metrics().window();
    SortedMap<String, Double> baselines = status.metrics().baselines();
    SortedMap<String, Double> validation = status.metrics().validation();
    JobStatus.Privacy privacy = status.metrics().privacy();
    Double baseRate = baselines.get("baseRateLogLoss");
    String loss = baseRate == null ? "loss" : "logLoss";
    return new HistoryPoint(
        status.timeMillis(),
        status.progress().samplesPerSecond(),
        window.get(loss),
        baseRate,
        window.get("accuracy"),
        baselines.get("majorityClassAccuracy"),
        window.get("auc"),
        status.progress().gradientNorm(),
        status.progress().learningRate(),
        privacy == null ? null : privacy.epsilon(),
        privacy == null ? null : privacy.budget(),
        validation.get(loss),
        validation.get("accuracy"),
        status.flow().ringOccupiedSlots(),
        status.lagRecords());
  }
}
