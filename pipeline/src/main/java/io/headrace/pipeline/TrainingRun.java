package io.headrace.pipeline;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.WeightsCopy;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.metric.DriftDetector;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.GroupMember;
import io.headrace.ingest.GroupMember.Settled;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.pipeline.batch.StreamEnd;
import io.headrace.sink.CheckpointStore;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * One run of a job: resumes from the newest checkpoint, trains until the source ends, somebody
 * stops it or something fails, and leaves a checkpoint behind. Killed at any moment it loses
 * nothing but the work since the last checkpoint.
 *
 * <p>Thread-safe. It owns its threads and nothing of its plan.
 */
public final class TrainingRun implements AutoCloseable {
  /** Names of a checkpoint's values that say what it learned of, and for which model. */
  public static final Set<String> OF_RECORDS =
      Set.of(FirstPositions.FIRST, FirstPositions.PASSED_OVER, TrainingLoop.LINEAGE);

  private final TrainingPlan plan;
  private final DurablePositions durable;
  private final TrainingLoop loop;
  private final TrainingPipeline pipeline;
  private final Ledger restored;
  private final long startedAtMillis;
  private final CompletableFuture<StreamEnd> ended = new CompletableFuture<>();
  private volatile boolean stopping;
  private volatile long endedAtMillis;

  /** Whether a checkpoint's tensor is of what only watches the learning. */
  public static boolean watches(String tensor) {
    return tensor.startsWith(TrainingLoop.DRIFT + ".");
  }

  private TrainingRun(TrainingPlan plan, Map<String, String> values, DriftDetector drift) {
    this.plan = plan;
    this.startedAtMillis = plan.clock().millis();
    this.restored = plan.trainer().ledger();
    var first = new FirstPositions(values, restored);
    String lineage = values.getOrDefault(TrainingLoop.LINEAGE, GroupMember.newLineage());
    this.durable = new DurablePositions(restored.positions());
    this.loop = new TrainingLoop(plan, values, first, lineage, drift, durable);
    this.pipeline = new TrainingPipeline(plan, restored, first, loop);
    group().ifPresent(source -> source.join(lineage, new SourceLearner(first)));
  }

  /**
   * Restores the newest checkpoint, if there is one, and starts training.
   *
   * @throws HeadraceException if the newest checkpoint belongs to another model
   */
  public static TrainingRun start(TrainingPlan plan) {
    return start(plan, false);
  }

  /**
   * The same, and with {@code paused} reads nothing before it is resumed.
   *
   * @throws HeadraceException if the newest checkpoint belongs to another model
   */
  public static TrainingRun start(TrainingPlan plan, boolean paused) {
    Optional<Checkpoint> newest = plan.checkpoints().newest(damage -> alert(plan, damage));
    var drift = new DriftDetector("loss", plan.settings().driftAbove());
    newest.ifPresent(
        checkpoint -> {
          plan.trainer().restore(checkpoint);
          checkpoint.restore(GrowingVocabularies.STATE, plan.vocabularies());
          checkpoint.restore(TrainingLoop.DRIFT, drift);
        });
    plan.archive().resume(plan.trainer().ledger());
    var run = new TrainingRun(plan, newest.map(Checkpoint::values).orElse(new TreeMap<>()), drift);
    var _ = run.pipeline.end().thenAccept(run::end);
    if (paused) {
      var _ = run.pipeline.pause();
    }
    run.pipeline.open();
    return run;
  }

  private Optional<GroupMember> group() {
    return plan.source() instanceof GroupMember member ? Optional.of(member) : Optional.empty();
  }

  /** On the source's thread. */
  private final class SourceLearner implements GroupMember.Learner {
    private final FirstPositions first;

    SourceLearner(FirstPositions first) {
      this.first = first;
    }

    @Override
    public Settled settle(Positions emitted, Duration wait) {
      if (!durable.covers(emitted)) {
        pipeline.handOver(emitted);
      }
      return durable.await(emitted, wait);
    }

    @Override
    public OptionalLong first(SourcePartition partition) {
      return first.begunAt(partition);
    }

    @Override
    public void passOver(SourcePartition partition, long from, long to) {
      first.passOver(partition, from, to);
    }
  }

  private static void alert(TrainingPlan plan, String damage) {
    String message = damage + " Training goes on from the checkpoint before it.";
    plan.events()
        .accept(
            new TrainEvent.Alert(plan.job(), "checkpoint-damaged", message, plan.clock().millis()));
  }

  /**
   * Asks for the end and returns at once: the source is closed, the batches in the ring are trained
   * on, and a checkpoint is written. Rows that did not fill a batch are read again by the next run.
   */
  public void stop() {
    stopping = true;
    pipeline.stop();
  }

