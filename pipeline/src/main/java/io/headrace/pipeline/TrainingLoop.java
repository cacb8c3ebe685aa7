package io.headrace.pipeline;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.Divergence;
import io.headrace.engine.Snapshot;
import io.headrace.engine.StepResult;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.Trainer;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.ValidationScores;
import io.headrace.engine.WeightsCopy;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.TrainingDivergedException;
import io.headrace.engine.metric.DriftDetector;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.LedgerCounter;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.ingest.decode.GrowingVocabularies;
import io.headrace.pipeline.batch.BatchHandler;
import io.headrace.pipeline.batch.StreamEnd;
import io.headrace.pipeline.trace.ChunkTrace;
import io.headrace.sink.CheckpointStore;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Trains each batch as it comes out of the ring; between steps takes metrics and snapshots, both at
 * numbers of trained samples, never by time, or when somebody asks. The ring's thread calls it;
 * what the status shows may be read from any thread. A step and what is done between two steps take
 * turns, so that the trainer has one caller at a time, whichever thread that is.
 */
final class TrainingLoop implements BatchHandler, AutoCloseable {
  /** Value of a checkpoint: tells this model's from those of every other. */
  static final String LINEAGE = "lineage";

  /** Name of what the detector of drift knows, in a checkpoint. */
  static final String DRIFT = "drift";

  /** A step's shown duration is a moving average over about this many. */
  private static final int STEPS_AVERAGED = 64;

  /** Fair, or a busy trainer would never let anybody in between. */
  private final ReentrantLock turn = new ReentrantLock(true);

  private final TrainingPlan plan;
  private final Trainer trainer;
  private final CheckpointWriter checkpoints;
  private final FirstPositions first;
  private final String lineage;
  private final DurablePositions durable;
  private final @Nullable Validation validation;
  private final DriftDetector drift;
  private final PaceLog pace;
  private final SampleRate rate = new SampleRate();
  private final Object accountLock = new Object();
  private final LedgerCounter account = new LedgerCounter();
  private final long limit;
  private long trained;
  private long epoch;
  private long metricsTrained;
  private long metricsMillis;
  private boolean unsaved;
  private boolean over;
  private volatile boolean checkpointDue;
  private final AtomicLong putOff = new AtomicLong();
  private final AtomicLong diverged = new AtomicLong();
  private volatile long steps;
  private volatile double stepMillis;
  private volatile double waitMillis;
  private volatile double checkpointMillis;
  private volatile double betweenMillis;
  private long checkpointNanos;
  private long stepsSinceCheckpoint;
  private long lastEndNanos;
  private volatile @Nullable TrainingMetrics lastMetrics;
  private volatile boolean budgetSpent;

  /**
   * @param values of the checkpoint that the run goes on from; empty without one
   * @param first what is written to checkpoints beside the ledger
   * @param lineage the same in all checkpoints of one model; see {@link
   *     io.headrace.ingest.GroupMember}
   * @param drift watches the loss
   * @param durable told how far checkpoints reach
   */
  TrainingLoop(
      TrainingPlan plan,
      Map<String, String> values,
      FirstPositions first,
      String lineage,
      DriftDetector drift,
      DurablePositions durable) {
    this.plan = plan;
    this.first = first;
    this.lineage = lineage;
    this.durable = durable;
    this.trainer = plan.trainer();
    this.checkpoints = new CheckpointWriter(plan, durable);
    this.validation = plan.validation().map(v -> new Validation(v, values)).orElse(null);
    this.drift = drift;
    this.limit = plan.settings().stopAfterSamples().orElse(Long.MAX_VALUE);
    account.reset(trainer.ledger());
    trained = account.ledger().trained();
    metricsTrained = trained;
    epoch = account.lastEpoch();
    metricsMillis = plan.clock().millis();
    pace = new PaceLog(metricsMillis);
    if (plan.settings().checkpointSamples() < Long.MAX_VALUE) {
      trainer.reserveSnapshots();
    }
    trainer.takeRoom();
  }

  @Override
  public boolean onBatch(MiniBatch batch) {
    turn.lock();
    try {
      return step(batch);
    } finally {
      turn.unlock();
    }
  }

