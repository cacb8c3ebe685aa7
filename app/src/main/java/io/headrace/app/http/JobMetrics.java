package io.headrace.app.http;

import io.headrace.app.http.JobStatus.Partition;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.micronaut.context.annotation.Context;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import jakarta.annotation.PostConstruct;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The job's part of {@code /prometheus}. One status answers a whole scrape, so the figures of a
 * scrape are of the same moment and add up; partitions and reasons come and go as they do in the
 * status. Thread-safe.
 */
@Context
final class JobMetrics implements MultiCollector {
  private final JobStatusSource source;
  private final PrometheusMeterRegistry registry;

  JobMetrics(JobStatusSource source, PrometheusMeterRegistry registry) {
    this.source = source;
    this.registry = registry;
  }

  @PostConstruct
  void register() {
    registry.getPrometheusRegistry().register(this);
  }

  @Override
  public MetricSnapshots collect() {
    JobStatus status = source.status();
    var families = MetricSnapshots.builder();
    samples(status, families);
    quality(status.metrics(), families);
    calibration(status.metrics().calibration(), families);
    flow(status, families);
    checkpoints(status.checkpoints(), families);
    if (status.predictions() != null) {
      predictions(status.predictions(), families);
    }
    return families.build();
  }

  private static void samples(JobStatus status, MetricSnapshots.Builder families) {
    var samples =
        MetricFamily.counter("headrace_samples", "Records settled, by what became of them");
    for (Partition row : status.partitions()) {
      samples
          .add(row.trained(), "partition", row.partition(), "outcome", "trained")
          .add(row.rejected(), "partition", row.partition(), "outcome", "rejected")
          .add(row.filtered(), "partition", row.partition(), "outcome", "filtered");
    }
    var lost =
        MetricFamily.counter(
            "headrace_lost_positions", "Positions gone from the source before they were read");
    status.partitions().forEach(row -> lost.add(row.lost(), "partition", row.partition()));
    var rejections = MetricFamily.counter("headrace_rejections", "Records rejected, by reason");
    status.ledger().rejectionsByReason().forEach((why, n) -> rejections.add(n, "reason", why));
    var learningRate = MetricFamily.gauge("headrace_learning_rate", "Learning rate, lately");
    Double rate = status.progress().learningRate();
    if (rate != null) {
      learningRate.add(rate.doubleValue());
    }
    families
        .metricSnapshot(learningRate.snapshot())
        .metricSnapshot(samples.snapshot())
        .metricSnapshot(rejections.snapshot())
        .metricSnapshot(lost.snapshot())
        .metricSnapshot(
            MetricFamily.counter("headrace_records_read", "Records read from the source")
                .add(status.ledger().read())
                .snapshot())
        .metricSnapshot(
            MetricFamily.gauge("headrace_in_flight_records", "Records read and not yet settled")
                .add(status.ledger().inFlight())
                .snapshot())
        .metricSnapshot(
            MetricFamily.gauge("headrace_samples_per_second", "Samples trained a second, lately")
                .add(status.progress().samplesPerSecond())
                .snapshot())
        .metricSnapshot(
            MetricFamily.counter("headrace_steps", "Training steps taken")
                .add(status.progress().step())
                .snapshot())
        .metricSnapshot(
            MetricFamily.gauge("headrace_step_seconds", "Mean duration of a step, lately")
                .add(status.progress().stepMillis() / 1000)
                .snapshot());
  }

  private static void quality(JobStatus.Metrics metrics, MetricSnapshots.Builder families) {
    var loss = MetricFamily.gauge("headrace_loss", "Mean loss, scored before learning");
    var metric = MetricFamily.gauge("headrace_metric", "Quality, scored before learning");
    Map.of("window", metrics.window(), "total", metrics.total())
        .forEach(
            (scope, values) ->
                values.forEach(
                    (name, value) -> {
                      if (name.equals("loss")) {
                        loss.add(value, "scope", scope);
                      } else {
                        metric.add(value, "name", name, "scope", scope);
                      }
                    }));
    var baseline = MetricFamily.gauge("headrace_baseline", "What predicting without skill scores");
    metrics.baselines().forEach((name, value) -> baseline.add(value, "name", name));
    if (metrics.privacy() != null) {
      privacy(metrics.privacy(), families);
    }
    families
        .metricSnapshot(loss.snapshot())
        .metricSnapshot(metric.snapshot())
        .metricSnapshot(baseline.snapshot())
        .metricSnapshot(
            MetricFamily.counter(
                    "headrace_metrics_conflated", "Events that newer ones took the place of")
                .add(metrics.conflated())
                .snapshot())
        .metricSnapshot(
            MetricFamily.counter("headrace_events_undelivered", "Events a sink failed to take")
                .add(metrics.undelivered())
                .snapshot());
  }

