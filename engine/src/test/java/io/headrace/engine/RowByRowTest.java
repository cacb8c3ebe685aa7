package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.DivergencePolicy.Action;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.error.TrainingDivergedException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RowByRowTest {
  private static final int SIZE = 24;

  /** A batch is only what rows travel in: batches of one row teach the same, bit for bit. */
  @ParameterizedTest
  @CsvSource({
    "sgd, 2",
    "adagrad, 2",
    "ftrl, 2",
    "adam, 2",
    "rmsprop, 2",
    "coin, 2",
    "coin, 4",
    "sgd, 5",
    "adagrad, 5",
    "ftrl, 5",
    "adam, 5",
    "adagrad, 0"
  })
  void learnsAsFromBatchesOfOneRow(String optimizer, int classes) {
    ModelSpec whole = Specs.linear(Specs.sparse(10, classes), optimizer, SIZE);
    ModelSpec single = Specs.linear(Specs.sparse(10, classes), optimizer, 1);
    var batches = new Batches(whole.schema(), 5);
    try (var trainer = new Trainer(Specs.rowByRow(whole), 2);
        var oracle = new Trainer(single, 1)) {
      for (int i = 0; i < 20; i++) {
        MiniBatch batch = withoutRepeatedIds(batches.next(SIZE, SIZE));
        double sum = 0;
        for (int row = 0; row < SIZE; row++) {
          sum += oracle.train(rowOf(batch, row)).meanLoss();
        }
        StepResult result = trainer.train(batch);
        assertThat(result.meanLoss()).isCloseTo(sum / SIZE, Offset.offset(1e-12));
        assertThat(result.rows()).isEqualTo(SIZE);
      }
      assertThat(trainer.parametersSha256()).isEqualTo(oracle.parametersSha256());
      assertThat(trainer.metrics("job", 0, 0).total())
          .isEqualTo(oracle.metrics("job", 0, 0).total());
      assertThat(trainer.metrics("job", 0, 0).step()).isEqualTo(20);
    }
  }

  /** The short way takes an id that a row has twice one time after the other. */
  private static MiniBatch withoutRepeatedIds(MiniBatch batch) {
    SampleBlock rows = batch.rows();
    var distinct = new MiniBatch(rows.schema(), SIZE);
    SparseColumn pairs = rows.sparse(0);
    for (int row = 0; row < rows.size(); row++) {
      var seen = new HashSet<Integer>();
      for (int i = pairs.start(row); i < pairs.start(row + 1); i++) {
        if (seen.add(pairs.ids()[i])) {
          distinct.rows().sparse(0).add(pairs.ids()[i], pairs.values()[i]);
        }
      }
      distinct.rows().commitRow(rows.labels()[row], rows.weights()[row], 0, row);
    }
    return distinct;
  }

  /** Weights in w -= g, g = -1/2 each time, for one id twice in the first row. */
  @Test
  void movesAnIdThatARowHasTwiceTwice() {
    ModelSpec spec =
        Specs.rowByRow(
            Specs.model(
                Specs.sparse(10, 2),
                List.of(Specs.layer("linear", Map.of("bias", false))),
                "logistic",
                Specs.optimizer("sgd", Map.of("learning-rate", 1.0)),
                2));
    var batch = new MiniBatch(spec.schema(), 2);
    batch.rows().sparse(0).add(7, 1);
    batch.rows().sparse(0).add(7, 1);
    batch.rows().commitRow(1, 1, 0, 0);
    batch.rows().sparse(0).add(7, 1);
    batch.rows().commitRow(1, 1, 0, 1);
    try (var trainer = new Trainer(spec, 1)) {
      double mean = trainer.train(batch).meanLoss();
      assertThat(mean).isCloseTo((Math.log(2) + Math.log1p(Math.exp(-1))) / 2, within(1e-6));
    }
  }

  @ParameterizedTest
  @CsvSource({"2", "3"})
  void resumesNormalizedLearningWithTheSameBits(int classes) {
    ModelSpec spec = Specs.rowByRow(Specs.linear(Specs.sparse(10, classes), "normalized", SIZE));
    try (var whole = new Trainer(spec, 1);
        var resumed = new Trainer(spec, 1)) {
      var batches = new Batches(spec.schema(), 9);
      for (int i = 0; i < 5; i++) {
        whole.train(batches.next(SIZE, SIZE));
      }
      resumed.restore(whole.snapshot("job", 0));
      for (int i = 0; i < 5; i++) {
        MiniBatch batch = batches.next(SIZE, SIZE);
        whole.train(batch);
        resumed.train(batch);
      }
      assertThat(tensors(resumed)).isEqualTo(tensors(whole));
    }
  }

  /** Checkpoints name and order weights and slots as those of batches do. */
  @ParameterizedTest
  @CsvSource({"adagrad, 2", "adam, 3", "coin, 2"})
  void resumesWithTheSameBits(String optimizer, int classes) {
    ModelSpec spec = Specs.rowByRow(Specs.linear(Specs.sparse(10, classes), optimizer, SIZE));
    ModelSpec byBatch = Specs.linear(Specs.sparse(10, classes), optimizer, SIZE);
    try (var whole = new Trainer(spec, 1);
        var resumed = new Trainer(spec, 1);
        var other = new Trainer(byBatch, 1)) {
      var batches = new Batches(spec.schema(), 9);
      Snapshot snapshot = null;
      for (int i = 0; i < 12; i++) {
        if (i == 5) {
          snapshot = whole.startSnapshot("job", 0);
        }
        whole.train(batches.next(SIZE, SIZE));
      }
      Checkpoint then = Objects.requireNonNull(snapshot).finish();
      assertThat(then.tensors().keySet())
          .containsAll(
              other.snapshot("job", 0).tensors().keySet().stream()
                  .filter(name -> name.startsWith("model.") || name.startsWith("optimizer."))
                  .toList());
      resumed.restore(then);
      var again = new Batches(spec.schema(), 9);
      for (int i = 0; i < 12; i++) {
        MiniBatch batch = again.next(SIZE, SIZE);
        if (i >= 5) {
          resumed.train(batch);
        }
      }
      assertThat(resumed.parametersSha256()).isEqualTo(whole.parametersSha256());
      assertThat(tensors(resumed)).isEqualTo(tensors(whole));
    }
  }

  private static Map<String, List<Float>> tensors(Trainer trainer) {
    var all = new TreeMap<String, List<Float>>();
    trainer
        .snapshot("job", 0)
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith("model.") || name.startsWith("optimizer.")) {
                List<Float> floats = new ArrayList<>();
                for (float value : Floats.toArray(tensor.data())) {
                  floats.add(value);
                }
                all.put(name, floats);
              }
            });
    return all;
  }

  private static MiniBatch rowOf(MiniBatch batch, int row) {
    var single = new MiniBatch(batch.rows().schema(), 1);
    single.rows().appendRows(batch.rows(), row, row + 1);
    return single;
  }

  /** Rows of no finite loss, first, last and in between, from two partitions. */
  @ParameterizedTest
  @ValueSource(ints = {0, 7, SIZE - 1})
  void leavesOutARowOfNoFiniteLossAndNoOther(int bad) {
    ModelSpec spec = Specs.rowByRow(Specs.linear(Specs.sparse(10, 2), "adagrad", SIZE));
    try (var trainer = new Trainer(spec, 1);
        var without = new Trainer(spec, 1)) {
      SampleBlock good = new Batches(spec.schema(), 3).next(SIZE, SIZE).rows();
      MiniBatch poisoned = fromTwoPartitions(good);
      poisoned.rows().weights()[bad] = Float.NaN;
      var rest = new MiniBatch(spec.schema(), SIZE);
      rest.rows().appendRows(good, 0, bad);
      rest.rows().appendRows(good, bad + 1, SIZE);

      StepResult result = trainer.train(poisoned);
      StepResult expected = without.train(rest);

      assertThat(result.rows()).isEqualTo(SIZE - 1);
      assertThat(result.meanLoss()).isEqualTo(expected.meanLoss());
      Divergence divergence = Objects.requireNonNull(result.divergence());
      assertThat(divergence.loss()).isNaN();
      assertThat(divergence.rejectedSamples()).isEqualTo(1);
      Ledger ledger = trainer.ledger();
      assertThat(ledger.trained()).isEqualTo(SIZE - 1);
      var partition = new SourcePartition("p", bad < SIZE / 2 ? 0 : 1);
      assertThat(Objects.requireNonNull(ledger.entries().get(partition)).rejected()).isEqualTo(1);
      assertThat(ledger.rejected()).isEqualTo(1);
    }
  }

  private static MiniBatch fromTwoPartitions(SampleBlock rows) {
    var batch = new MiniBatch(rows.schema(), SIZE);
    for (int part = 0; part < 2; part++) {
      var block = new SampleBlock(rows.schema(), SIZE);
      block.start(new SourcePartition("p", part), 0);
      for (int row = part * SIZE / 2; row < (part + 1) * SIZE / 2; row++) {
        SparseColumn pairs = rows.sparse(0);
        for (int i = pairs.start(row); i < pairs.start(row + 1); i++) {
          block.sparse(0).add(pairs.ids()[i], pairs.values()[i]);
        }
        block.commitRow(rows.labels()[row], rows.weights()[row], 0, row);
      }
      batch.rows().appendRows(block, 0, SIZE / 2);
      batch.ledger().add(block.partition(), SIZE / 2, SIZE / 2, 0, 0);
    }
    return batch;
  }

  /** The first good state is that before the first step, of which nothing is copied. */
  @ParameterizedTest
  @ValueSource(strings = {"adagrad", "ftrl", "adam", "coin"})
  void endsAtItsFirstStateIfAskedTo(String optimizer) {
    ModelSpec spec = Specs.rowByRow(Specs.linear(Specs.sparse(10, 2), optimizer, SIZE));
    var policy = new DivergencePolicy(Action.STOP, Double.POSITIVE_INFINITY, 20, 10);
    var batches = new Batches(spec.schema(), 3);
    try (var trainer = new Trainer(spec, 1, policy);
        var untrained = new Trainer(spec, 1)) {
      trainer.reserveSnapshots();
      for (int i = 0; i < 3; i++) {
        trainer.train(batches.next(SIZE, SIZE));
      }
      assertThat(trainer.parametersSha256()).isNotEqualTo(untrained.parametersSha256());
      MiniBatch poisoned = batches.next(SIZE, SIZE);
      poisoned.rows().weights()[SIZE / 2] = Float.NaN;
      assertThatThrownBy(() -> trainer.train(poisoned))
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("3 steps before it are undone");
      assertThat(trainer.parametersSha256()).isEqualTo(untrained.parametersSha256());
      assertSameParameters(trainer.snapshot("job", 1), untrained.snapshot("job", 1));
    }
  }

  /** Slots included. */
  private static void assertSameParameters(Checkpoint found, Checkpoint expected) {
    expected
        .tensors()
        .forEach(
            (name, tensor) -> {
              if (name.startsWith("model.") || name.startsWith("optimizer.")) {
                MemorySegment data = Objects.requireNonNull(found.tensors().get(name)).data();
                assertThat(data.mismatch(tensor.data())).as(name).isEqualTo(-1);
              }
            });
  }

  /** Rows before the bad one were learned from; nothing of them is left, and all are read again. */
  @Test
  void endsAtTheLastGoodStateIfAskedTo() {
    ModelSpec spec = Specs.rowByRow(Specs.linear(Specs.sparse(10, 2), "adagrad", SIZE));
    var policy = new DivergencePolicy(Action.STOP, Double.POSITIVE_INFINITY, 20, 10);
    var batches = new Batches(spec.schema(), 3);
    try (var trainer = new Trainer(spec, 1, policy);
        var good = new Trainer(spec, 1)) {
      for (int i = 0; i < 21; i++) { // the state is copied before the first and before the last
        MiniBatch batch = batches.next(SIZE, SIZE);
        trainer.train(batch);
        if (i < 20) {
          good.train(batch);
        }
      }
      MiniBatch poisoned = batches.next(SIZE, SIZE);
      poisoned.rows().weights()[SIZE / 2] = Float.NaN;
      assertThatThrownBy(() -> trainer.train(poisoned))
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("step 22")
          .hasMessageContaining("1 steps before it are undone");
      assertThat(trainer.parametersSha256()).isEqualTo(good.parametersSha256());
      assertThat(trainer.ledger()).isEqualTo(good.ledger());
    }
  }

  /** A weight may overflow while all losses are finite, until its feature comes again. */
  @Test
  void takesNoStateForGoodWhoseParametersAreNotFinite() {
    ModelSpec spec =
        Specs.rowByRow(
            Specs.model(
                Specs.sparse(10, 0),
                List.of(Specs.layer("linear", Map.of())),
                "squared",
                Specs.optimizer("sgd", Map.of("learning-rate", 1)),
                SIZE));
    var policy = new DivergencePolicy(Action.SKIP, Double.POSITIVE_INFINITY, 20, 10);
    try (var trainer = new Trainer(spec, 1, policy);
        var untrained = new Trainer(spec, 1)) {
      assertThat(trainer.train(ofOnePair(spec, 3, Float.MAX_VALUE)).divergence()).isNull();
      for (int i = 1; i < 20; i++) {
        assertThat(trainer.train(ofOnePair(spec, 4, 0.1f)).divergence()).isNull();
      }
      assertThat(trainer.train(ofOnePair(spec, 4, 0.1f)).divergence()).isNotNull();
      assertThat(trainer.parametersSha256()).isEqualTo(untrained.parametersSha256());
    }
  }

  private static MiniBatch ofOnePair(ModelSpec spec, int id, float value) {
    var batch = new MiniBatch(spec.schema(), SIZE);
    batch.rows().sparse(0).add(id, value);
    batch.rows().commitRow(10, 1, 0, id);
    batch.ledger().add(new SourcePartition("pairs", 0), id + 1, 1, 0, 0);
    return batch;
  }

  @Test
  void refusesABoundOnTheLossOfBatches() {
    ModelSpec spec = Specs.rowByRow(Specs.linear(Specs.sparse(10, 2), "adagrad", SIZE));
    var policy = new DivergencePolicy(Action.SKIP, 3, 1_000, 10);
    assertThatThrownBy(() -> new Trainer(spec, 1, policy))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("engine.update: sample");
  }

  /** A rate at which every row grows the error: all rows of a batch lose their finite loss. */
  @Test
  void undoesTheStepsThatMadeAllLossesUseless() {
    ModelSpec spec =
        Specs.rowByRow(
            Specs.model(
                Specs.dense(4, 0),
                List.of(Specs.layer("linear", Map.of())),
                "squared",
                Specs.optimizer("sgd", Map.of("learning-rate", 0.5)),
                SIZE));
    var policy = new DivergencePolicy(Action.HALVE, Double.POSITIVE_INFINITY, 100, 10);
    var batches = new Batches(spec.schema(), 3);
    int steps = 500;
    try (var trainer = new Trainer(spec, 1, policy)) {
      var told = new ArrayList<Divergence>();
      double loss = Double.NaN;
      for (int i = 0; i < steps; i++) {
        StepResult result = trainer.train(batches.next(SIZE, SIZE));
        if (result.divergence() != null) {
          told.add(result.divergence());
        }
        loss = result.meanLoss();
      }
      assertThat(told).anyMatch(divergence -> divergence.undoneSteps() > 0);
      assertThat(told.getLast().rateFactor()).isLessThan(1);
      assertThat(loss).isLessThan(0.1);
      long rejected = told.stream().mapToLong(Divergence::rejectedSamples).sum();
      assertThat(trainer.ledger().rejected()).isEqualTo(rejected);
      assertThat(trainer.ledger().read()).isEqualTo((long) steps * SIZE);
    }
  }
}