  private boolean step(MiniBatch batch) {
    if (trained >= limit || stoppedEarly() || budgetSpent(batch)) {
      return false;
    }
    long begun = System.nanoTime();
    if (lastEndNanos != 0) {
      waitMillis = averaged(waitMillis, begun - lastEndNanos);
    }
    plan.vocabularies().settle(batch.rows());
    plan.archive().offer(batch.rows());
    List<ChunkTrace> traced = plan.traces().training(batch.ledger());
    StepResult result = train(batch);
    long stepped = System.nanoTime();
    long checkpointed = checkpointNanos;
    traced.forEach(trace -> trace.trained(result.step()));
    if (result.rows() > 0) {
      stepMillis = averaged(stepMillis, stepped - begun); // this thread alone writes it
    }
    plan.archive().settle(result.step(), row -> learnedFrom(result, row));
    long before = trained;
    if (result.divergence() == null) {
      synchronized (accountLock) {
        account.add(batch.ledger());
      }
      trained += result.rows();
    } else {
      tell(result.divergence());
      before = trained;
    }
    steps = result.step();
    stepsSinceCheckpoint++;
    unsaved = true;
    watch(result);
    rate.add(plan.clock().millis(), result.rows());
    if (crossed(before, plan.settings().windowSamples())) {
      takeMetrics();
    }
    lookIfDue(before, batch.ledger().lastEpoch());
    if (crossed(before, plan.settings().checkpointSamples())) {
      checkpointDue = true;
      if (!checkpoints.ready()) {
        putOff.incrementAndGet();
      }
    }
    if (checkpointDue && checkpoints.ready()) {
      var _ = checkpoint(false);
    }
    plan.afterStep().accept(result);
    if (lastEndNanos == 0) { // not earlier: before the first step there is enough to do
      checkpoints.prepare();
    }
    lastEndNanos = System.nanoTime();
    long other = lastEndNanos - stepped - (checkpointNanos - checkpointed);
    betweenMillis = averaged(betweenMillis, other);
    return trained < limit && !stoppedEarly();
  }

  /** Whether to learn from the batch would spend more privacy than the job allows. */
  private boolean budgetSpent(MiniBatch batch) {
    if (!budgetSpent && !trainer.mayLearnFrom(batch)) {
      budgetSpent = true;
      plan.events()
          .accept(
              new TrainEvent.Alert(
                  plan.job(),
                  "privacy-budget-spent",
                  trainer.privacySpent().orElseThrow().message(),
                  plan.clock().millis()));
    }
    return budgetSpent;
  }

  private static double averaged(double average, long nanos) {
    return average + (nanos / 1e6 - average) / STEPS_AVERAGED;
  }

  /** A run that stops because it diverged leaves the last good state behind. */
  private StepResult train(MiniBatch batch) {
    try {
      return trainer.train(batch);
    } catch (TrainingDivergedException stop) {
      plan.archive().settle(stop.step(), row -> false);
      takeAccount(stop.step(), stop.undone());
      checkpoints.awaitWritten();
      try {
        checkpoints.writeLast(snapshot(), () -> {});
      } catch (HeadraceException unwritten) { // told by an alert
        stop.addSuppressed(unwritten);
      }
      throw stop;
    }
  }

  private boolean learnedFrom(StepResult result, int row) {
    return result.divergence() == null || (result.rows() > 0 && trainer.learnedFrom(row));
  }

  private void tell(Divergence divergence) {
    takeAccount(divergence.step(), divergence.undoneSteps());
    diverged.addAndGet(divergence.rejectedSamples());
    plan.events()
        .accept(
            new TrainEvent.Alert(
                plan.job(), "diverged", divergence.message(), plan.clock().millis()));
  }

  private void watch(StepResult result) {
    if (result.rows() > 0) {
      drift
          .add(result.meanLoss(), result.rows())
          .ifPresent(
              found ->
                  plan.events()
                      .accept(
                          new TrainEvent.Drifted(
                              plan.job(), found, result.step(), plan.clock().millis())));
    }
  }

  /**
   * Steps may have been undone: what was trained is not any more.
   *
   * @param step before which they were taken
   * @param undone how many
   */
  private void takeAccount(long step, long undone) {
    long before = trained;
    synchronized (accountLock) {
      account.reset(trainer.ledger());
      trained = account.ledger().trained();
    }
    if (undone > 0) {
      plan.archive().withdraw(step - undone, step - 1, before - trained);
    }
    metricsTrained = Math.min(metricsTrained, trained);
  }

  @Override
  public void onHandOver() {
    turn.lock();
    try {
      checkpoints.awaitWritten();
      if (unsaved || checkpointDue) {
        var _ = checkpoint(false);
      }
    } finally {
      turn.unlock();
    }
  }

  /** However the stream ended, what was trained is kept before anybody hears of the end. */
  @Override
  public void onEnd(StreamEnd end) {
    turn.lock();
    try {
      leaveCheckpoint(end);
    } finally {
      turn.unlock();
    }
  }

  private void leaveCheckpoint(StreamEnd end) {
    if (end instanceof StreamEnd.Completed) {
      endEpoch();
    }
    checkpoints.awaitWritten();
    boolean incomplete = unsaved || checkpointDue;
    // The last metrics end a window that a resumed run goes on with: the snapshot comes first.
    Snapshot last = incomplete ? snapshot() : null;
    if (trained > metricsTrained) {
      takeMetrics();
    }
    if (last != null) {
      checkpointDue = false;
      // Whoever waits for the end asks for it next.
      checkpoints.writeLast(last, trainer::parametersSha256);
    }
  }

  @Override
  public void close() {
    turn.lock();
    try {
      over = true;
    } finally {
      turn.unlock();
    }
    checkpoints.close();
    durable.end();
  }

  /** Writes a checkpoint between two steps; see {@link TrainingRun#checkpoint}. Any thread. */
  Optional<CheckpointStore.Entry> checkpointNow() {
    checkpoints.awaitWritten(); // outside the turn: training need not wait for it
    CompletableFuture<CheckpointStore.Entry> written;
    turn.lock();
    try {
      if (over) {
        return Optional.empty();
      }
      checkpoints.awaitWritten();
      written = checkpoint(false);
    } finally {
      turn.unlock();
    }
    return Optional.of(CheckpointWriter.join(written));
  }

