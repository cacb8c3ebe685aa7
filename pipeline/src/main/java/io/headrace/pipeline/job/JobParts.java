package io.headrace.pipeline.job;

import io.headrace.engine.StepResult;
import io.headrace.engine.Trainer;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.ingest.file.FollowedSource;
import io.headrace.ingest.order.StreamShuffledSource;
import io.headrace.ingest.push.PushIntake;
import io.headrace.pipeline.TrainingPlan;
import io.headrace.pipeline.TrainingRun;
import io.headrace.pipeline.TrainingSettings;
import io.headrace.pipeline.ValidationPlan;
import io.headrace.pipeline.serve.LiveModel;
import io.headrace.pipeline.transform.Transform;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * What a job's run is made of, joined and started. Thread-safe, but for {@code trainer}, which is
 * the run's own until it has ended. Whoever starts it closes it.
 *
 * @param job with vocabularies as they are scored by
 * @param live predicts by the model while it is learned; empty unless the job asks for that
 */
record JobParts(
    JobSpec job,
    Trainer trainer,
    SampleSource source,
    JobSinks sinks,
    TrainingRun run,
    JobTraces traces,
    Optional<LiveModel> live)
    implements AutoCloseable {

  /**
   * Makes the job's parts and starts training.
   *
   * @param backTo checkpoint to go on from, instead of the newest, if any
   * @param paused whether to read nothing before the run is resumed
   */
  static JobParts start(
      JobSpec job, JobRun.Options options, Optional<String> backTo, boolean paused) {
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
    Trainer trainer = job.newTrainer(job.copyRoom());
    var sinks =
        new JobSinks(
            job,
            options.sinks(),
            () -> trainer.snapshot(job.name(), 0).with(GrowingVocabularies.STATE, vocabularies),
            options.weightsOnly(),
            backTo);
    alerts.passTo(sinks.events());
    var traces = JobTraces.of(job);
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
                  sinks.archive(),
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
                  traces.chunks(),
                  settings(job, options)),
              paused);
      Optional<LiveModel> live =
          job.serve().map(settings -> JobServing.of(job, settings, run, vocabularies));
      return new JobParts(scoring, trainer, source, sinks, run, traces, live);
    } catch (RuntimeException e) {
      trainer.close();
      traces.close();
      sinks.close();
      close(source);
      throw e;
    }
  }

  @Override
  public void close() {
    live.ifPresent(LiveModel::close);
    run.close();
    trainer.close();
    traces.close();
    sinks.close();
    close(source);
  }

  private static void close(SampleSource source) {
    if (source instanceof PushIntake intake) {
      intake.close();
    }
  }

  private static Consumer<StepResult> afterStep(
      JobSpec job, Trainer trainer, JobRun.Options options) {
    return job.generate()
        .map(settings -> writing(job, settings, trainer, options))
        .orElse(options.afterStep());
  }

  private static Consumer<StepResult> writing(
      JobSpec job, GenerateSettings settings, Trainer trainer, JobRun.Options options) {
    return new TextGenerator(job, settings, trainer, options.texts()).andThen(options.afterStep());
  }

  private static TrainingSettings settings(JobSpec job, JobRun.Options options) {
    return new TrainingSettings(
        job.batch(),
        job.engine().decoders(),
        job.metrics().windowSamples(),
        job.metrics().driftAbove(),
        job.checkpoints().directory().isPresent()
            ? job.checkpoints().everySamples()
            : Long.MAX_VALUE,
        options.stopAfterSamples(),
        job.rejectionLimit().limit(JobSources.ends(job)));
  }
}