  /**
   * Asks for no more until {@link #resume}: what was asked for is trained on, but for rows that do
   * not fill a batch; the rest that was read waits, in flight, and the source keeps its place. A
   * run that was paused learns the same bits as one that was not. A pause does not outlive the run.
   *
   * @return false if the run is paused already, or ends or has ended
   */
  public boolean pause() {
    return !stopping && !ended.isDone() && pipeline.pause();
  }

  /**
   * Begins a copy of the model between two steps, or behind the last, as {@link
   * io.headrace.engine.Trainer#startCopy}.
   *
   * @param meanwhile called when it has begun, before the next step
   * @return false if nothing was learned since the copy before, or at all
   */
  public boolean copyWeights(WeightsCopy into, Runnable meanwhile) {
    return loop.copyWeights(into, meanwhile);
  }

  /**
   * Writes a checkpoint between two steps, or now if none is being taken, and returns when it is
   * durable. Training goes on while it is written.
   *
   * @return empty if the run has ended: its end wrote the last one
   * @throws HeadraceException if it could not be written
   */
  public Optional<CheckpointStore.Entry> checkpoint() {
    return loop.checkpointNow();
  }

  /**
   * Reads on after a pause, with nothing counted against the limit of rejected records yet.
   *
   * @return false if the run was not paused
   */
  public boolean resume() {
    return pipeline.resume();
  }

  /**
   * Waits for the end.
   *
   * @return how things stand at the end
   * @throws HeadraceException if something failed
   */
  public TrainingStatus await() {
    if (ended.join() instanceof StreamEnd.Failed(Throwable cause)) {
      throw cause instanceof HeadraceException told
          ? told
          : new HeadraceException("Training failed: " + cause, cause);
    }
    return status();
  }

  /** Waits for the end, whatever it is. */
  public void awaitEnd() {
    var _ = ended.join();
  }

  /**
   * Waits for the end, whatever it is, but no longer than that.
   *
   * @return whether it has come
   */
  public boolean awaitEnd(Duration most) throws InterruptedException {
    try {
      var _ = ended.get(most.toNanos(), TimeUnit.NANOSECONDS);
      return true;
    } catch (TimeoutException notYet) {
      return false;
    } catch (ExecutionException e) {
      throw new IllegalStateException("the end is a value", e);
    }
  }

  /** Stops and waits for the end, whatever it is. */
  @Override
  public void close() {
    stop();
    ended.join();
  }

  /** How fast it was so far. */
  public RunPace pace() {
    return loop.pace();
  }

  public TrainingStatus status() {
    StreamEnd end = ended.getNow(null);
    String paused = end == null && !stopping ? pipeline.pauseReason() : null;
    // Settled before read: what is in flight is never negative.
    Ledger ledger = loop.ledger();
    long until = end == null ? plan.clock().millis() : endedAtMillis;
    return new TrainingStatus(
        plan.job(),
        paused == null ? state(end) : State.PAUSED,
        startedAtMillis,
        until - startedAtMillis,
        ledger,
        pipeline.read(),
        restored.trained(),
        pipeline.ring(),
        end == null ? loop.samplesPerSecond() : 0,
        loop.steps(),
        loop.stepTimes(pipeline.decodeNanos()),
        plan.trainer().gradientNorm(),
        loop.lastMetrics(),
        loop.lastValidation(),
        loop.stoppedEarly(),
        loop.budgetSpent(),
        loop.checkpoints().newest(),
        loop.checkpointsPutOff(),
        loop.checkpoints().failures(),
        plan.archive().status(),
        rejectionsByReason(),
        paused,
        end instanceof StreamEnd.Failed(Throwable cause) ? cause.getMessage() : null);
  }

  /** Of decoding, and of samples that made the loss diverge or whose steps were undone. */
  private SortedMap<String, Long> rejectionsByReason() {
    var reasons = new TreeMap<>(pipeline.rejectionsByReason());
    if (loop.diverged() > 0) {
      reasons.put("diverged", loop.diverged());
    }
    return reasons;
  }

  private State state(@Nullable StreamEnd end) {
    return switch (end) {
      case null -> stopping ? State.STOPPING : State.RUNNING;
      case StreamEnd.Completed() -> State.COMPLETED;
      case StreamEnd.Stopped() ->
          loop.stoppedEarly() || loop.budgetSpent() ? State.COMPLETED : State.STOPPED;
      case StreamEnd.Failed(_) -> State.FAILED;
    };
  }

  /** On the trainer's thread, which has nothing left to do. */
  private void end(StreamEnd end) {
    try {
      loop.close();
      pipeline.close();
      group().ifPresent(GroupMember::leave);
    } finally {
      endedAtMillis = plan.clock().millis();
      ended.complete(end);
    }
  }
}
