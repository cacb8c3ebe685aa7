package io.headrace.pipeline.job;

import io.headrace.engine.StepResult;
import io.headrace.engine.Trainer;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.ingest.file.FollowedSource;
import io.headrace.ingest.kafka.KafkaSampleSource;
import io.headrace.ingest.kafka.KafkaSourceStatus;
import io.headrace.ingest.order.StreamShuffledSource;
import io.headrace.ingest.push.PushIntake;
import io.headrace.ingest.push.PushSampleSource;
import io.headrace.pipeline.RunPace;
import io.headrace.pipeline.TrainingPlan;
import io.headrace.pipeline.TrainingRun;
import io.headrace.pipeline.TrainingSettings;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.pipeline.ValidationPlan;
import io.headrace.pipeline.serve.LiveModel;
import io.headrace.pipeline.transform.Transform;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.EventSink;
import io.headrace.sink.seal.FileSeal;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;

/**
 * A job that runs: its parts made and joined, resumed from its newest checkpoint. Thread-safe, but
 * for {@link #trainer}, which is the run's own until it has ended. Whoever starts it closes it.
 */
public final class JobRun implements AutoCloseable {
  private final JobSpec job;
  private final Trainer trainer;
  private final SampleSource source;
  private final JobSinks sinks;
  private final TrainingRun run;
  private final Optional<LiveModel> live;

  /**
   * What is asked of a run besides its job.
   *
   * @param sinks for events, besides those that the job names
   * @param stopAfterSamples trained samples, resumed ones included, after which the run ends
   * @param afterStep told of each step on the trainer's thread, which it holds up
   * @param texts given what the job lets the model write, on the trainer's thread
   * @param weightsOnly present: where the newest checkpoint was made by a job that learned
   *     something else, its weights are taken, as far as names and shapes agree, and this is told
   *     what differs, what was taken and what was left
   */
  public record Options(
      List<EventSink> sinks,
      OptionalLong stopAfterSamples,
      Consumer<StepResult> afterStep,
      Consumer<GeneratedText> texts,
      Optional<Consumer<String>> weightsOnly) {
    /** Options of a run that goes on from checkpoints of its own job only. */
    public Options(
        List<EventSink> sinks,
        OptionalLong stopAfterSamples,
        Consumer<StepResult> afterStep,
        Consumer<GeneratedText> texts) {
      this(sinks, stopAfterSamples, afterStep, texts, Optional.empty());
    }

    /** Options of such a run whose texts nobody reads. */
    public Options(
        List<EventSink> sinks, OptionalLong stopAfterSamples, Consumer<StepResult> afterStep) {
      this(sinks, stopAfterSamples, afterStep, text -> {});
    }

    public static final Options NONE = new Options(List.of(), OptionalLong.empty(), step -> {});
  }

  private JobRun(
      JobSpec job,
      Trainer trainer,
      SampleSource source,
      JobSinks sinks,
      TrainingRun run,
      Optional<LiveModel> live) {
    this.job = job;
    this.trainer = trainer;
    this.source = source;
    this.sinks = sinks;
    this.run = run;
    this.live = live;
  }

  /**
   * Makes the job's parts and starts training.
   *
   * @throws io.headrace.engine.error.HeadraceException if a part cannot be made, or the newest
   *     checkpoint belongs to a job that learns something else; the message says what differs
   */
  public static JobRun start(JobSpec job, Options options) {
    SampleSource source = JobSources.plain(job, job.source());
    SampleSource ordered = JobSources.training(job, source);
    var vocabularies = GrowingVocabularies.of(job.sample());
    JobSpec learning = job.withSample(vocabularies.learning());
    JobSpec scoring = job.withSample(vocabularies.scoring());
    var alerts = new JobAlerts(job.name());
    var decoders = JobDecoders.of(learning, "source", job.source(), alerts);
    List<Transform> transforms = new ArrayList<>(JobValidation.training(job));
    transforms.addAll(JobTransforms.of(job).transforms());
    Optional<ValidationPlan> validation = JobValidation.plan(scoring);
    Trainer trainer = job.newTrainer();
    var sinks =
        new JobSinks(
            job,
            options.sinks(),
            () -> trainer.snapshot(job.name(), 0).with(GrowingVocabularies.STATE, vocabularies),
            options.weightsOnly());
    alerts.passTo(sinks.events());
    JobSources.topic(source).ifPresent(kafka -> kafka.alertTo(alerts));
    if (source instanceof FollowedSource followed) {
      followed.alertTo(alerts);
    }
    try {
      TrainingRun run =
          TrainingRun.start(
              new TrainingPlan(
                  job.name(),
                  job.sample().schema(),
                  ordered,
                  decoders,
                  transforms,
                  trainer,
                  vocabularies,
                  TopicCheckpoints.of(source, sinks.checkpoints()),
                  sinks.journal(),
                  sinks.deadLetters(),
                  sinks.events(),
                  positions -> {
                    JobSources.topic(source)
                        .ifPresent(
                            kafka ->
                                kafka.commit(
                                    ordered instanceof StreamShuffledSource shuffled
                                        ? shuffled.starts(positions)
                                        : positions));
                  },
                  afterStep(job, trainer, options),
                  InstantSource.system(),
                  validation,
                  settings(job, options)));
      Optional<LiveModel> live =
          job.serve().map(settings -> JobServing.of(job, settings, run, vocabularies));
      return new JobRun(scoring, trainer, source, sinks, run, live);
    } catch (RuntimeException e) {
      trainer.close();
      sinks.close();
      close(source);
      throw e;
    }
  }

