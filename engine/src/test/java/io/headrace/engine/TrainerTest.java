package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TrainerTest {
  /** Sizes of batches in a stream: full, partial, smaller than the shards, one, none. */
  private static final int[] SIZES = {64, 50, 64, 3, 1, 0, 63, 64, 17, 64};

  static Stream<ModelSpec> models() {
    return Stream.of(
        Specs.mlp(19, 33, 5, 64),
        Specs.mlp(300, 257, 10, 64),
        Specs.with(
            Specs.mlp(300, 70, 10, 64),
            Specs.schedule("cosine", Map.of("steps", 2_000, "warm-up", 20)),
            new GradientClipping(0.5, 1)),
        Specs.with(
            Specs.linear(Specs.sparse(12, 3), "adagrad", 64),
            new GradientClipping(Double.POSITIVE_INFINITY, 0.5)),
        Specs.recurrent("rnn", 12, 9, 40, 64),
        Specs.recurrent("lstm", 5, 16, 17, 64),
        Specs.recurrent("gru", 6, 3, 9, 64),
        Specs.sentiment(20, 10, 16, 24, 64),
        Specs.normalised(19, 33, 5, 64),
        Specs.towers(64),
        Specs.pooled(9, 10, 64),
        Specs.linear(Specs.dense(28, 2), "sgd", 64),
        Specs.linear(Specs.dense(1, 0), "adagrad", 64),
        Specs.linear(Specs.sparse(18, 2), "ftrl", 64),
        Specs.linear(Specs.sparse(12, 2), "adagrad", 64),
        Specs.linear(Specs.sparse(12, 7), "adam", 64),
        Specs.linear(Specs.sparse(10, 0), "adagrad", 64),
        Specs.deepFm("adagrad", 64),
        Specs.deepFm("ftrl", 64),
        Specs.ffm("adagrad", 64),
        Specs.deepFmByField("adam", 64),
        Specs.rowByRow(Specs.ffm("adagrad", 64)),
        Specs.rowByRow(Specs.deepFm("adam", 64)),
        Specs.rowByRow(Specs.linear(Specs.sparse(12, 2), "adagrad", 64)),
        Specs.rowByRow(Specs.linear(Specs.sparse(12, 3), "ftrl", 64)),
        Specs.rowByRow(Specs.linear(Specs.sparse(12, 2), "normalized", 64)),
        Specs.rowByRow(Specs.linear(Specs.sparse(12, 2), "coin", 64)),
        Specs.rowByRow(
            Specs.with(
                Specs.mlp(19, 33, 5, 64), new GradientClipping(Double.POSITIVE_INFINITY, 0.5))));
  }

  @ParameterizedTest
  @MethodSource("models")
  void holdsTheSameBitsWhateverTheThreads(ModelSpec spec) {
    List<String> alone = run(spec, 1);
    assertThat(run(spec, 2)).isEqualTo(alone);
    assertThat(run(spec, 3)).isEqualTo(alone);
    assertThat(run(spec, 5)).isEqualTo(alone);
  }

  private static List<String> run(ModelSpec spec, int threads) {
    var seen = new ArrayList<String>();
    var batches = new Batches(spec.schema(), 11);
    try (var trainer = new Trainer(spec, threads)) {
      for (int size : SIZES) {
        seen.add(trainer.train(batches.next(size, 64)).toString());
      }
      seen.add(trainer.parametersSha256());
      seen.add(trainer.metrics("job", 0, 0).toString());
    }
    return seen;
  }

  @ParameterizedTest
  @MethodSource("models")
  void learnsWhatCanBeLearned(ModelSpec spec) {
    var batches = new Batches(spec.schema(), 5);
    try (var trainer = new Trainer(spec, 1)) {
      double first = meanLoss(trainer, batches, 30);
      meanLoss(trainer, batches, 1_000);
      assertThat(meanLoss(trainer, batches, 30)).isLessThan(0.9 * first);
    }
  }

  private static double meanLoss(Trainer trainer, Batches batches, int steps) {
    double sum = 0;
    for (int i = 0; i < steps; i++) {
      sum += trainer.train(batches.next(64, 64)).meanLoss();
    }
    return sum / steps;
  }

  @ParameterizedTest
  @MethodSource("models")
  void goesOnFromACheckpointAsIfNothingHadHappened(ModelSpec spec) {
    var batches = new Batches(spec.schema(), 3);
    List<MiniBatch> stream = Stream.generate(() -> batches.next(60, 64)).limit(12).toList();
    try (var whole = new Trainer(spec, 1);
        var before = new Trainer(spec, 2);
        var after = new Trainer(spec, 1)) {
      stream.forEach(whole::train);
      stream.subList(0, 7).forEach(before::train);
      before.snapshot("job", 1);
      after.train(stream.getLast()); // state that has to go
      after.restore(before.snapshot("job", 2));
      assertThat(after.ledger()).isEqualTo(before.ledger());
      stream.subList(7, 12).forEach(after::train);

      assertThat(after.parametersSha256()).isEqualTo(whole.parametersSha256());
      assertThat(after.metrics("job", 3, 4)).isEqualTo(whole.metrics("job", 3, 4));
      assertSameState(after.snapshot("job", 5), whole.snapshot("job", 5));
    }
  }

  static void assertSameState(Checkpoint actual, Checkpoint expected) {
    assertThat(actual.tensors().keySet()).isEqualTo(expected.tensors().keySet());
    actual
        .tensors()
        .forEach(
            (name, tensor) -> {
              MemorySegment other = data(expected, name);
              assertThat(tensor.data().mismatch(other)).as(name).isEqualTo(-1);
            });
  }

  @Test
  void usesTheMemoryOfASnapshotAgain() {
    ModelSpec spec = Specs.mlp(9, 12, 3, 16);
    var batches = new Batches(spec.schema(), 3);
    try (var trainer = new Trainer(spec, 1)) {
      MemorySegment first = weight(trainer.snapshot("job", 1));
      byte[] bytes = first.toArray(ValueLayout.JAVA_BYTE);
      trainer.train(batches.next(16, 16));
      assertThat(first.toArray(ValueLayout.JAVA_BYTE)).isEqualTo(bytes);
      MemorySegment second = weight(trainer.snapshot("job", 2));
      assertThat(second.address()).isEqualTo(first.address());
      assertThat(second.toArray(ValueLayout.JAVA_BYTE)).isNotEqualTo(bytes);
    }
  }

  /** With copies of the last good state every second step, which checkpoints share. */
  @ParameterizedTest
  @MethodSource("models")
  void takesASnapshotOfItsMomentWhileItLearnsOn(ModelSpec spec) throws Exception {
    var policy = new DivergencePolicy(DivergencePolicy.Action.SKIP, Double.POSITIVE_INFINITY, 2, 9);
    var batches = new Batches(spec.schema(), 3);
    List<MiniBatch> stream = Stream.generate(() -> batches.next(60, 64)).limit(12).toList();
    try (var one = new Trainer(spec, 2, policy);
        var other = new Trainer(spec, 2, policy);
        var background = Executors.newSingleThreadExecutor()) {
      for (int i = 0; i < stream.size(); i++) {
        Snapshot gradual = one.startSnapshot("job", i);
        Checkpoint atOnce = other.snapshot("job", i);
        var early = i % 3 == 0 ? background.submit(gradual::finish) : null;
        one.train(stream.get(i));
        assertSameState(early == null ? gradual.finish() : early.get(), atOnce);
        other.train(stream.get(i));
      }
      assertThat(one.parametersSha256()).isEqualTo(other.parametersSha256());
    }
  }

  private static MemorySegment weight(Checkpoint checkpoint) {
    return data(checkpoint, "model.0.dense.weight");
  }

  private static MemorySegment data(Checkpoint checkpoint, String name) {
    return Objects.requireNonNull(checkpoint.tensors().get(name)).data();
  }

  @Test
  void namesWhatDiffersWhenACheckpointBelongsToAnotherModel() {
    ModelSpec spec = Specs.linear(Specs.dense(4, 2), "sgd", 16);
    ModelSpec other = Specs.linear(Specs.dense(5, 2), "adam", 16);
    try (var trainer = new Trainer(spec, 1);
        var theirs = new Trainer(other, 1)) {
      Checkpoint checkpoint = theirs.snapshot("job", 1);
      assertThatThrownBy(() -> trainer.restore(checkpoint))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("input x: Dense[shape=[5]] in the checkpoint")
          .hasMessageContaining("Dense[shape=[4]] in the job")
          .hasMessageContaining("optimizer: adam")
          .hasMessageNotContaining("loss:");
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void keepsNothingOfRowsItDidNotLearnFrom(ModelSpec spec) {
    var batches = new Batches(spec.schema(), 3);
    try (var trainer = new Trainer(spec, 1)) {
      trainer.train(batches.next(64, 64));
      Checkpoint before = trainer.snapshot("job", 1);
      MiniBatch poisoned = batches.next(16, 64);
      Arrays.fill(poisoned.rows().weights(), Float.NaN);
      assertThat(trainer.train(poisoned).divergence()).isNotNull();
      MemorySegment outputs = Floats.allocate(100L * trainer.outputWidth());
      trainer.predict(batches.next(100, 100).rows(), outputs);
      assertSameState(trainer.snapshot("job", 2), before);
    }
  }

  @Test
  void predictsARowTheSameInAnyCompany() {
    ModelSpec spec = Specs.normalised(9, 12, 3, 16);
    var batches = new Batches(spec.schema(), 3);
    try (var trainer = new Trainer(spec, 1)) {
      for (int i = 0; i < 20; i++) {
        trainer.train(batches.next(16, 16));
      }
      SampleBlock rows = batches.next(41, 41).rows();
      MemorySegment together = Floats.allocate(41 * 3);
      trainer.predict(rows, together);
      MemorySegment again = Floats.allocate(41 * 3);
      trainer.predict(rows, again);
      assertThat(again.mismatch(together)).isEqualTo(-1);
      MiniBatch first = new Batches(spec.schema(), 3).next(1, 1);
      trainer.predict(first.rows(), together);
      MiniBatch more = new Batches(spec.schema(), 3).next(7, 7);
      trainer.predict(more.rows(), again);
      assertThat(again.asSlice(0, 12).mismatch(together.asSlice(0, 12))).isEqualTo(-1);
    }
  }

  @ParameterizedTest
  @MethodSource("models")
  void theHashIsThatOfTheParametersAsTheyAre(ModelSpec spec) {
    var batches = new Batches(spec.schema(), 3);
    try (var trainer = new Trainer(spec, 1)) {
      trainer.train(batches.next(60, 64));
      String one = trainer.parametersSha256();
      Checkpoint then = trainer.snapshot("job", 1);
      trainer.train(batches.next(60, 64));
      String two = trainer.parametersSha256();
      assertThat(two).isNotEqualTo(one);
      trainer.restore(then);
      assertThat(trainer.parametersSha256()).isEqualTo(one);
    }
  }

  @Test
  void predictsAnyNumberOfRowsWithoutLearning() {
    ModelSpec spec = Specs.mlp(9, 12, 3, 16);
    var batches = new Batches(spec.schema(), 3);
    MiniBatch rows = batches.next(41, 41);
    MemorySegment outputs = Floats.allocate(41 * 3);
    try (var trainer = new Trainer(spec, 1)) {
      String weights = trainer.parametersSha256();
      trainer.predict(rows.rows(), outputs);
      assertThat(trainer.parametersSha256()).isEqualTo(weights);
    }
    for (int row = 0; row < 41; row++) {
      float sum = 0;
      for (int k = 0; k < 3; k++) {
        sum += Floats.read(outputs, row * 3L + k);
      }
      assertThat(sum).isCloseTo(1f, org.assertj.core.data.Offset.offset(1e-6f));
    }
  }

  @Test
  void countsParametersWithoutPadding() {
    try (var trainer = new Trainer(Specs.mlp(19, 32, 5, 64), 1)) {
      assertThat(trainer.parameterCount()).isEqualTo(19 * 32 + 32 + 32 * 17 + 17 + 17 * 5 + 5);
    }
  }

  @Test
  void touchesOnlyTheIdsOfTheBatch() {
    SampleSchema schema = Specs.sparse(20, 2);
    ModelSpec spec =
        Specs.model(
            schema,
            List.of(Specs.layer("linear", Map.of())),
            "logistic",
            Specs.optimizer("adam", Map.of()),
            4);
    var batch = new MiniBatch(schema, 4);
    batch.rows().sparse(0).add(1 << 19, 1);
    batch.rows().sparse(0).add(3, 1);
    batch.rows().commitRow(1, 1, 0, 0);
    try (var trainer = new Trainer(spec, 1)) {
      trainer.train(batch);
      float[] weights = Floats.toArray(data(trainer.snapshot("job", 0), "model.0.linear.weight"));
      for (int id = 0; id < weights.length; id++) {
        assertThat(weights[id] != 0).isEqualTo(id == 3 || id == 1 << 19);
      }
    }
  }
}
