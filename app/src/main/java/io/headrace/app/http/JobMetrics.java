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
 * The jobs' part of {@code /prometheus}. One status of each answers a whole scrape, so its figures
 * are of the same moment and add up; partitions and reasons come and go as they do in the status.
 * Thread-safe.
 */
@Context
final class JobMetrics implements MultiCollector {
  private final ServedJobs jobs;
  private final PrometheusMeterRegistry registry;

  JobMetrics(ServedJobs jobs, PrometheusMeterRegistry registry) {
    this.jobs = jobs;
    this.registry = registry;
  }

  @PostConstruct
  void register() {
    registry.getPrometheusRegistry().register(this);
  }

  @Override
  public MetricSnapshots collect() {
    var families = new MetricFamilies();
    for (ServedJob job : jobs.all()) {
      JobStatus status = job.status().status();
      families.of(job.name());
      samples(status, families);
      quality(status.metrics(), families);
      calibration(status.metrics().calibration(), families);
      flow(status, families);
      checkpoints(status.checkpoints(), families);
      if (status.archive() != null) {
        archive(status.archive(), families);
      }
      if (status.predictions() != null) {
        predictions(status.predictions(), families);
      }
      if (status.following() != null) {
        following(status.following(), families);
      }
    }
    return families.snapshots();
  }

  private static void samples(JobStatus status, MetricFamilies families) {
    var samples = families.counter("headrace_samples", "Records settled, by what became of them");
    for (Partition row : status.partitions()) {
      samples
          .add(row.trained(), "partition", row.partition(), "outcome", "trained")
          .add(row.rejected(), "partition", row.partition(), "outcome", "rejected")
          .add(row.filtered(), "partition", row.partition(), "outcome", "filtered");
    }
    var lost =
        families.counter(
            "headrace_lost_positions", "Positions gone from the source before they were read");
    status.partitions().forEach(row -> lost.add(row.lost(), "partition", row.partition()));
    var rejections = families.counter("headrace_rejections", "Records rejected, by reason");
    status.ledger().rejectionsByReason().forEach((why, n) -> rejections.add(n, "reason", why));
    var learningRate = families.gauge("headrace_learning_rate", "Learning rate, lately");
    Double rate = status.progress().learningRate();
    if (rate != null) {
      learningRate.add(rate.doubleValue());
    }
    families
        .counter("headrace_records_read", "Records read from the source")
        .add(status.ledger().read());
    families
        .gauge("headrace_in_flight_records", "Records read and not yet settled")
        .add(status.ledger().inFlight());
    families
        .gauge("headrace_samples_per_second", "Samples trained a second, lately")
        .add(status.progress().samplesPerSecond());
    families.counter("headrace_steps", "Training steps taken").add(status.progress().step());
    families
        .gauge(
            "headrace_decode_seconds", "Time to decode a batch's records, on all threads, lately")
        .add(status.progress().decodeMillis() / 1000);
    Double norm = status.progress().gradientNorm();
    if (norm != null) {
      families
          .gauge("headrace_gradient_norm", "L2 norm of a late gradient, before it was scaled")
          .add(norm.doubleValue());
    }
    families
        .gauge("headrace_step_seconds", "Mean duration of a step, lately")
        .add(status.progress().stepMillis() / 1000);
    families
        .gauge("headrace_step_part_seconds", "Where the trainer's time goes, a step, lately")
        .add(status.progress().waitMillis() / 1000, "part", "wait")
        .add(status.progress().stepMillis() / 1000, "part", "train")
        .add(status.progress().checkpointMillis() / 1000, "part", "checkpoint")
        .add(status.progress().betweenMillis() / 1000, "part", "other");
  }

  private static void quality(JobStatus.Metrics metrics, MetricFamilies families) {
    var loss = families.gauge("headrace_loss", "Mean loss, scored before learning");
    var metric = families.gauge("headrace_metric", "Quality, scored before learning");
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
    var baseline = families.gauge("headrace_baseline", "What predicting without skill scores");
    metrics.baselines().forEach((name, value) -> baseline.add(value, "name", name));
    if (metrics.privacy() != null) {
      privacy(metrics.privacy(), families);
    }
    families
        .counter("headrace_drifts", "Times that a figure of the learning rose beyond chance")
        .add(metrics.drifts());
    families
        .counter("headrace_metrics_conflated", "Events that newer ones took the place of")
        .add(metrics.conflated());
    families
        .counter("headrace_events_undelivered", "Events a sink failed to take")
        .add(metrics.undelivered());
  }

  private static void privacy(JobStatus.Privacy privacy, MetricFamilies families) {
    if (privacy.epsilon() != null) {
      families
          .gauge("headrace_privacy_epsilon", "Epsilon spent of the samples' privacy")
          .add(privacy.epsilon());
    }
    if (privacy.budget() != null) {
      families
          .gauge("headrace_privacy_budget", "Epsilon that the job may spend")
          .add(privacy.budget());
    }
  }

