package io.headrace.sink.kafka;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.TrainEvent.Alert;
import io.headrace.engine.TrainEvent.CheckpointWritten;
import io.headrace.engine.TrainEvent.Drifted;
import io.headrace.engine.TrainEvent.MetricsTaken;
import io.headrace.engine.TrainEvent.Validated;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.ValidationScores;
import io.headrace.engine.metric.Calibration;
import io.headrace.engine.metric.Drift;
import io.headrace.engine.privacy.PrivacySpent;
import io.headrace.engine.sample.Ledger;
import io.headrace.schemas.CalibrationBin;
import io.headrace.schemas.CheckpointAnnouncement;
import io.headrace.schemas.DriftRecord;
import io.headrace.schemas.OperatorAlert;
import io.headrace.schemas.PartitionLedger;
import io.headrace.schemas.PrivacySpentRecord;
import io.headrace.schemas.TrainingMetricsRecord;
import io.headrace.schemas.ValidationRecord;
import java.time.Instant;
import java.util.List;
import org.apache.avro.specific.SpecificRecord;

/** Events as the records of the metrics topic. */
final class EventRecords {
  private EventRecords() {}

  static String job(TrainEvent event) {
    return switch (event) {
      case MetricsTaken(TrainingMetrics metrics) -> metrics.job();
      case Validated(ValidationScores scores) -> scores.job();
      case CheckpointWritten written -> written.job();
      case Drifted drifted -> drifted.job();
      case Alert alert -> alert.job();
    };
  }

  static SpecificRecord of(TrainEvent event) {
    return switch (event) {
      case MetricsTaken(TrainingMetrics metrics) -> metrics(metrics);
      case Validated(ValidationScores scores) ->
          new ValidationRecord(
              scores.job(),
              scores.step(),
              Instant.ofEpochMilli(scores.timeMillis()),
              scores.trained(),
              scores.scores(),
              scores.metric(),
              scores.isBest(),
              scores.bestStep());
      case CheckpointWritten written ->
          new CheckpointAnnouncement(
              written.job(),
              written.name(),
              written.step(),
              Instant.ofEpochMilli(written.timeMillis()),
              written.bytes(),
              written.millis());
      case Drifted(String job, Drift drift, long step, long timeMillis) ->
          new DriftRecord(
              job,
              step,
              Instant.ofEpochMilli(timeMillis),
              drift.what(),
              drift.before(),
              drift.now(),
              drift.threshold(),
              drift.samples());
      case Alert alert ->
          new OperatorAlert(
              alert.job(), alert.code(), alert.message(), Instant.ofEpochMilli(alert.timeMillis()));
    };
  }

  private static TrainingMetricsRecord metrics(TrainingMetrics metrics) {
    TrainingMetricsRecord.Builder message =
        TrainingMetricsRecord.newBuilder()
            .setJob(metrics.job())
            .setStep(metrics.step())
            .setTakenAt(Instant.ofEpochMilli(metrics.timeMillis()))
            .setSamplesPerSecond(metrics.samplesPerSecond())
            .setLearningRate(metrics.learningRate())
            .setLedger(ledger(metrics.ledger()))
            .setWindow(metrics.window())
            .setTotal(metrics.total())
            .setBaselines(metrics.baselines())
            .setConfusion(metrics.confusion())
            .setWindowCalibration(bins(metrics.calibration().window()))
            .setTotalCalibration(bins(metrics.calibration().total()));
    metrics.privacy().ifPresent(spent -> message.setPrivacy(privacy(spent)));
    return message.build();
  }

  private static PrivacySpentRecord privacy(PrivacySpent spent) {
    PrivacySpentRecord.Builder message =
        PrivacySpentRecord.newBuilder().setEpsilon(spent.epsilon()).setDelta(spent.delta());
    if (Double.isFinite(spent.budget())) {
      message.setBudget(spent.budget());
    }
    return message.build();
  }

  private static List<CalibrationBin> bins(List<Calibration.Bin> bins) {
    return bins.stream()
        .map(
            bin ->
                new CalibrationBin(
                    bin.from(), bin.to(), bin.weight(), bin.predicted(), bin.observed()))
        .toList();
  }

  private static List<PartitionLedger> ledger(Ledger ledger) {
    return ledger.entries().entrySet().stream()
        .map(
            entry ->
                new PartitionLedger(
                    entry.getKey().source(),
                    entry.getKey().partition(),
                    entry.getValue().nextPosition(),
                    entry.getValue().trained(),
                    entry.getValue().rejected(),
                    entry.getValue().filtered(),
                    entry.getValue().lost()))
        .toList();
  }
}