  /** Begins a copy of the model between two steps; see {@link TrainingRun#copyWeights}. */
  boolean copyWeights(WeightsCopy into, Runnable meanwhile) {
    turn.lock();
    try {
      if (!trainer.startCopy(into)) {
        return false;
      }
      meanwhile.run();
      return true;
    } finally {
      turn.unlock();
    }
  }

  /** What became of every record that left the ring, restored ones included. */
  Ledger ledger() {
    synchronized (accountLock) {
      return account.ledger();
    }
  }

  CheckpointWriter checkpoints() {
    return checkpoints;
  }

  /** Times that a checkpoint was due while the one before was still being written. */
  long checkpointsPutOff() {
    return putOff.get();
  }

  /** Samples rejected since the start because their loss, or that of a later batch, diverged. */
  long diverged() {
    return diverged.get();
  }

  long steps() {
    return steps;
  }

  /**
   * Where the time of a step goes, lately.
   *
   * @param decodeNanos lately, of a record
   */
  StepTimes stepTimes(double decodeNanos) {
    double decodeMillis = decodeNanos * plan.settings().batch().size() / 1e6;
    return new StepTimes(waitMillis, stepMillis, checkpointMillis, betweenMillis, decodeMillis);
  }

  double samplesPerSecond() {
    return rate.perSecond(plan.clock().millis());
  }

  /** Whether validation's patience ran out. */
  boolean stoppedEarly() {
    return validation != null && validation.exhausted();
  }

  /** Whether learning ended because the privacy that the job may spend is spent. */
  boolean budgetSpent() {
    return budgetSpent;
  }

  @Nullable ValidationScores lastValidation() {
    return validation == null ? null : validation.last();
  }

  RunPace pace() {
    return pace.pace();
  }

  @Nullable TrainingMetrics lastMetrics() {
    return lastMetrics;
  }

  private void lookIfDue(long before, long epochNow) {
    if (epochNow > epoch) {
      epoch = epochNow;
      endEpoch();
    }
    if (validation != null && validation.due(before, trained)) {
      look(validation);
    }
  }

  private void endEpoch() {
    pace.epochEnded(plan.clock().millis());
    if (validation != null && validation.dueAtEpochEnd(trained)) {
      look(validation);
    }
  }

  /** Scores the held-out samples; the time that it takes is none of the training's. */
  private void look(Validation held) {
    long begun = plan.clock().millis();
    var scores = held.look(trainer, plan.job(), steps, trained, begun);
    metricsMillis += plan.clock().millis() - begun;
    unsaved = true;
    plan.events().accept(new TrainEvent.Validated(scores));
    if (scores.isBest() && held.keepsBest()) {
      checkpoints.awaitWritten();
      var _ = checkpoint(true);
    }
  }

  /** The archive ends a part where a checkpoint is taken, so that either has what the other has. */
  private Snapshot snapshot() {
    plan.archive().cut(steps, trainer.ledger());
    return trainer.startSnapshot(plan.job(), plan.clock().millis()).with(this::withOthers);
  }

  private Checkpoint withOthers(Checkpoint trained) {
    Checkpoint now =
        trained.with(GrowingVocabularies.STATE, plan.vocabularies()).with(DRIFT, drift);
    Map<String, String> values = first.addTo(now.values(), now.ledger());
    values.put(LINEAGE, lineage);
    return now.withValues(validation == null ? values : validation.addTo(values));
  }

  private boolean crossed(long before, long every) {
    return before / every != trained / every;
  }

  private void takeMetrics() {
    long now = plan.clock().millis();
    double perSecond = (trained - metricsTrained) * 1000.0 / Math.max(now - metricsMillis, 1);
    TrainingMetrics metrics = trainer.metrics(plan.job(), now, perSecond);
    pace.window(metricsMillis, perSecond);
    metricsTrained = trained;
    metricsMillis = now;
    lastMetrics = metrics;
    plan.events().accept(new TrainEvent.MetricsTaken(metrics));
  }

  /** Takes the checkpoint that was due while another was written: no batch may come for long. */
  private void takePutOff() {
    turn.lock();
    try {
      if (checkpointDue && !over && checkpoints.ready()) {
        var _ = checkpoint(false);
      }
    } finally {
      turn.unlock();
    }
  }

  private CompletableFuture<CheckpointStore.Entry> checkpoint(boolean best) {
    checkpointDue = false;
    unsaved = false;
    long begun = System.nanoTime();
    var written = checkpoints.write(snapshot(), best, () -> checkpointDue = true);
    var _ = written.thenRunAsync(this::takePutOff, Thread::startVirtualThread);
    long nanos = System.nanoTime() - begun;
    checkpointNanos += nanos;
    checkpointMillis = nanos / 1e6 / Math.max(1, stepsSinceCheckpoint);
    stepsSinceCheckpoint = 0;
    return written;
  }
}
