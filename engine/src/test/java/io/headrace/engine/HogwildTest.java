package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What threads that share weights without locks do is known where no two rows share a weight. */
class HogwildTest {
  private static final int SIZE = 256;
  private static final int BATCHES = 30;

  @ParameterizedTest
  @CsvSource({"adagrad, 2", "ftrl, 2", "adam, 5"})
  void oneWorkerLearnsTheBitsOfTheSynchronousMode(String optimizer, int classes) {
    ModelSpec spec = Specs.rowByRow(Specs.linear(Specs.sparse(10, classes), optimizer, SIZE));
    try (var hogwild = trainer(spec, 1);
        var oracle = new Trainer(spec, 1)) {
      var batches = new Batches(spec.schema(), 4);
      for (int i = 0; i < BATCHES; i++) {
        MiniBatch batch = batches.next(SIZE, SIZE);
        assertThat(hogwild.train(batch)).isEqualTo(oracle.train(batch));
      }
      assertSameState(hogwild, oracle);
    }
  }

  @ParameterizedTest
  @CsvSource({"sgd, 2, 2", "adagrad, 2, 4", "ftrl, 2, 3", "adam, 3, 4", "coin, 4, 4"})
  void workersLearnTheSameBitsFromRowsThatShareNoWeight(
      String optimizer, int classes, int threads) {
    ModelSpec spec = withoutBias(optimizer, classes);
    try (var hogwild = trainer(spec, threads);
        var oracle = new Trainer(spec, 1)) {
      for (int i = 0; i < BATCHES; i++) {
        MiniBatch batch = apart(spec.schema(), i, classes);
        assertThat(hogwild.train(batch)).isEqualTo(oracle.train(batch));
      }
      assertSameState(hogwild, oracle);
    }
  }

  /** A copy that is taken while workers change what it is of is still that of one moment. */
  @Test
  void goesOnFromASnapshotThatWasTakenWhileWorkersLearned() {
    ModelSpec spec = withoutBias("adagrad", 2);
    try (var hogwild = trainer(spec, 4);
        var resumed = trainer(spec, 2);
        var oracle = new Trainer(spec, 1)) {
      Snapshot snapshot = null;
      for (int i = 0; i < BATCHES; i++) {
        if (i == BATCHES / 2) {
          snapshot = hogwild.startSnapshot("job", 0);
        }
        MiniBatch batch = apart(spec.schema(), i, 2);
        hogwild.train(batch);
        oracle.train(batch);
      }
      Checkpoint then = Objects.requireNonNull(snapshot).finish();
      assertThat(then.ledger().trained()).isEqualTo((long) SIZE * BATCHES / 2);
      resumed.restore(then);
      for (int i = BATCHES / 2; i < BATCHES; i++) {
        resumed.train(apart(spec.schema(), i, 2));
      }
      assertSameState(resumed, oracle);
    }
  }

  /** What a batch gave may be counted while the next is learned from; whoever asks sees it. */
  @Test
  void metricsAreThoseOfAllBatchesSoFarWheneverTheyAreAsked() {
    ModelSpec spec = withoutBias("ftrl", 3);
    try (var hogwild = trainer(spec, 3);
        var oracle = new Trainer(spec, 1)) {
      for (int i = 0; i < BATCHES; i++) {
        MiniBatch batch = apart(spec.schema(), i, 3);
        hogwild.train(batch);
        oracle.train(batch);
        if (i % 3 != 1) {
          assertThat(hogwild.metrics("job", 0, 0)).isEqualTo(oracle.metrics("job", 0, 0));
        }
      }
      assertSameState(hogwild, oracle);
    }
  }

  @Test
  void countsABatchOnceWhoseMetricsARestoreTakesBack() {
    ModelSpec spec = withoutBias("adagrad", 2);
    try (var hogwild = trainer(spec, 2);
        var oracle = new Trainer(spec, 1)) {
      hogwild.train(apart(spec.schema(), 0, 2));
      Checkpoint first = hogwild.snapshot("job", 0);
      hogwild.train(apart(spec.schema(), 1, 2));
      hogwild.restore(first);
      oracle.train(apart(spec.schema(), 0, 2));
      oracle.restore(oracle.snapshot("job", 0)); // which ends the window, too
      assertSameState(hogwild, oracle);
      hogwild.train(apart(spec.schema(), 2, 2));
      oracle.train(apart(spec.schema(), 2, 2));
      assertSameState(hogwild, oracle);
    }
  }

