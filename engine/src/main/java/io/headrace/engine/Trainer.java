package io.headrace.engine;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.error.TrainingDivergedException;
import io.headrace.engine.kernel.KernelProvider;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.layer.Pass;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.memory.Zeros;
import io.headrace.engine.metric.OnlineEvaluation;
import io.headrace.engine.privacy.PrivacyAccount;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.engine.privacy.PrivacySpent;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.LedgerCounter;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import org.jspecify.annotations.Nullable;

/**
 * Takes one mini-batch a step: scores it, then learns from it, on its own team of workers.
 *
 * <p>Not thread-safe: one caller at a time. The result depends on the spec and the batches alone,
 * not on {@code threads}, unless the mode is {@link WorkerMode#HOGWILD}.
 */
public final class Trainer implements AutoCloseable {
  private static final String EVALUATION = "evaluation";
  private static final String PRIVACY = "privacy";

  private final ModelSpec spec;
  private final Model model;
  private final WorkerTeam team;
  private final Pass pass = new Pass();
  private final Plan plan;
  private final RowLearner rowLearner;
  private final LateEvaluation evaluation;
  private final LedgerCounter ledger = new LedgerCounter();
  private final DivergenceGuard guard;
  private final @Nullable PrivacyAccount privacy;
  private final SnapshotMemory snapshotMemory;
  private long step;

  /** Of the parameters as they are; null where nobody asked since they changed. */
  private @Nullable String parametersSha256;

  /**
   * @param threads threads that share a step, the caller's included, at least 1
   * @throws io.headrace.engine.error.InvalidSettingException if the spec does not make a model
   */
  public Trainer(ModelSpec spec, int threads) {
    this(spec, threads, DivergencePolicy.DEFAULT);
  }

  /** A trainer with a policy of its own for batches whose loss diverges. */
  public Trainer(ModelSpec spec, int threads, DivergencePolicy policy) {
    this(spec, threads, policy, WorkerMode.SYNCHRONOUS);
  }

  /**
   * A trainer whose threads share the parameters in a way of their own.
   *
   * @throws io.headrace.engine.error.InvalidSettingException if the model does not go with the mode
   */
  public Trainer(ModelSpec spec, int threads, DivergencePolicy policy, WorkerMode mode) {
    this(spec, threads, policy, mode, CopyRoom.MEMORY);
  }

  /**
   * A trainer whose copies for checkpoints and of the last good state lie elsewhere.
   *
   * @throws io.headrace.engine.error.InvalidSettingException if the model does not go with the mode
   */
  public Trainer(
      ModelSpec spec, int threads, DivergencePolicy policy, WorkerMode mode, CopyRoom copies) {
    this(spec, threads, policy, mode, copies, KernelProvider.kernels());
  }

  Trainer(ModelSpec spec, int threads, Kernels kernels) {
    this(spec, threads, DivergencePolicy.DEFAULT, WorkerMode.SYNCHRONOUS, CopyRoom.MEMORY, kernels);
  }

  private Trainer(
      ModelSpec spec,
      int threads,
      DivergencePolicy policy,
      WorkerMode mode,
      CopyRoom copies,
      Kernels kernels) {
    this.spec = spec;
    this.model = new Model(spec, kernels);
    this.guard = new DivergenceGuard(spec, model, policy, copies, ledger);
    this.snapshotMemory = new SnapshotMemory(copies);
    List<RowLane> lanes = mode == WorkerMode.HOGWILD ? model.lanes(threads) : List.of();
    int width = model.outputWidth();
    this.evaluation =
        new LateEvaluation(
            new OnlineEvaluation(spec.schema().label(), width),
            !lanes.isEmpty(),
            spec.batchSize(),
            width);
    this.team = new WorkerTeam(threads, model.scratch());
    this.plan = model.plan(team, pass);
    this.privacy = spec.privacy().map(this::account).orElse(null);
    this.rowLearner = rowLearner(lanes);
  }

  private RowLearner rowLearner(List<RowLane> lanes) {
    if (privacy != null) {
      return new PrivateRows(model, plan, pass, team, spec.batchSize(), privacy);
    }
    return lanes.isEmpty()
        ? new RowByRow(model, plan, pass, team, spec.batchSize())
        : new Hogwild(model, lanes, team, spec, evaluation::count);
  }

  private PrivacyAccount account(PrivacySpec bounds) {
    var account = new PrivacyAccount(bounds, spec.batchSize());
    if (!account.allows(0)) {
      throw new InvalidSettingException(
          "privacy.budget",
          "%s is less than the epsilon of %.4g that the first step spends, with noise: %s and delta: %s. Raise it, or raise noise."
              .formatted(bounds.budget(), account.epsilonWith(0), bounds.noise(), bounds.delta()));
    }
    return account;
  }

  /** What the samples that it learns from look like. */
  public SampleSchema schema() {
    return spec.schema();
  }

