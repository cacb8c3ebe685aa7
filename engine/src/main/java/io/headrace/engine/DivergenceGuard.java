package io.headrace.engine;

import io.headrace.engine.DivergencePolicy.Action;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.error.TrainingDivergedException;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.ParameterBlock;
import io.headrace.engine.sample.LedgerCounter;
import java.lang.foreign.MemorySegment;
import java.util.Optional;
import java.util.function.DoubleSupplier;

/**
 * Watches the losses of batches before they are learned from, keeps a copy of the last good state,
 * and undoes what made a loss diverge. All of it depends on the batches alone and is part of a
 * checkpoint, so a resumed run undoes the same steps. Not thread-safe.
 */
final class DivergenceGuard {
  private static final String NAME = "divergence";
  private static final String GOOD = NAME + ".good";
  private static final long SUM_FLOATS = 1 << 20;

  /** Floats that are copied in a tenth of the time that learning from a row takes. */
  private static final int FLOATS_A_ROW = 8;

  private final Model model;
  private final DivergencePolicy policy;
  private final LedgerCounter ledger;
  private final LossWatch watch;
  private final long copyEverySteps;
  private final StateCopy good;
  private final StateCopy suspect;

  /** Whether parameters and slots are as they were made. */
  private boolean untouched = true;

  private long learned;
  private long halvings;
  private long undosInTurn;
  private long skipsInTurn;

  /**
   * @param room where copies lie
   * @param ledger the trainer's, in which samples that are not learned become rejected ones
   */
  DivergenceGuard(
      ModelSpec spec, Model model, DivergencePolicy policy, CopyRoom room, LedgerCounter ledger) {
    if (policy.action() == Action.HALVE && !model.updates().optimizer().takesRateFactor()) {
      throw new InvalidSettingException(
          "on-divergence.action",
          "halve cannot change the rate of "
              + spec.optimizer().name()
              + ", whose weights follow from their sums and its one learning-rate. Use skip or"
              + " stop.");
    }
    if (policy.action() == Action.HALVE && !policy.undoes()) {
      throw new InvalidSettingException(
          "on-divergence.undo",
          "false leaves halve nothing to do: it changes the rate where steps were undone. Use skip or stop.");
    }
    if (spec.update() == UpdateMode.SAMPLE && Double.isFinite(policy.lossAbove())) {
      throw new InvalidSettingException(
          "on-divergence.loss-above",
          policy.lossAbove()
              + " bounds the mean loss of a batch before it is learned from, and with engine.update:"
              + " sample there is none. Remove it, or set engine.update: batch.");
    }
    if (spec.privacy().isPresent() && Double.isFinite(policy.lossAbove())) {
      throw new InvalidSettingException(
          "on-divergence.loss-above",
          policy.lossAbove()
              + " lets single samples decide whether a batch is learned from, which privacy is there"
              + " to prevent: it bounds what each adds by itself. Remove loss-above.");
    }
    this.model = model;
    this.policy = policy;
    this.ledger = ledger;
    this.watch = new LossWatch(policy.lossAbove());
    this.copyEverySteps = Math.max(policy.copyEverySteps(), stepsWorthACopy(spec, model));
    this.good = new StateCopy(new ModelState(model), watch, room);
    this.suspect = new StateCopy(new ModelState(model), watch, room);
  }

  /**
   * Steps that take several times as long as a copy: row by row they are so short that copies of a
   * large table would take longer.
   */
  private static long stepsWorthACopy(ModelSpec spec, Model model) {
    return model.singleRow().isPresent()
        ? model.parameters().size() / ((long) FLOATS_A_ROW * spec.batchSize())
        : 0;
  }

  /** Number of the next step for optimizer and schedule: undone ones do not count. */
  long nextStep() {
    return learned + 1;
  }

  /** Mean loss of late, 0 before the first step. */
  double usualLoss() {
    return watch.mean();
  }

  /** What the learning rate is multiplied by, besides its schedule. */
  double rateFactor() {
    return Math.scalb(1.0, (int) -halvings);
  }

  /**
   * Whether a batch of this loss may be learned from. A state that has just given a sound loss is
   * good, and is copied if the last copy is old.
   */
  boolean accepts(double loss) {
    if (!watch.accepts(loss)) {
      return false;
    }
    if (policy.undoes() && (!good.isTaken() || learned - good.learned() >= copyEverySteps)) {
      if (!untouched && !finite()) { // to look at a blank table takes longer than a step
        return false;
      }
      good.take(learned, ledger.ledger(), untouched);
      undosInTurn = 0;
    }
    return true;
  }

  /** Takes note of a batch that was learned from. */
  void learned(double loss) {
    untouched = false;
    learned++;
    skipsInTurn = 0;
    watch.add(loss);
    good.advance();
  }