  private static void privacy(JobStatus.Privacy privacy, MetricSnapshots.Builder families) {
    if (privacy.epsilon() != null) {
      families.metricSnapshot(
          MetricFamily.gauge("headrace_privacy_epsilon", "Epsilon spent of the samples' privacy")
              .add(privacy.epsilon())
              .snapshot());
    }
    if (privacy.budget() != null) {
      families.metricSnapshot(
          MetricFamily.gauge("headrace_privacy_budget", "Epsilon that the job may spend")
              .add(privacy.budget())
              .snapshot());
    }
  }

  private static void calibration(
      JobStatus.@Nullable Calibration tables, MetricSnapshots.Builder families) {
    if (tables == null) {
      return;
    }
    var weight =
        MetricFamily.gauge("headrace_calibration_weight", "Samples by their probability, weighted");
    var predicted =
        MetricFamily.gauge("headrace_calibration_predicted", "Mean probability of a bin's samples");
    var observed =
        MetricFamily.gauge("headrace_calibration_observed", "Share of them that came true");
    Map.of("window", tables.window(), "total", tables.total())
        .forEach(
            (scope, bins) ->
                bins.forEach(
                    bin -> {
                      String[] labels = {"from", String.valueOf(bin.from()), "scope", scope};
                      weight.add(bin.weight(), labels);
                      predicted.add(bin.predicted(), labels);
                      observed.add(bin.observed(), labels);
                    }));
    families
        .metricSnapshot(weight.snapshot())
        .metricSnapshot(predicted.snapshot())
        .metricSnapshot(observed.snapshot());
  }

  private static void flow(JobStatus status, MetricSnapshots.Builder families) {
    var lag = MetricFamily.gauge("headrace_source_lag_records", "Records waiting at the source");
    for (Partition row : status.partitions()) {
      if (row.lagRecords() != null) {
        lag.add(row.lagRecords(), "partition", row.partition());
      }
    }
    var state =
        MetricFamily.gauge("headrace_state", "1 for the state that the job is in, 0 for others");
    for (JobState each : JobState.values()) {
      state.add(each == status.job().state() ? 1 : 0, "state", each.code());
    }
    families
        .metricSnapshot(state.snapshot())
        .metricSnapshot(
            MetricFamily.gauge(
                    "headrace_paused", "1 while the job reads no more until it is resumed")
                .add(status.job().state() == JobState.PAUSED ? 1 : 0)
                .snapshot())
        .metricSnapshot(lag.snapshot())
        .metricSnapshot(
            MetricFamily.gauge("headrace_ring_slots", "Mini-batch slots of the ring")
                .add(status.flow().ringSlots())
                .snapshot())
        .metricSnapshot(
            MetricFamily.gauge("headrace_ring_occupied_slots", "Slots filled and not yet trained")
                .add(status.flow().ringOccupiedSlots())
                .snapshot())
        .metricSnapshot(
            MetricFamily.gauge("headrace_demand_blocks", "Blocks asked of the source, not yet here")
                .add(status.flow().demandBlocks())
                .snapshot());
  }

  private static void checkpoints(
      JobStatus.Checkpoints checkpoints, MetricSnapshots.Builder families) {
    var age = MetricFamily.gauge("headrace_checkpoint_age_seconds", "Age of the last checkpoint");
    var bytes = MetricFamily.gauge("headrace_checkpoint_bytes", "Size of the last checkpoint");
    var seconds =
        MetricFamily.gauge("headrace_checkpoint_write_seconds", "What writing the last one took");
    if (checkpoints.last() != null) {
      seconds.add(checkpoints.last().millis() / 1000.0);
      age.add(checkpoints.last().ageSeconds());
      bytes.add(checkpoints.last().bytes());
    }
    families
        .metricSnapshot(age.snapshot())
        .metricSnapshot(bytes.snapshot())
        .metricSnapshot(seconds.snapshot())
        .metricSnapshot(
            MetricFamily.counter("headrace_checkpoint_failures", "Checkpoints not written")
                .add(checkpoints.failures())
                .snapshot())
        .metricSnapshot(
            MetricFamily.counter(
                    "headrace_checkpoints_put_off", "Checkpoints due while one was being written")
                .add(checkpoints.putOff())
                .snapshot())
        .metricSnapshot(
            MetricFamily.counter("headrace_checkpoints", "Checkpoints written by this run")
                .add(checkpoints.written())
                .snapshot());
  }

  private static void predictions(
      JobStatus.Predictions predictions, MetricSnapshots.Builder families) {
    families
        .metricSnapshot(
            MetricFamily.counter(
                    "headrace_predict_requests", "Requests for predictions, by outcome")
                .add(predictions.answered(), "outcome", "answered")
                .add(predictions.refused(), "outcome", "refused")
                .snapshot())
        .metricSnapshot(
            MetricFamily.counter("headrace_predicted_rows", "Rows predicted")
                .add(predictions.rows())
                .snapshot())
        .metricSnapshot(
            MetricFamily.gauge("headrace_predict_step", "Step of the copy that predicts")
                .add(predictions.step())
                .snapshot());
  }
}