  /** Every row has the bias and a few of the same 1,024 weights. */
  @Test
  void comesNearTheSynchronousModeWhereRowsShareWeights() {
    ModelSpec spec = Specs.rowByRow(Specs.linear(Specs.sparse(10, 2), "adagrad", SIZE));
    try (var hogwild = trainer(spec, 2);
        var oracle = new Trainer(spec, 1)) {
      var batches = new Batches(spec.schema(), 8);
      for (int i = 0; i < 4 * BATCHES; i++) {
        MiniBatch batch = batches.next(SIZE, SIZE);
        assertThat(hogwild.train(batch).rows()).isEqualTo(SIZE);
        oracle.train(batch);
      }
      double loss = loss(oracle);
      assertThat(loss(hogwild)).isCloseTo(loss, within(0.03 * loss));
      assertThat(hogwild.ledger()).isEqualTo(oracle.ledger());
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 100, SIZE - 1})
  void leavesOutARowOfNoFiniteLossAndNoOther(int bad) {
    ModelSpec spec = withoutBias("adagrad", 2);
    try (var hogwild = trainer(spec, 3);
        var oracle = new Trainer(spec, 1)) {
      MiniBatch batch = apart(spec.schema(), 0, 2);
      batch.rows().weights()[bad] = Float.NaN;
      StepResult result = hogwild.train(batch);
      StepResult expected = oracle.train(batch);
      assertThat(result.rows()).isEqualTo(SIZE - 1);
      assertThat(result.meanLoss()).isEqualTo(expected.meanLoss());
      assertThat(Objects.requireNonNull(result.divergence()).rejectedSamples()).isEqualTo(1);
      Ledger ledger = hogwild.ledger();
      assertThat(ledger).isEqualTo(oracle.ledger());
      assertThat(ledger.trained()).isEqualTo(SIZE - 1);
      assertThat(ledger.rejected()).isEqualTo(1);
      assertSameState(hogwild, oracle);
    }
  }

  @Test
  void learnsNothingFromABatchWithoutAnyFiniteLoss() {
    ModelSpec spec = withoutBias("adagrad", 2);
    try (var hogwild = trainer(spec, 2)) {
      MiniBatch batch = apart(spec.schema(), 0, 2);
      Arrays.fill(batch.rows().weights(), Float.NaN);
      String before = hogwild.parametersSha256();
      assertThat(hogwild.train(batch).rows()).isZero();
      assertThat(hogwild.parametersSha256()).isEqualTo(before);
      assertThat(hogwild.ledger().rejected()).isEqualTo(SIZE);
    }
  }

  @Test
  void refusesModelsWhoseThreadsCannotShareParameters() {
    ModelSpec byBatch = Specs.linear(Specs.sparse(10, 2), "adagrad", SIZE);
    assertRefused(byBatch, "update: batch and adagrad");
    assertRefused(Specs.rowByRow(Specs.mlp(8, 4, 2, SIZE)), "Here are 4 layers, the first dense");
    assertRefused(
        Specs.rowByRow(Specs.linear(Specs.sparse(10, 2), "normalized", SIZE)), "normalized");
    assertRefused(Specs.rowByRow(Specs.linear(Specs.dense(4, 2), "sgd", SIZE)), "sparse input");
  }

  private static void assertRefused(ModelSpec spec, String part) {
    assertThatThrownBy(() -> trainer(spec, 2))
        .isInstanceOf(InvalidSettingException.class)
        .extracting(e -> ((InvalidSettingException) e).key())
        .isEqualTo("engine.mode");
    assertThatThrownBy(() -> trainer(spec, 2))
        .hasMessageContaining(part)
        .hasMessageContaining("mode: synchronous");
  }

  private static Trainer trainer(ModelSpec spec, int threads) {
    return new Trainer(spec, threads, DivergencePolicy.DEFAULT, WorkerMode.HOGWILD);
  }

  private static ModelSpec withoutBias(String optimizer, int classes) {
    return Specs.rowByRow(
        Specs.model(
            Specs.sparse(12, classes),
            List.of(Specs.layer("linear", Map.of("bias", false))),
            classes == 2 ? "logistic" : "softmax",
            Specs.optimizer(optimizer, Map.of()),
            SIZE));
  }

  /** Rows none of which has an id of another; which ones changes with the batch. */
  private static MiniBatch apart(SampleSchema schema, int number, int classes) {
    var random = new Random(number);
    var block = new SampleBlock(schema, SIZE);
    block.start(new SourcePartition("p", 0), (long) number * SIZE);
    for (int row = 0; row < SIZE; row++) {
      for (int i = 0; i < 4; i++) {
        int id = 4 * SIZE * i + 4 * ((row + 7 * number) % SIZE) + random.nextInt(4);
        block.sparse(0).add(id, random.nextFloat());
      }
      block.commitRow(random.nextInt(classes), 1, 0, (long) number * SIZE + row);
    }
    var batch = new MiniBatch(schema, SIZE);
    batch.rows().appendRows(block, 0, SIZE);
    batch.ledger().add(block.partition(), (number + 1L) * SIZE, SIZE, 0, 0);
    return batch;
  }

  private static double loss(Trainer trainer) {
    return Objects.requireNonNull(trainer.metrics("job", 0, 0).total().get("loss"));
  }

  private static void assertSameState(Trainer trainer, Trainer oracle) {
    assertThat(trainer.parametersSha256()).isEqualTo(oracle.parametersSha256());
    assertThat(trainer.metrics("job", 0, 0)).isEqualTo(oracle.metrics("job", 0, 0));
  }
}