  /**
   * Scores the batch, learns from it and adds its ledger to the trainer's. A batch whose loss
   * diverges is not learned from; see {@link DivergencePolicy}. Its samples, and those of steps
   * that were undone, are then rejected ones in the ledger; they stay in the metrics, which tell
   * what was predicted. Features that are too rare for an input's min-count are taken away from the
   * batch.
   *
   * @throws TrainingDivergedException if the loss diverged and the policy says to stop
   */
  public StepResult train(MiniBatch batch) {
    SampleBlock rows = batch.rows();
    int count = rows.size();
    if (count == 0) {
      ledger.add(batch.ledger());
      return new StepResult(step, 0, 0);
    }
    if (count > spec.batchSize()) {
      throw new IllegalArgumentException(
          "a batch of " + count + " rows is larger than the model's " + spec.batchSize());
    }
    parametersSha256 = null;
    model.meet(rows);
    model.updates().norm().startBatch();
    boolean rowByRow = spec.update() == UpdateMode.SAMPLE || privacy != null;
    return rowByRow ? trainRows(batch) : trainBatch(batch, count);
  }

  /**
   * Whether row {@code row} of the batch trained last was learned from, where some of its rows were
   * and some not; see {@link StepResult#divergence}.
   */
  public boolean learnedFrom(int row) {
    return !evaluation.last().leftOut(row);
  }

  /** Whether the job's budget of privacy allows to learn from the batch. */
  public boolean mayLearnFrom(MiniBatch batch) {
    return privacy == null
        || batch.rows().size() == 0
        || privacy.allows(PrivateRows.reading(batch.rows()));
  }

  /** What was spent of the samples' privacy; empty where there is no bound to what is learned. */
  public Optional<PrivacySpent> privacySpent() {
    return Optional.ofNullable(privacy).map(PrivacyAccount::spent);
  }

  private StepResult trainBatch(MiniBatch batch, int count) {
    SampleBlock rows = batch.rows();
    pass.start(rows, 0, count, step + 1);
    double meanLoss = score(rows, count);
    if (!guard.accepts(meanLoss)) {
      Divergence divergence =
          guard.leaveOut(step + 1, meanLoss, batch.ledger(), () -> score(rows, count));
      return new StepResult(step, 0, 0, divergence);
    }
    evaluation.counted().add(model.outputs(), rows.labels(), rows.weights(), model.losses(), count);
    model.updates().startStep(guard.nextStep(), rateFactor());
    plan.learn();
    model.finishStep(team);
    return taken(batch, count, 1, meanLoss);
  }

  private StepResult taken(MiniBatch batch, int count, int updates, double meanLoss) {
    step++;
    model.updates().norm().endBatch(updates);
    guard.learned(meanLoss);
    ledger.add(batch.ledger());
    return new StepResult(step, count, meanLoss);
  }

  private StepResult trainRows(MiniBatch batch) {
    SampleBlock rows = batch.rows();
    LearnedRows learnedRows = evaluation.next();
    rowLearner.learn(rows, guard.nextStep(), rateFactor(), guard::accepts, learnedRows);
    double meanLoss = learnedRows.meanLoss();
    int learned = learnedRows.learned();
    if (learned == 0) {
      Divergence divergence =
          guard.leaveOut(step + 1, meanLoss, batch.ledger(), () -> rescore(rows));
      return new StepResult(step, 0, 0, divergence);
    }
    int left = learnedRows.left();
    if (left > 0) {
      guard.stopIfAsked(step + 1, learnedRows.badLoss());
    }
    evaluation.add();
    double usual = guard.usualLoss();
    int updates = spec.update() == UpdateMode.SAMPLE ? learned : 1;
    StepResult result = taken(batch, learned, updates, meanLoss);
    if (left == 0) {
      return result;
    }
    learnedRows.rejectLeftOut(rows, ledger);
    var divergence =
        new Divergence(step, learnedRows.badLoss(), usual, 0, left, guard.rateFactor());
    return new StepResult(step, learned, meanLoss, divergence);
  }

  private double rescore(SampleBlock rows) {
    pass.start(rows, 0, rows.size(), 0);
    return score(rows, rows.size());
  }

  private double score(SampleBlock rows, int count) {
    plan.score();
    return meanLoss(rows.weights(), count);
  }

  private double rateFactor() {
    return model.rateFactor(guard.nextStep()) * guard.rateFactor();
  }

  private double meanLoss(float[] weights, int count) {
    double sum = 0;
    for (int row = 0; row < count; row++) {
      sum += (double) weights[row] * Floats.read(model.losses(), row);
    }
    return sum / count;
  }

  /**
   * Scores rows without learning.
   *
   * @param outputs rows x {@link #outputWidth} floats: probabilities for classes (one for two
   *     classes under the logistic loss: that of class 1), predictions for numbers
   */
  public void predict(SampleBlock rows, MemorySegment outputs) {
    aboutToRead();
    model.predict(plan, pass, rows, outputs);
  }

  /**
   * Scores rows against their labels without learning from them.
   *
   * @param into takes outputs and losses; made for this trainer's label and {@link #outputWidth}
   */
  public void evaluate(SampleBlock rows, OnlineEvaluation into) {
    aboutToRead();
    for (int from = 0; from < rows.size(); from += spec.batchSize()) {
      int count = Math.min(spec.batchSize(), rows.size() - from);
      model.startScoring(pass, rows, from, count);
      plan.score();
      float[] labels = Arrays.copyOfRange(rows.labels(), from, from + count);
      float[] weights = Arrays.copyOfRange(rows.weights(), from, from + count);
      into.add(model.outputs(), labels, weights, model.losses(), count);
    }
  }

