package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.DivergencePolicy.Action;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.error.TrainingDivergedException;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SourcePartition;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class DivergenceTest {
  private static final int ROWS = 16;
  private static final ModelSpec SPEC =
      Specs.model(
          Specs.dense(4, 0),
          List.of(Specs.layer("linear", Map.of())),
          "squared",
          Specs.optimizer("sgd", Map.of("learning-rate", 0.05, "momentum", 0.5)),
          ROWS);

  /** A rate at which plain gradient descent on these inputs grows its error at every step. */
  private static final ModelSpec EXPLODING =
      Specs.model(
          Specs.dense(4, 0),
          List.of(Specs.layer("linear", Map.of())),
          "squared",
          Specs.optimizer("sgd", Map.of("learning-rate", 2.0)),
          ROWS);

  private final Batches batches = new Batches(SPEC.schema(), 3);

  private static DivergencePolicy policy(Action action, int copyEverySteps, int giveUpAfter) {
    return new DivergencePolicy(action, Double.POSITIVE_INFINITY, copyEverySteps, giveUpAfter);
  }

  private MiniBatch batch() {
    return batches.next(ROWS, ROWS);
  }

  private MiniBatch poisoned() {
    MiniBatch batch = batch();
    batch.rows().labels()[3] = Float.POSITIVE_INFINITY;
    return batch;
  }

  @Test
  void leavesOutABatchThatIsTheCauseAndUndoesNothing() {
    try (var trainer = new Trainer(SPEC, 1, policy(Action.HALVE, 2, 3));
        var without = new Trainer(SPEC, 1)) {
      for (int i = 0; i < 5; i++) {
        MiniBatch batch = batch();
        trainer.train(batch);
        without.train(batch);
      }
      StepResult result = trainer.train(poisoned());
      Divergence divergence = Objects.requireNonNull(result.divergence());
      assertThat(result.step()).isEqualTo(5);
      assertThat(divergence.step()).isEqualTo(6);
      assertThat(divergence.undoneSteps()).isZero();
      assertThat(divergence.rejectedSamples()).isEqualTo(ROWS);
      assertThat(divergence.rateFactor()).isEqualTo(1);
      assertThat(divergence.message())
          .contains("step 6 is Infinity")
          .contains("They are the cause");
      assertThat(trainer.ledger().trained()).isEqualTo(5 * ROWS);
      assertThat(trainer.ledger().rejected()).isEqualTo(ROWS);

      MiniBatch next = batch();
      assertThat(trainer.train(next)).isEqualTo(without.train(next));
      assertThat(trainer.parametersSha256()).isEqualTo(without.parametersSha256());
    }
  }

  /**
   * Halving the rate often enough ends in a rate that learns, and every sample is accounted for.
   */
  @Test
  void undoesTheStepsThatMadeTheLossExplodeAndHalvesTheRateUntilItLearns() {
    int steps = 3_000;
    try (var trainer = new Trainer(EXPLODING, 1, policy(Action.HALVE, 100, 10))) {
      var told = new ArrayList<Divergence>();
      double loss = Double.NaN;
      for (int i = 0; i < steps; i++) {
        StepResult result = trainer.train(batch());
        if (result.divergence() != null) {
          told.add(result.divergence());
        }
        loss = result.meanLoss();
      }
      assertThat(told).isNotEmpty().hasSizeLessThan(10);
      assertThat(told.getFirst().undoneSteps()).isBetween(2L, 100L);
      assertThat(told.getFirst().rateFactor()).isEqualTo(0.5);
      assertThat(told.getFirst().message())
          .contains("steps are undone")
          .contains("multiplied by 0.5");
      assertThat(told.getFirst().rejectedSamples())
          .isEqualTo((told.getFirst().undoneSteps() + 1) * ROWS);
      assertThat(loss).isLessThan(0.1);
      long rejected = told.stream().mapToLong(Divergence::rejectedSamples).sum();
      assertThat(trainer.ledger().rejected()).isEqualTo(rejected);
      assertThat(trainer.ledger().read()).isEqualTo((long) steps * ROWS);
    }
  }

  @Test
  void isTheSameAfterARestartBetweenCopyAndDivergence() {
    List<MiniBatch> stream = new ArrayList<>();
    for (int i = 0; i < 400; i++) {
      stream.add(i % 90 == 50 ? poisoned() : batch());
    }
    DivergencePolicy policy = policy(Action.HALVE, 30, 10);
    try (var whole = new Trainer(EXPLODING, 1, policy);
        var before = new Trainer(EXPLODING, 2, policy);
        var after = new Trainer(EXPLODING, 1, policy)) {
      List<StepResult> results = stream.stream().map(whole::train).toList();
      assertThat(results).anyMatch(result -> result.divergence() != null);
      int cut = 0;
      while (results.get(cut).divergence() == null) {
        cut++;
      }
      stream.subList(0, cut - 1).forEach(before::train);
      after.train(stream.getLast()); // state that has to go
      after.restore(before.snapshot("job", 1));
      for (int i = cut - 1; i < stream.size(); i++) {
        assertThat(after.train(stream.get(i))).isEqualTo(results.get(i));
      }
      assertThat(after.parametersSha256()).isEqualTo(whole.parametersSha256());
      assertThat(after.ledger()).isEqualTo(whole.ledger());
    }
  }

  /** Snapshots are begun before each step and finished after it, the one that undoes others too. */
  @Test
  void leavesASnapshotThatIsNotFinishedAsItWasBegun() {
    DivergencePolicy policy = policy(Action.HALVE, 30, 10);
    try (var gradual = new Trainer(EXPLODING, 2, policy);
        var atOnce = new Trainer(EXPLODING, 2, policy)) {
      long undone = 0;
      for (int i = 0; i < 400; i++) {
        MiniBatch next = i % 90 == 50 ? poisoned() : batch();
        Snapshot begun = gradual.startSnapshot("job", i);
        Checkpoint expected = atOnce.snapshot("job", i);
        StepResult result = gradual.train(next);
        Checkpoint finished = begun.finish();
        assertThat(finished.values()).isEqualTo(expected.values());
        TrainerTest.assertSameState(finished, expected);
        assertThat(atOnce.train(next)).isEqualTo(result);
        undone += result.divergence() == null ? 0 : result.divergence().undoneSteps();
      }
      assertThat(undone).isPositive();
    }
  }

  /** What was lost before a copy is in the copy's ledger, and in a checkpoint's copy. */
  @Test
  void goesBackToALedgerWithItsLosses() {
    var gone = new SourcePartition("a topic with spaces", 3);
    DivergencePolicy policy = policy(Action.STOP, 1, 10);
    try (var before = new Trainer(SPEC, 1, policy);
        var after = new Trainer(SPEC, 1, policy)) {
      MiniBatch first = batch();
      first.ledger().add(gone, 100, 0, 0, 0);
      first.ledger().addLost(gone, 60);
      before.train(first);
      before.train(batch());
      before.train(batch());
      after.restore(before.snapshot("job", 1));
      assertThat(after.ledger()).isEqualTo(before.ledger());
      assertThatThrownBy(() -> after.train(poisoned()))
          .isInstanceOf(TrainingDivergedException.class);
      assertThat(after.ledger().entries().get(gone)).isEqualTo(new Ledger.Entry(100, 0, 0, 0, 60));
    }
  }

  @Test
  void stopsAtTheLastGoodStateAndItsLedger() {
    try (var trainer = new Trainer(EXPLODING, 1, policy(Action.STOP, 1_000, 10))) {
      String first = trainer.parametersSha256();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 1_000; i++) {
                  trainer.train(batch());
                }
              })
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("steps before it are undone")
          .hasMessageContaining("on-divergence.action");
      assertThat(trainer.parametersSha256()).isEqualTo(first);
      assertThat(trainer.ledger().read()).isZero();
    }
  }

  @Test
  void stopsWithoutUndoingAnythingWhereTheBatchIsTheCause() {
    try (var trainer = new Trainer(SPEC, 1, policy(Action.STOP, 1_000, 10))) {
      trainer.train(batch());
      trainer.train(batch());
      String weights = trainer.parametersSha256();
      assertThatThrownBy(() -> trainer.train(poisoned()))
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("step 3 is Infinity")
          .hasMessageContaining("extreme values");
      assertThat(trainer.parametersSha256()).isEqualTo(weights);
      assertThat(trainer.ledger().trained()).isEqualTo(2 * ROWS);
    }
  }

  @Test
  void undoesNothingWhereNoCopyIsKept() {
    var policy = new DivergencePolicy(Action.SKIP, Double.POSITIVE_INFINITY, 1, 3, false);
    try (var trainer = new Trainer(EXPLODING, 1, policy)) {
      trainer.reserveSnapshots();
      assertThatThrownBy(
              () -> {
                for (int i = 0; i < 3_000; i++) {
                  Divergence divergence = trainer.train(batch()).divergence();
                  if (divergence != null) {
                    assertThat(divergence.undoneSteps()).isZero();
                  }
                }
              })
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("number 3 in turn")
          .hasMessageContaining("as the last step left them, since on-divergence.undo is false");
      assertThat(trainer.snapshot("job", 0).tensors().keySet())
          .noneMatch(name -> name.startsWith("divergence."));
    }
    var halving = new DivergencePolicy(Action.HALVE, Double.POSITIVE_INFINITY, 1, 3, false);
    assertThatThrownBy(() -> new Trainer(SPEC, 1, halving))
        .hasMessageContaining("false leaves halve nothing to do");
  }

  @Test
  void givesUpAfterTooManyInTurn() {
    try (var trainer = new Trainer(SPEC, 1, policy(Action.SKIP, 10, 3))) {
      trainer.train(poisoned());
      trainer.train(poisoned());
      trainer.train(batch());
      trainer.train(poisoned());
      trainer.train(poisoned());
      assertThatThrownBy(() -> trainer.train(poisoned()))
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("number 3 in turn")
          .hasMessageContaining("are those of the last good state");
      assertThat(trainer.ledger().rejected()).isEqualTo(5 * ROWS);
    }
  }

  @Test
  void aLossFarAboveTheUsualIsADivergenceIfABoundIsSet() {
    var policy = new DivergencePolicy(Action.SKIP, 50, 10, 3);
    try (var trainer = new Trainer(SPEC, 1, policy)) {
      MiniBatch large = batch();
      large.rows().labels()[0] = 1e4f;
      assertThat(trainer.train(large).divergence()).as("no mean to go by yet").isNull();
      for (int i = 0; i < 600; i++) {
        trainer.train(batch());
      }
      assertThat(trainer.train(large).divergence()).isNotNull();
      assertThat(trainer.train(batch()).divergence()).isNull();
    }
  }

  @Test
  void refusesToHalveWhereTheRateCannotChange() {
    ModelSpec ftrl = Specs.linear(Specs.sparse(10, 2), "ftrl", ROWS);
    assertThatThrownBy(() -> new Trainer(ftrl, 1, policy(Action.HALVE, 10, 3)))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("halve cannot change the rate of ftrl");
  }
}
