package io.headrace.app.run;

import io.headrace.app.http.JobControl;
import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import io.headrace.app.http.JobStatusSource;
import io.headrace.app.http.ServedJob;
import io.headrace.app.http.ServedLetters;
import io.headrace.app.http.ServedPredictions;
import io.headrace.app.report.PrivacyReport;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.ValidationScores;
import io.headrace.engine.metric.Calibration;
import io.headrace.engine.privacy.PrivacySpent;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.kafka.KafkaSourceStatus;
import io.headrace.ingest.push.PushIntake;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.pipeline.serve.LiveModel;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.SampleArchive;
import io.headrace.sink.kafka.KafkaAnnouncer;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.SortedMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A run's status as the page and the API show it. Thread-safe. */
public final class RunView implements JobStatusSource, JobControl {
  /** Of a matrix that people can read. */
  private static final int MOST_CLASSES = 12;

  private static final int EVENTS_SHOWN = 20;

  private final JobRun run;
  private final LastCheckpoint checkpoints;
  private final String source;
  private final String model;

  /**
   * @param checkpoints one of the run's event sinks
   */
  public RunView(JobRun run, LastCheckpoint checkpoints) {
    this.run = run;
    this.checkpoints = checkpoints;
    this.source = Descriptions.source(run.job());
    this.model = Descriptions.model(run.job());
  }

  @Override
  public JobStatus status() {
    TrainingStatus status = run.status();
    Optional<KafkaSourceStatus> kafka = run.kafka();
    long pushed = run.push().map(source -> source.status().end()).orElse(-1L);
    return new JobStatus(
        System.currentTimeMillis(),
        new JobStatus.Job(
            status.job(),
            state(status.state()),
            message(status),
            source,
            model,
            status.runningMillis()),
        progress(status),
        new JobStatus.Account(
            status.recordsRead(),
            status.ledger().trained(),
            status.ledger().rejected(),
            status.ledger().filtered(),
            status.recordsInFlight(),
            status.ledger().lost(),
            status.rejectionsByReason()),
        partitions(status, kafka, pushed),
        metrics(status.metrics(), status.validation()),
        new JobStatus.Flow(status.ring().slots(), status.ring().occupied(), status.ring().demand()),
        new JobStatus.Checkpoints(
            checkpoints.written(),
            status.checkpointFailures(),
            status.checkpointsPutOff(),
            saved(status.checkpoint()),
            run.announcements().map(RunView::announced).orElse(null)),
        run.job().archive().map(settings -> archive(status.archive())).orElse(null),
        run.live().map(LiveModel::status).map(RunView::predictions).orElse(null),
        null,
        checkpoints.alerts().stream().limit(EVENTS_SHOWN).toList());
  }

  private static JobStatus.Archive archive(SampleArchive.Status status) {
    return new JobStatus.Archive(
        status.samples(), status.missing(), status.bytes(), status.waitedSeconds());
  }

  private static JobStatus.Predictions predictions(LiveModel.Status served) {
    return new JobStatus.Predictions(
        served.answered(), served.refused(), served.rows(), served.step());
  }

  private static JobStatus.Announced announced(KafkaAnnouncer.Status told) {
    return new JobStatus.Announced(told.sent(), told.superseded(), told.failures(), told.step());
  }

  /** All that a service is given of the run. */
  public ServedJob served() {
    return new Served();
  }

  /** Asks the run each time. */
  private final class Served implements ServedJob {
    @Override
    public String name() {
      return run.job().name();
    }

    @Override
    public JobStatusSource status() {
      return RunView.this;
    }

    @Override
    public JobControl control() {
      return RunView.this;
    }

    @Override
    public Optional<Path> checkpoints() {
      return run.job().checkpoints().directory();
    }

    @Override
    public FileSeal seal() {
      return run.seal();
    }

    @Override
    public Optional<PushIntake> intake() {
      return run.intake();
    }

    @Override
    public Optional<ServedPredictions> predictions() {
      JobSpec job = run.job();
      return run.live()
          .map(model -> new ServedPredictions(model, job.name(), job.sample().label().spec()));
    }

    @Override
    public Optional<ServedLetters> deadLetters() {
      return JobLetters.of(run);
    }

    @Override
    public List<JobStatus.Event> events() {
      return checkpoints.alerts();
    }
  }

  @Override
  public boolean pause() {
    return run.pause();
  }

  @Override
  public Optional<CheckpointStore.Entry> checkpoint() {
    return run.checkpoint();
  }

  /** A run is not started again: whoever started it waits for its end. */
  @Override
  public boolean start() {
    return false;
  }

  /** Returns at once: the process, which waits for the run's end, may end with it. */
  @Override
  public boolean stop() {
    boolean ongoing = run.status().state().ongoing();
    if (ongoing) {
      run.stop();
    }
    return ongoing;
  }

  @Override
  public void restore(String checkpoint) {
    run.restore(checkpoint);
  }

  @Override
  public boolean resume() {
    return run.resume();
  }

  private static String message(TrainingStatus status) {
    if (status.failure() != null) {
      return status.failure();
    }
    if (status.budgetSpent() && status.metrics() != null) {
      return status.metrics().privacy().map(PrivacySpent::message).orElse("");
    }
    return status.paused() == null ? "" : status.paused();
  }