  public JobSpec job() {
    return job;
  }

  /** What learns: for use once the run has ended. */
  public Trainer trainer() {
    return trainer;
  }

  public TrainingStatus status() {
    return run.status();
  }

  /** How what the run keeps comes to the disk and back. */
  public FileSeal seal() {
    return sinks.seal();
  }

  /** How fast the run was so far. */
  public RunPace pace() {
    return run.pace();
  }

  /** How the Kafka source is doing; empty for other sources. */
  public Optional<KafkaSourceStatus> kafka() {
    return JobSources.topic(source).map(KafkaSampleSource::status);
  }

  /** What takes pushed samples in; empty for other sources. */
  public Optional<PushIntake> intake() {
    return source instanceof PushIntake intake ? Optional.of(intake) : Optional.empty();
  }

  /** The source, where it is one whose samples are pushed and kept in a log. */
  public Optional<PushSampleSource> push() {
    return source instanceof PushSampleSource push ? Optional.of(push) : Optional.empty();
  }

  /** Predicts by the model while it is learned; empty unless the job asks for that. */
  public Optional<LiveModel> live() {
    return live;
  }

  /**
   * Returns when all letters written so far can be read.
   *
   * @throws io.headrace.engine.error.HeadraceException if that cannot be
   */
  public void flushDeadLetters() {
    State state = run.status().state();
    if (state == State.RUNNING || state == State.PAUSED) { // the end has flushed them
      sinks.deadLetters().flush();
    }
  }

  /** Events that a slow sink never saw, because newer ones took their place. */
  public long eventsConflated() {
    return sinks.events().conflated();
  }

  /** Events that a sink failed to take. */
  public long eventsFailed() {
    return sinks.events().failures();
  }

  /** Asks for the end and returns at once; see {@link TrainingRun#stop}. */
  public void stop() {
    run.stop();
  }

  /** Reads no more until it is resumed; see {@link TrainingRun#pause}. */
  public boolean pause() {
    return run.pause();
  }

  /** Writes a checkpoint now; see {@link TrainingRun#checkpoint}. */
  public Optional<CheckpointStore.Entry> checkpoint() {
    return run.checkpoint();
  }

  /** Reads on behind a pause; see {@link TrainingRun#resume}. */
  public boolean resume() {
    return run.resume();
  }

  /** Waits for the end; see {@link TrainingRun#await}. */
  public TrainingStatus await() {
    return run.await();
  }

  /** Scores on the job's test source, after the end; empty if it names none. */
  public Optional<HeldOut.Scores> test() {
    return job.test().map(test -> HeldOut.evaluate(job, "test", test, trainer));
  }

  @Override
  public void close() {
    live.ifPresent(LiveModel::close);
    run.close();
    trainer.close();
    sinks.close();
    close(source);
  }

  private static void close(SampleSource source) {
    if (source instanceof PushIntake intake) {
      intake.close();
    }
  }

  private static Consumer<StepResult> afterStep(JobSpec job, Trainer trainer, Options options) {
    return job.generate()
        .map(settings -> writing(job, settings, trainer, options))
        .orElse(options.afterStep());
  }

  private static Consumer<StepResult> writing(
      JobSpec job, GenerateSettings settings, Trainer trainer, Options options) {
    return new TextGenerator(job, settings, trainer, options.texts()).andThen(options.afterStep());
  }

  private static TrainingSettings settings(JobSpec job, Options options) {
    return new TrainingSettings(
        job.batch(),
        job.engine().decoders(),
        job.metrics().windowSamples(),
        job.checkpoints().directory().isPresent()
            ? job.checkpoints().everySamples()
            : Long.MAX_VALUE,
        options.stopAfterSamples(),
        job.rejectionLimit().limit(JobSources.ends(job)));
  }
}