  private static void calibration(JobStatus.@Nullable Calibration tables, MetricFamilies families) {
    if (tables == null) {
      return;
    }
    var weight =
        families.gauge("headrace_calibration_weight", "Samples by their probability, weighted");
    var predicted =
        families.gauge("headrace_calibration_predicted", "Mean probability of a bin's samples");
    var observed = families.gauge("headrace_calibration_observed", "Share of them that came true");
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
  }

  private static void flow(JobStatus status, MetricFamilies families) {
    var lag = families.gauge("headrace_source_lag_records", "Records waiting at the source");
    for (Partition row : status.partitions()) {
      if (row.lagRecords() != null) {
        lag.add(row.lagRecords(), "partition", row.partition());
      }
    }
    var state =
        families.gauge("headrace_state", "1 for the state that the job is in, 0 for others");
    for (JobState each : JobState.values()) {
      state.add(each == status.job().state() ? 1 : 0, "state", each.code());
    }
    families
        .gauge("headrace_paused", "1 while the job reads no more until it is resumed")
        .add(status.job().state() == JobState.PAUSED ? 1 : 0);
    families
        .gauge("headrace_ring_slots", "Mini-batch slots of the ring")
        .add(status.flow().ringSlots());
    families
        .gauge("headrace_ring_occupied_slots", "Slots filled and not yet trained")
        .add(status.flow().ringOccupiedSlots());
    families
        .gauge("headrace_demand_blocks", "Blocks asked of the source, not yet here")
        .add(status.flow().demandBlocks());
  }

  private static void checkpoints(JobStatus.Checkpoints checkpoints, MetricFamilies families) {
    var age = families.gauge("headrace_checkpoint_age_seconds", "Age of the last checkpoint");
    var bytes = families.gauge("headrace_checkpoint_bytes", "Size of the last checkpoint");
    var seconds =
        families.gauge("headrace_checkpoint_write_seconds", "What writing the last one took");
    if (checkpoints.last() != null) {
      seconds.add(checkpoints.last().millis() / 1000.0);
      age.add(checkpoints.last().ageSeconds());
      bytes.add(checkpoints.last().bytes());
    }
    families
        .counter("headrace_checkpoint_failures", "Checkpoints not written")
        .add(checkpoints.failures());
    families
        .counter("headrace_checkpoints_put_off", "Checkpoints due while one was being written")
        .add(checkpoints.putOff());
    families
        .counter("headrace_checkpoints", "Checkpoints written by this run")
        .add(checkpoints.written());
    if (checkpoints.announced() != null) {
      announcements(checkpoints.announced(), families);
    }
  }

  private static void announcements(JobStatus.Announced announced, MetricFamilies families) {
    families
        .counter("headrace_announcements", "Models announced, by outcome")
        .add(announced.sent(), "outcome", "sent")
        .add(announced.superseded(), "outcome", "superseded");
    families
        .counter("headrace_announcement_failures", "Attempts to announce that failed")
        .add(announced.failures());
    families
        .gauge("headrace_announced_step", "Step of the newest model announced")
        .add(announced.step());
  }

  private static void following(JobStatus.Following following, MetricFamilies families) {
    families
        .counter("headrace_follow_models", "Models of a job trained elsewhere, by outcome")
        .add(following.taken(), "outcome", "taken")
        .add(following.failures(), "outcome", "failed")
        .add(following.refused(), "outcome", "refused");
    var announcements =
        families.counter(
            "headrace_follow_announcements_refused", "Announcements not followed, by reason");
    following
        .announcementsRefused()
        .forEach((reason, count) -> announcements.add(count, "reason", reason));
    families
        .gauge("headrace_follow_lag_seconds", "Since when a newer model than the served is known")
        .add(following.lagSeconds());
    var samples =
        families.gauge("headrace_follow_lag_samples", "Samples that the newest has learned more");
    if (following.lagSamples() != null) {
      samples.add(following.lagSamples().doubleValue());
    }
    var age = families.gauge("headrace_follow_model_age_seconds", "Age of the model served");
    if (following.served() != null) {
      age.add(following.served().ageSeconds());
    }
    families
        .gauge("headrace_follow_source_up", "1 if it is known which model is the newest")
        .add(following.sourceUp() ? 1 : 0);
  }

  private static void archive(JobStatus.Archive archive, MetricFamilies families) {
    families.counter("headrace_archive_samples", "Samples archived").add(archive.samples());
    families
        .counter("headrace_archive_missing_samples", "Samples that could not be archived")
        .add(archive.missing());
    families
        .counter("headrace_archive_bytes", "Bytes that archived samples took")
        .add(archive.bytes());
    families
        .counter("headrace_archive_wait_seconds", "Time that training waited for the archive")
        .add(archive.waitedSeconds());
  }

  private static void predictions(JobStatus.Predictions predictions, MetricFamilies families) {
    families
        .counter("headrace_predict_requests", "Requests for predictions, by outcome")
        .add(predictions.answered(), "outcome", "answered")
        .add(predictions.refused(), "outcome", "refused");
    families.counter("headrace_predicted_rows", "Rows predicted").add(predictions.rows());
    families
        .gauge("headrace_predict_step", "Step of the copy that predicts")
        .add(predictions.step());
  }
}