  private static JobStatus.Progress progress(TrainingStatus status) {
    TrainingMetrics metrics = status.metrics();
    return new JobStatus.Progress(
        status.steps(),
        status.samplesPerSecond(),
        status.stepTimes().training(),
        status.stepTimes().waiting(),
        status.stepTimes().checkpointing(),
        status.stepTimes().between(),
        status.stepTimes().decoding(),
        finite(status.gradientNorm()),
        metrics == null ? null : metrics.learningRate());
  }

  private static @Nullable Double finite(OptionalDouble value) {
    return value.isPresent() && Double.isFinite(value.getAsDouble()) ? value.getAsDouble() : null;
  }

  private JobStatus.Metrics metrics(
      @Nullable TrainingMetrics metrics, @Nullable ValidationScores validation) {
    SortedMap<String, Double> none = Collections.emptySortedMap();
    long windowSamples = run.job().metrics().windowSamples();
    SortedMap<String, Double> heldOut = validation == null ? none : validation.scores();
    return metrics == null
        ? new JobStatus.Metrics(
            windowSamples,
            none,
            none,
            none,
            heldOut,
            null,
            null,
            null,
            checkpoints.drifts(),
            run.eventsConflated(),
            run.eventsFailed())
        : new JobStatus.Metrics(
            windowSamples,
            metrics.window(),
            metrics.total(),
            metrics.baselines(),
            heldOut,
            confusion(metrics.confusion()),
            metrics.privacy().map(RunView::privacy).orElse(null),
            calibration(metrics.calibration()),
            checkpoints.drifts(),
            run.eventsConflated(),
            run.eventsFailed());
  }

  private static JobStatus.Privacy privacy(PrivacySpent spent) {
    PrivacyReport finite = PrivacyReport.of(spent);
    return new JobStatus.Privacy(finite.epsilon(), finite.delta(), finite.budget());
  }

  private JobStatus.@Nullable Confusion confusion(List<Long> counts) {
    if (!(run.job().sample().label().spec() instanceof LabelSpec.Classes(List<String> names))
        || names.size() > MOST_CLASSES
        || counts.size() != names.size() * names.size()) {
      return null;
    }
    List<List<Long>> rows = new ArrayList<>();
    for (int from = 0; from < counts.size(); from += names.size()) {
      rows.add(List.copyOf(counts.subList(from, from + names.size())));
    }
    return new JobStatus.Confusion(names, rows);
  }

  private static JobStatus.@Nullable Calibration calibration(Calibration tables) {
    return tables.total().isEmpty()
        ? null
        : new JobStatus.Calibration(bins(tables.window()), bins(tables.total()));
  }

  private static List<JobStatus.CalibrationBin> bins(List<Calibration.Bin> bins) {
    return bins.stream()
        .map(
            bin ->
                new JobStatus.CalibrationBin(
                    bin.from(), bin.to(), bin.weight(), bin.predicted(), bin.observed()))
        .toList();
  }

  private JobStatus.@Nullable Saved saved(CheckpointStore.@Nullable Entry last) {
    if (last == null) {
      return null;
    }
    double ageSeconds =
        Math.max(0, System.currentTimeMillis() - last.createdAtMillis())
            / (double) TimeUnit.SECONDS.toMillis(1);
    return new JobStatus.Saved(
        last.name(), last.step(), ageSeconds, last.bytes(), checkpoints.millis());
  }

  private static List<JobStatus.Partition> partitions(
      TrainingStatus status, Optional<KafkaSourceStatus> kafka, long pushed) {
    List<JobStatus.Partition> rows = new ArrayList<>();
    status
        .ledger()
        .entries()
        .forEach(
            (partition, entry) ->
                rows.add(
                    new JobStatus.Partition(
                        partition.toString(),
                        entry.nextPosition(),
                        entry.trained(),
                        entry.rejected(),
                        entry.filtered(),
                        entry.lost(),
                        lag(kafka, pushed, partition, entry.nextPosition()))));
    return rows;
  }

  /**
   * Records behind the next position, those in flight included; null for sources without an end.
   */
  private static @Nullable Long lag(
      Optional<KafkaSourceStatus> kafka,
      long pushed,
      SourcePartition partition,
      long nextPosition) {
    if (pushed >= 0) {
      return Math.max(0, pushed - nextPosition);
    }
    if (kafka.isEmpty()) {
      return null;
    }
    for (KafkaSourceStatus.Partition read : kafka.get().partitions()) {
      if (read.partition() == partition.partition() && read.end() >= 0) {
        return Math.max(0, read.end() - nextPosition);
      }
    }
    return null;
  }

  private static JobState state(TrainingStatus.State state) {
    return switch (state) {
      case RUNNING -> JobState.RUNNING;
      case PAUSED -> JobState.PAUSED;
      case STOPPING -> JobState.DRAINING;
      case COMPLETED -> JobState.FINISHED;
      case STOPPED -> JobState.STOPPED;
      case FAILED -> JobState.FAILED;
      case RESTORING -> JobState.STARTING;
    };
  }
}