  /**
   * Leaves a batch out that was not accepted, and undoes what made its loss diverge.
   *
   * @param step number of the step that is not taken
   * @param rescore scores the batch again and gives its mean loss
   * @throws TrainingDivergedException if the policy says so; the state is good then
   */
  Divergence leaveOut(long step, double loss, LedgerCounter batch, DoubleSupplier rescore) {
    double usual = watch.mean();
    long undone = parametersAreTheCause(rescore) ? learned - good.learned() : 0;
    if (policy.action() == Action.STOP) {
      if (undone > 0) {
        countAsGood();
      }
      throw new TrainingDivergedException(step, loss, usual, undone);
    }
    long rejectedBefore = ledger.ledger().rejected() + batch.ledger().rejected();
    if (undone > 0) {
      learned = good.learned();
      ledger.rejectTrainedSince(good.ledger());
      undosInTurn++;
      halvings += policy.action() == Action.HALVE ? 1 : 0;
    } else {
      skipsInTurn++;
    }
    ledger.addRejected(batch);
    long rejected = ledger.ledger().rejected() - rejectedBefore;
    if (Math.max(undosInTurn, skipsInTurn) >= policy.giveUpAfter()) {
      throw new TrainingDivergedException(
          step, loss, usual, undone, Math.max(undosInTurn, skipsInTurn), policy.undoes());
    }
    return new Divergence(step, loss, usual, undone, rejected, rateFactor());
  }

  /**
   * Ends the run at the last good state, if the policy says so, because of rows that could not be
   * learned from between others that were.
   *
   * @param step number of the step that was not taken with all rows
   * @throws TrainingDivergedException if the policy says so
   */
  void stopIfAsked(long step, double loss) {
    if (policy.action() == Action.STOP && !good.isTaken()) {
      throw new TrainingDivergedException(step, loss, watch.mean(), 0);
    }
    if (policy.action() == Action.STOP) {
      long undone = learned - good.learned();
      double usual = watch.mean();
      good.putBack();
      countAsGood();
      throw new TrainingDivergedException(step, loss, usual, undone);
    }
  }

  /** Counts what is in the last good state and nothing more, as trained and as read. */
  private void countAsGood() {
    learned = good.learned();
    ledger.reset(good.ledger());
  }

  /**
   * Whether the batch's loss is sound under the last good state, which then stays. Otherwise the
   * batch is the cause, and the state is as before.
   */
  private boolean parametersAreTheCause(DoubleSupplier rescore) {
    if (!good.isTaken() || learned == good.learned()) {
      return false;
    }
    boolean finite = finite();
    if (finite) {
      suspect.take(learned, ledger.ledger(), false);
    }
    good.putBack();
    if (!finite || watch.accepts(rescore.getAsDouble())) {
      return true;
    }
    suspect.putBack();
    return false;
  }

  /** Whether all parameters and slots are numbers. */
  private boolean finite() {
    ParameterBlock block = model.updates().block();
    double sum = squaredSum(block.values());
    if (model.singleRow().isEmpty()) { // otherwise they are among the values
      for (MemorySegment slot : block.slots()) {
        sum += squaredSum(slot);
      }
    }
    return Double.isFinite(sum);
  }

  private double squaredSum(MemorySegment vector) {
    Kernels kernels = model.updates().kernels();
    double sum = 0;
    long count = Floats.count(vector);
    for (long from = 0; from < count; from += SUM_FLOATS) {
      sum += kernels.squaredSum((int) Math.min(SUM_FLOATS, count - from), vector, from);
    }
    return sum;
  }

  /** Has the memory allocated that copies of the state need. */
  void reserve() {
    if (policy.undoes()) {
      good.reserve(lendsGood());
    }
  }

  /** Whether checkpoints need the last good state: a run that stops has no use for it. */
  private boolean lendsGood() {
    return policy.action() != Action.STOP;
  }

  /**
   * Saves everything as it is now.
   *
   * @return what has to be finished before it is read
   */
  Optional<GradualCopy> save(SnapshotMemory to) {
    var mine = to.within(NAME);
    mine.value("learned", Long.toString(learned));
    mine.value("halvings", Long.toString(halvings));
    mine.value("undosInTurn", Long.toString(undosInTurn));
    mine.value("skipsInTurn", Long.toString(skipsInTurn));
    watch.save(mine.within("watch"));
    return lendsGood() && good.isTaken() ? good.lend(to, GOOD + ".") : Optional.empty();
  }

  void restore(Checkpoint from) {
    untouched = false;
    var mine = new CheckpointReader(from).within(NAME);
    learned = Long.parseLong(mine.value("learned").orElseThrow());
    halvings = Long.parseLong(mine.value("halvings").orElseThrow());
    undosInTurn = Long.parseLong(mine.value("undosInTurn").orElseThrow());
    skipsInTurn = Long.parseLong(mine.value("skipsInTurn").orElseThrow());
    watch.restore(mine.within("watch"));
    if (policy.undoes()) {
      good.restore(from, GOOD + ".");
    }
  }
}