  /** Rows that are late catch up when they are read. */
  private void aboutToRead() {
    if (model.updates().catchUp().isPresent()) {
      parametersSha256 = null;
    }
  }

  /** Floats that {@link #predict} writes for a row. */
  public int outputWidth() {
    return model.outputWidth();
  }

  /** Number of learned parameters. */
  public long parameterCount() {
    return model.parameters().count();
  }

  /** What became of every record of the batches trained so far, restored ones included. */
  public Ledger ledger() {
    return ledger.ledger();
  }

  /**
   * The L2 norm of the gradient, before {@code gradient-clipping.norm} scales it, of the first
   * batch or that after the last call; empty before the first. Where a batch is learned from row by
   * row, the root of the mean of its rows' squared norms; with {@code privacy}, that of the sum
   * with its noise. May be asked by any thread.
   */
  public OptionalDouble gradientNorm() {
    return model.updates().norm().ask();
  }

  /** The learning rate of the next step. */
  private double learningRate() {
    return model.updates().optimizer().rate() * rateFactor();
  }

  /** Metrics now; the window is over and a new one begins. */
  public TrainingMetrics metrics(String job, long timeMillis, double samplesPerSecond) {
    OnlineEvaluation scores = evaluation.counted();
    var metrics =
        new TrainingMetrics(
            job,
            step,
            timeMillis,
            samplesPerSecond,
            learningRate(),
            ledger(),
            scores.window(),
            scores.total(),
            scores.baselines(),
            scores.confusion(),
            privacySpent(),
            scores.calibration());
    scores.startWindow();
    return metrics;
  }

  /**
   * SHA-256 of the parameters' bytes in layer order, as lower-case hexadecimal digits. It is kept
   * until they may have changed.
   */
  public String parametersSha256() {
    if (parametersSha256 == null) {
      parametersSha256 = new ModelState(model).sha256();
    }
    return parametersSha256;
  }

  /** A copy of all state, complete. Its memory is used again by the next snapshot. */
  public Checkpoint snapshot(String job, long timeMillis) {
    return startSnapshot(job, timeMillis).finish();
  }

  /**
   * Has the memory of snapshots allocated now, so that the first need not wait for it; one before
   * is no longer read.
   */
  public void reserveSnapshots() {
    new ModelState(model).reserve(snapshotMemory);
    guard.reserve();
  }

  /**
   * Has the system make room for parameters that lie in large pages, on a thread of its own: the
   * first steps write to each of those pages, and would wait. Memory that is allocated meanwhile
   * waits as well.
   */
  public void takeRoom() {
    Zeros.takeRoom(model.parameters().values());
  }

  /**
   * A copy of all state as it is now, taken while the next steps are: each copies what it is about
   * to change, if {@link Snapshot#finish} has not yet. Call it again only when the one before is
   * finished and no longer read, or released: its memory is used again. A step that undoes others
   * copies all that is left.
   */
  public Snapshot startSnapshot(String job, long timeMillis) {
    snapshotMemory.clear();
    List<GradualCopy> copies = new ArrayList<>();
    copies.add(new ModelState(model).copy(snapshotMemory, true));
    evaluation.counted().save(snapshotMemory.within(EVALUATION));
    if (privacy != null) {
      privacy.save(snapshotMemory.within(PRIVACY));
    }
    guard.save(snapshotMemory).ifPresent(copies::add);
    var checkpoint =
        new Checkpoint(
            job,
            spec.fingerprint(),
            step,
            timeMillis,
            ledger(),
            snapshotMemory.values(),
            snapshotMemory.tensors());
    return new Snapshot(checkpoint, copies, snapshotMemory);
  }

  /**
   * Begins a copy of what predictions are made with, as it is now, taken while the next steps are;
   * see {@link #startSnapshot}. The one before, in the same memory, must be finished and no longer
   * read.
   *
   * @return false if nothing was learned since that one, or at all
   */
  public boolean startCopy(WeightsCopy into) {
    return step > 0 && into.start(new ModelState(model), step, ledger());
  }

  /**
   * Goes on from {@code checkpoint}.
   *
   * @throws io.headrace.engine.error.HeadraceException if it belongs to another spec; the message
   *     says what differs
   */
  public void restore(Checkpoint checkpoint) {
    var reader = new CheckpointReader(checkpoint);
    reader.requireSpec(spec);
    parametersSha256 = null;
    new ModelState(model).restore(reader);
    evaluation.counted().restore(reader.within(EVALUATION));
    if (privacy != null) {
      privacy.restore(reader.within(PRIVACY));
    }
    guard.restore(checkpoint);
    ledger.reset(checkpoint.ledger());
    step = checkpoint.step();
  }

  /** Ends the team of workers. */
  @Override
  public void close() {
    team.close();
  }
}
