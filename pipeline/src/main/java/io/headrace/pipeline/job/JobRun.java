package io.headrace.pipeline.job;

import io.headrace.engine.StepResult;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.Trainer;
import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.kafka.KafkaSampleSource;
import io.headrace.ingest.kafka.KafkaSourceStatus;
import io.headrace.ingest.push.PushIntake;
import io.headrace.ingest.push.PushSampleSource;
import io.headrace.pipeline.RunPace;
import io.headrace.pipeline.TrainingRun;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.pipeline.serve.LiveModel;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.EventSink;
import io.headrace.sink.kafka.KafkaAnnouncer;
import io.headrace.sink.seal.FileSeal;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A job that runs: resumed from its newest checkpoint, and taken back to an earlier one when
 * somebody asks for that. Thread-safe, but for {@link #trainer}, which is the run's own until it
 * has ended. Whoever starts it closes it.
 */
public final class JobRun implements AutoCloseable {
  private final JobSpec plan;
  private final Options options;

  /**
   * Held while parts are being replaced, so that stopping, closing and waiting are for the last.
   */
  private final Object lifecycle = new Object();

  private volatile JobParts parts;
  private volatile boolean restoring;
  private volatile @Nullable HeadraceException notRestored;

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

  private JobRun(JobSpec plan, Options options) {
    this.plan = plan;
    this.options = options;
    this.parts = JobParts.start(plan, options, Optional.empty(), false);
  }

  /**
   * Makes the job's parts and starts training.
   *
   * @throws HeadraceException if a part cannot be made, or the newest checkpoint belongs to a job
   *     that learns something else; the message says what differs
   */
  public static JobRun start(JobSpec job, Options options) {
    return new JobRun(job, options);
  }

  /**
   * Takes the job back to an earlier checkpoint, and returns once it goes on from there: as if it
   * had been stopped, the later checkpoints put aside, and started again. A paused job is paused
   * then, too.
   *
   * @param name of a checkpoint in the store
   * @throws HeadraceException if it cannot go back; it goes on as it was then, unless its parts
   *     could not be started again, which is how the run has ended then
   */
  public void restore(String name) {
    synchronized (lifecycle) {
      State state = parts.run().status().state();
      if (notRestored != null || (state != State.RUNNING && state != State.PAUSED)) {
        throw new HeadraceException(
            "The job is not running any more. Make the checkpoint the newest with headrace checkpoints restore, then start the job.");
      }
      if (plan.privacy().isPresent()) {
        throw new HeadraceException(
            "This job learns with privacy, and the account of what was spent would go back too, though what was learned since may have been seen. Whoever can vouch that it was not uses headrace checkpoints restore while the job is stopped.");
      }
      JobCheckpoints stored = parts.sinks().checkpoints();
      stored.hold(name); // the last checkpoint of the run could push it out
      long step = stored.readForThisJob(name).step();
      restoring = true;
      try {
        parts.close();
        parts = JobParts.start(plan, options, Optional.of(name), state == State.PAUSED);
        tellRestored(step);
      } catch (HeadraceException fault) {
        notRestored =
            new HeadraceException(
                "The job was stopped to go back to %s, and could not go on from there: %s"
                    .formatted(name, fault.getMessage()),
                fault);
        throw notRestored;
      } finally {
        restoring = false;
      }
    }
  }

  private void tellRestored(long step) {
    String aside =
        parts
            .sinks()
            .aside()
            .map(" Later checkpoints are in the folder %s beside it."::formatted)
            .orElse("");
    parts
        .sinks()
        .events()
        .accept(
            new TrainEvent.Alert(
                plan.name(),
                "restored",
                "The job was taken back to the checkpoint of step %d, and learns on from there."
                        .formatted(step)
                    + aside,
                InstantSource.system().millis()));
  }

  public JobSpec job() {
    return parts.job();
  }

  /** What learns: for use once the run has ended. */
  public Trainer trainer() {
    return parts.trainer();
  }

  public TrainingStatus status() {
    JobParts asked;
    TrainingStatus status;
    do {
      asked = parts;
      status = asked.run().status();
      if (restoring) {
        return status.as(State.RESTORING, null);
      }
    } while (areOthers(asked)); // or the end of a run that another follows would show
    HeadraceException fault = notRestored;
    return fault == null ? status : status.as(State.FAILED, fault.getMessage());
  }

  /** How what the run keeps comes to the disk and back. */
  public FileSeal seal() {
    return parts.sinks().seal();
  }

  /** How fast the run was so far. */
  public RunPace pace() {
    return parts.run().pace();
  }

  /** How the Kafka source is doing; empty for other sources. */
  public Optional<KafkaSourceStatus> kafka() {
    return JobSources.topic(parts.source()).map(KafkaSampleSource::status);
  }

  /** What takes pushed samples in; empty for other sources. */
  public Optional<PushIntake> intake() {
    return parts.source() instanceof PushIntake intake ? Optional.of(intake) : Optional.empty();
  }

  /** The source, where it is one whose samples are pushed and kept in a log. */
  public Optional<PushSampleSource> push() {
    return parts.source() instanceof PushSampleSource push ? Optional.of(push) : Optional.empty();
  }

  /** Predicts by the model while it is learned; empty unless the job asks for that. */
  public Optional<LiveModel> live() {
    return parts.live();
  }

  /**
   * Returns when all letters written so far can be read.
   *
   * @throws io.headrace.engine.error.HeadraceException if that cannot be
   */
  public void flushDeadLetters() {
    State state = status().state();
    if (state == State.RUNNING || state == State.PAUSED) { // the end has flushed them
      parts.sinks().deadLetters().flush();
    }
  }

  /** Events that a slow sink never saw, because newer ones took their place. */
  public long eventsConflated() {
    return parts.sinks().events().conflated();
  }

  /** Events that a sink failed to take. */
  public long eventsFailed() {
    return parts.sinks().events().failures();
  }

  /** What became of announcements of checkpoints; empty unless the job asks for them. */
  public Optional<KafkaAnnouncer.Status> announcements() {
    return parts.sinks().announcer().map(KafkaAnnouncer::status);
  }

  /** Asks for the end and returns at once; see {@link TrainingRun#stop}. */
  public void stop() {
    synchronized (lifecycle) {
      parts.run().stop();
    }
  }

  /** Reads no more until it is resumed; see {@link TrainingRun#pause}. */
  public boolean pause() {
    return parts.run().pause();
  }

  /** Writes a checkpoint now; see {@link TrainingRun#checkpoint}. */
  public Optional<CheckpointStore.Entry> checkpoint() {
    return parts.run().checkpoint();
  }

  /** Reads on behind a pause; see {@link TrainingRun#resume}. */
  public boolean resume() {
    return parts.run().resume();
  }

  /** Waits for the end; see {@link TrainingRun#await}. */
  public TrainingStatus await() {
    JobParts awaited;
    do {
      awaited = parts;
      awaited.run().awaitEnd();
    } while (replaced(awaited));
    HeadraceException fault = notRestored;
    if (fault != null) {
      throw fault;
    }
    return awaited.run().await();
  }

  /** Waits that long, or less if the run ends meanwhile. */
  public void awaitEnd(Duration most) throws InterruptedException {
    if (parts.run().awaitEnd(most) && restoring) {
      Thread.sleep(most); // that was not the end
    }
  }

  /** Whether other parts run instead, now that nobody is replacing any. */
  private boolean replaced(JobParts awaited) {
    synchronized (lifecycle) {
      return areOthers(awaited);
    }
  }

  @SuppressWarnings("ReferenceEquality") // which parts, not what they are
  private boolean areOthers(JobParts before) {
    return parts != before;
  }

  /** Scores on the job's test source, after the end; empty if it names none. */
  public Optional<HeldOut.Scores> test() {
    JobSpec job = parts.job();
    return job.test().map(test -> HeldOut.evaluate(job, "test", test, parts.trainer()));
  }

  @Override
  public void close() {
    synchronized (lifecycle) {
      if (notRestored == null) { // else they are closed
        parts.close();
      }
    }
  }
}
