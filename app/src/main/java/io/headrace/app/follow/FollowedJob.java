package io.headrace.app.follow;

import io.headrace.app.follow.ModelFollower.Standing;
import io.headrace.app.http.JobControl;
import io.headrace.app.http.JobState;
import io.headrace.app.http.JobStatus;
import io.headrace.app.http.JobStatusSource;
import io.headrace.app.http.ServedJob;
import io.headrace.app.http.ServedLetters;
import io.headrace.app.http.ServedPredictions;
import io.headrace.app.run.Descriptions;
import io.headrace.app.run.LastCheckpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.ingest.push.PushIntake;
import io.headrace.pipeline.job.CheckpointModel;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.pipeline.serve.FixedModel;
import io.headrace.pipeline.serve.RequestCounts;
import io.headrace.pipeline.serve.ServedModel;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A followed job as the page and the API show it. Thread-safe. */
final class FollowedJob implements ServedJob, JobControl {
  private static final int EVENTS_SHOWN = 20;

  private final JobSpec job;
  private final String news;
  private final ModelFollower follower;
  private final Optional<AnnouncementTrust> trust;
  private final RequestCounts counts;
  private final ServedModel none;
  private final LastCheckpoint events;
  private final long startedAtMillis = System.currentTimeMillis();
  private volatile boolean stopRequested;

  /**
   * @param news where news come from, for a person
   * @param trust which announcements are followed; empty for all
   * @param events remembers alerts
   */
  FollowedJob(
      JobSpec job,
      String news,
      ModelFollower follower,
      Optional<AnnouncementTrust> trust,
      RequestCounts counts,
      int maxRequestBytes,
      LastCheckpoint events) {
    this.job = job;
    this.news = news;
    this.follower = follower;
    this.trust = trust;
    this.counts = counts;
    this.none =
        FixedModel.none("No model has come yet. Ask again in a moment.", counts, maxRequestBytes);
    this.events = events;
  }

  boolean isStopRequested() {
    return stopRequested;
  }

  String line() {
    return message(follower.standing());
  }

  @Override
  public JobStatusSource status() {
    return this::shown;
  }

  private JobStatus shown() {
    Standing standing = follower.standing();
    long now = System.currentTimeMillis();
    long step = standing.served().map(model -> model.news().step()).orElse(0L);
    return JobStatus.of(
            new JobStatus.Job(
                job.name(),
                state(standing),
                message(standing),
                "models of " + news,
                standing.served().map(model -> Descriptions.model(model.model().job())).orElse(""),
                now - startedAtMillis))
        .following(
            following(standing, now),
            new JobStatus.Predictions(counts.answered(), counts.refused(), counts.rows(), step),
            events.alerts().stream().limit(EVENTS_SHOWN).toList());
  }

  private JobState state(Standing standing) {
    if (stopRequested) {
      return JobState.DRAINING;
    }
    if (follower.isHeld()) {
      return JobState.PAUSED;
    }
    return standing.served().isPresent() ? JobState.RUNNING : JobState.STARTING;
  }

  private String message(Standing standing) {
    String served =
        standing
            .served()
            .map(
                model ->
                    String.format(
                        Locale.ROOT,
                        "serves step %,d (%,d samples)",
                        model.news().step(),
                        model.samples()))
            .orElse("no model has come yet");
    String held = follower.isHeld() ? "; newer ones are not taken until it is resumed" : "";
    return standing.problem().isEmpty() ? served + held : served + held + ". " + standing.problem();
  }

  private JobStatus.Following following(Standing standing, long now) {
    return new JobStatus.Following(
        standing.served().map(model -> model(model.news(), model.samples(), now)).orElse(null),
        standing
            .newest()
            .map(newest -> model(newest, newest.samples().orElse(-1), now))
            .orElse(null),
        standing.behindSinceMillis() == 0
            ? 0
            : Math.max(0, now - standing.behindSinceMillis()) / 1000.0,
        lagSamples(standing),
        standing.taken(),
        standing.failures(),
        standing.refused(),
        refusals(),
        standing.heard());
  }

  private Map<String, Long> refusals() {
    Map<String, Long> all = new TreeMap<>();
    trust.ifPresent(of -> of.refused().forEach((why, count) -> all.put(why.code(), count)));
    return all;
  }

  private static @Nullable Long lagSamples(Standing standing) {
    if (standing.behindSinceMillis() == 0) {
      return standing.served().isPresent() ? 0L : null;
    }
    ModelNews newest = standing.newest().orElseThrow();
    if (newest.samples().isEmpty()) {
      return null;
    }
    long have = standing.served().map(FollowedModel::samples).orElse(0L);
    return Math.max(0, newest.samples().getAsLong() - have);
  }

  private static JobStatus.Model model(ModelNews news, long samples, long now) {
    return new JobStatus.Model(
        news.checkpoint(),
        news.step(),
        samples < 0 ? null : samples,
        Math.max(0, now - news.writtenAtMillis()) / 1000.0);
  }

  @Override
  public String name() {
    return job.name();
  }

  @Override
  public JobControl control() {
    return this;
  }

  /** They are the other process's. */
  @Override
  public Optional<Path> checkpoints() {
    return Optional.empty();
  }

  @Override
  public FileSeal seal() {
    return FileSeal.NONE;
  }

  @Override
  public Optional<PushIntake> intake() {
    return Optional.empty();
  }

  /** Model and label of one and the same checkpoint. */
  @Override
  public Optional<ServedPredictions> predictions() {
    return Optional.of(
        follower
            .standing()
            .served()
            .map(FollowedModel::model)
            .map(this::predictions)
            .orElseGet(() -> new ServedPredictions(none, job.name(), new LabelSpec.Numeric())));
  }

  private ServedPredictions predictions(CheckpointModel model) {
    return new ServedPredictions(model.model(), job.name(), model.job().sample().label().spec());
  }

  @Override
  public Optional<ServedLetters> deadLetters() {
    return Optional.empty();
  }

  @Override
  public List<JobStatus.Event> events() {
    return events.alerts();
  }

  /** Goes on with the model that is served, whatever comes. */
  @Override
  public boolean pause() {
    return follower.hold(true);
  }

  @Override
  public boolean resume() {
    return follower.hold(false);
  }

  @Override
  public boolean start() {
    return false;
  }

  /** Returns at once: the process ends. */
  @Override
  public boolean stop() {
    boolean news = !stopRequested;
    stopRequested = true;
    return news;
  }

  @Override
  public Optional<CheckpointStore.Entry> checkpoint() {
    return Optional.empty();
  }

  @Override
  public void restore(String checkpoint) {
    throw new HeadraceException(
        "This process follows the job and does not train it. Take the job back where it runs.");
  }
}
