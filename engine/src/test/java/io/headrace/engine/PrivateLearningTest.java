package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.metric.OnlineEvaluation;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.engine.privacy.SecretNoise;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.state.Tensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a row adds under differential privacy, against a twin that trains on each row alone. */
class PrivateLearningTest {
  private static final ComponentSpec PLAIN = Specs.optimizer("sgd", Map.of("learning-rate", 1.0));
  private static final int BATCH = 24;

  private static PrivacySpec privacy(double clip, double noise) {
    return new PrivacySpec(
        clip, noise, 1e-5, Double.POSITIVE_INFINITY, 1, OptionalLong.empty(), OptionalLong.of(11));
  }

  private static PrivacySpec bounded(double noise, double budget, double sampling, long records) {
    return new PrivacySpec(
        1,
        noise,
        1e-5,
        budget,
        sampling,
        records == 0 ? OptionalLong.empty() : OptionalLong.of(records),
        OptionalLong.of(11));
  }

  private static ModelSpec withPlainSteps(ModelSpec spec) {
    return Specs.model(spec.schema(), spec.layers(), spec.loss(), PLAIN, spec.batchSize());
  }

  static Stream<ModelSpec> models() {
    return Stream.of(
            Specs.mlp(19, 33, 5, BATCH),
            Specs.linear(Specs.sparse(12, 3), "sgd", BATCH),
            Specs.linear(Specs.dense(7, 0), "sgd", BATCH),
            Specs.deepFm("sgd", BATCH),
            Specs.recurrent("gru", 5, 7, 9, BATCH),
            Specs.sentiment(6, 12, 8, 17, BATCH),
            images())
        .map(PrivateLearningTest::withPlainSteps);
  }

  private static ModelSpec images() {
    return Specs.model(
        Specs.schema(new InputSpec.Dense(List.of(8, 8, 3)), 3),
        List.of(
            Specs.layer("conv2d", Map.of("filters", 16, "kernel", 3)),
            Specs.layer("relu", Map.of()),
            Specs.layer("max-pool", Map.of()),
            Specs.layer("conv2d", Map.of("filters", 8, "kernel", 3, "padding", 1)),
            Specs.layer("layer-norm", Map.of()),
            Specs.layer("flatten", Map.of()),
            Specs.layer("dense", Map.of())),
        "softmax",
        PLAIN,
        BATCH);
  }

  private static double[] parameters(Trainer trainer) {
    Checkpoint checkpoint = trainer.snapshot("job", 0);
    return checkpoint.tensors().keySet().stream()
        .filter(name -> name.startsWith("model."))
        .map(name -> Objects.requireNonNull(checkpoint.tensors().get(name)).data())
        .flatMapToDouble(
            data ->
                IntStream.range(0, (int) Floats.count(data)).mapToDouble(i -> Floats.read(data, i)))
        .toArray();
  }

  /** The gradient of one row, by a step of plain descent on it alone. */
  private static double[] rowGradient(ModelSpec spec, MiniBatch batch, int row) {
    var single = new MiniBatch(spec.schema(), spec.batchSize());
    single.rows().appendRows(batch.rows(), row, row + 1);
    return moves(spec, single);
  }

  private static double[] moves(ModelSpec spec, MiniBatch batch) {
    try (var trainer = new Trainer(spec, 1)) {
      double[] before = parameters(trainer);
      trainer.train(batch);
      double[] after = parameters(trainer);
      Arrays.setAll(before, i -> before[i] - after[i]);
      return before;
    }
  }

  private static double norm(double[] gradient) {
    return Math.sqrt(Arrays.stream(gradient).map(g -> g * g).sum());
  }

  @ParameterizedTest
  @MethodSource("models")
  void learnsFromTheSumOfRowsThatAreEachCut(ModelSpec spec) {
    MiniBatch batch = new Batches(spec.schema(), 3).next(BATCH, BATCH);
    List<double[]> rows =
        IntStream.range(0, BATCH).mapToObj(row -> rowGradient(spec, batch, row)).toList();
    double clip =
        rows.stream().mapToDouble(PrivateLearningTest::norm).sorted().toArray()[BATCH / 2];
    double[] expected = new double[rows.getFirst().length];
    for (double[] row : rows) {
      double scale = Math.min(1, clip / norm(row));
      Arrays.setAll(expected, i -> expected[i] + scale * row[i] / BATCH);
    }
    double[] moved = moves(Specs.privately(spec, privacy(clip, 0)), batch);
    assertThat(norm(expected)).isGreaterThan(clip / 100);
    for (int i = 0; i < moved.length; i++) {
      assertThat(moved[i]).isCloseTo(expected[i], Offset.offset(1e-6 * Math.max(1, clip)));
    }
  }

  /** Central differences of a row's loss, of all parameters of a small network. */
  @Test
  void cutsTheTrueSlopeOfARow() {
    ModelSpec spec =
        Specs.model(
            Specs.dense(3, 2),
            List.of(
                Specs.layer("dense", Map.of("units", 4, "activation", "tanh")),
                Specs.layer("dense", Map.of())),
            "logistic",
            PLAIN,
            1);
    MiniBatch batch = new Batches(spec.schema(), 5).next(1, 1);
    double[] slope;
    try (var trainer = new Trainer(spec, 1)) {
      Checkpoint start = writable(trainer.snapshot("job", 0));
      slope =
          start.tensors().entrySet().stream()
              .filter(entry -> entry.getKey().startsWith("model."))
              .map(entry -> entry.getValue().data())
              .flatMapToDouble(
                  data ->
                      IntStream.range(0, (int) Floats.count(data))
                          .mapToDouble(
                              i -> {
                                float before = Floats.read(data, i);
                                Floats.write(data, i, before + 0.01f);
                                double above = loss(spec, start, batch);
                                Floats.write(data, i, before - 0.01f);
                                double below = loss(spec, start, batch);
                                Floats.write(data, i, before);
                                return (above - below) / 0.02;
                              }))
              .toArray();
    }
    double norm = norm(slope);
    double[] moved = moves(Specs.privately(spec, privacy(norm / 2, 0)), batch);
    assertThat(moved).hasSameSizeAs(slope);
    for (int i = 0; i < moved.length; i++) {
      assertThat(moved[i]).isCloseTo(slope[i] / 2, Offset.offset(2e-3 * norm));
    }
    assertThat(norm(moved)).isCloseTo(norm / 2, Offset.offset(1e-3 * norm));
  }

  private static Checkpoint writable(Checkpoint from) {
    var tensors = new TreeMap<>(from.tensors());
    tensors.replaceAll(
        (name, tensor) -> {
          long count = Floats.count(tensor.data());
          var copy = Floats.allocate(count);
          Floats.copy(tensor.data(), 0, copy, 0, count);
          return new Tensor(tensor.type(), tensor.shape(), copy);
        });
    return new Checkpoint(
        from.job(),
        from.fingerprint(),
        from.step(),
        from.createdAtMillis(),
        from.ledger(),
        from.values(),
        tensors);
  }

  private static double loss(ModelSpec spec, Checkpoint at, MiniBatch batch) {
    try (var trainer = new Trainer(spec, 1)) {
      trainer.restore(at);
      return trainer.train(batch).meanLoss();
    }
  }

  @Test
  void addsNoiseOfTheDeviationAskedToEveryWeightThoughARowTouchesFew() {
    ModelSpec spec = withPlainSteps(Specs.linear(Specs.sparse(14, 2), "sgd", BATCH));
    MiniBatch batch = new Batches(spec.schema(), 3).next(3, BATCH);
    double[] moved = moves(Specs.privately(spec, privacy(0.5, 4)), batch);
    double deviation = 4 * 0.5 / BATCH;
    assertThat(norm(moved) / Math.sqrt(moved.length))
        .isCloseTo(deviation, Offset.offset(deviation * 0.02));
    assertThat(Arrays.stream(moved).filter(move -> move == 0).count()).isZero();
  }

  private static List<String> digests(ModelSpec spec, int threads, int killAt) {
    var digests = new ArrayList<String>();
    var batches = new Batches(spec.schema(), 9);
    var trainer = new Trainer(spec, threads);
    for (int step = 0; step < 12; step++) {
      if (step == killAt) {
        Checkpoint checkpoint = trainer.snapshot("job", 0);
        trainer.close();
        trainer = new Trainer(spec, threads);
        trainer.restore(checkpoint);
      }
      trainer.train(batches.next(step == 5 ? 7 : BATCH, BATCH));
      digests.add(trainer.parametersSha256() + trainer.privacySpent());
    }
    trainer.close();
    return digests;
  }

  @Test
  void isTheSameForAnyNumberOfThreadsAndAfterAResume() {
    for (ModelSpec plain :
        List.of(Specs.mlp(190, 330, 5, BATCH), Specs.linear(Specs.sparse(16, 2), "adam", BATCH))) {
      ModelSpec spec = Specs.privately(plain, bounded(1.5, 1e6, 0.7, 10_000));
      List<String> expected = digests(spec, 1, -1);
      assertThat(expected).doesNotHaveDuplicates();
      assertThat(digests(spec, 3, -1)).isEqualTo(expected);
      assertThat(digests(spec, 2, 6)).isEqualTo(expected);
    }
  }

  @Test
  void drawsNoiseThatNobodyCanRepeatWithoutASeed() {
    PrivacySpec secret =
        new PrivacySpec(
            1, 1, 1e-5, Double.POSITIVE_INFINITY, 1, OptionalLong.empty(), OptionalLong.empty());
    ModelSpec spec = Specs.privately(Specs.mlp(9, 8, 3, BATCH), secret);
    assertThat(digests(spec, 1, -1)).doesNotContainAnyElementsOf(digests(spec, 1, -1));
  }

  @Test
  void accountsForAReadingOnceAndForASampledStepEachTime() {
    ModelSpec plain = Specs.mlp(9, 8, 3, BATCH);
    var batches = new Batches(plain.schema(), 9);
    try (var byReading = new Trainer(Specs.privately(plain, privacy(1, 2)), 1);
        var byStep = new Trainer(Specs.privately(plain, bounded(2, 1e6, 1, 2400)), 1)) {
      assertThat(epsilon(byReading)).isZero();
      MiniBatch batch = batches.next(BATCH, BATCH);
      byReading.train(batch);
      byStep.train(batch);
      double first = epsilon(byReading);
      double sampled = epsilon(byStep);
      assertThat(first).isGreaterThan(sampled).isBetween(1.5, 2.5);
      batch = batches.next(BATCH, BATCH);
      byReading.train(batch);
      byStep.train(batch);
      assertThat(epsilon(byReading)).isEqualTo(first);
      assertThat(epsilon(byStep)).isGreaterThan(sampled);
      byReading.train(again(batch, 1, 0));
      assertThat(epsilon(byReading)).isGreaterThan(first);
      assertThat(byReading.metrics("job", 0, 0).privacy()).isEqualTo(byReading.privacySpent());
      assertThat(byReading.snapshot("job", 0).values())
          .containsEntry("privacy.epsilon", String.valueOf(epsilon(byReading)))
          .containsEntry("privacy.delta", "1.0E-5");
    }
  }

  private static double epsilon(Trainer trainer) {
    return trainer.privacySpent().orElseThrow().epsilon();
  }

  /** The rows once more, from row {@code from} on those of the reading after {@code reading}. */
  private static MiniBatch again(MiniBatch batch, int reading, int from) {
    var rows = new MiniBatch(batch.rows().schema(), BATCH);
    rows.rows().appendRows(batch.rows(), 0, batch.rows().size());
    for (int row = 0; row < batch.rows().size(); row++) {
      rows.rows().positions()[row] = EpochPosition.of(row >= from ? reading : reading - 1, row);
    }
    return rows;
  }

  @Test
  void addsNothingOfTheNextReadingWithinABatch() {
    ModelSpec spec = withPlainSteps(Specs.mlp(9, 8, 3, BATCH));
    ModelSpec bounded = Specs.privately(spec, privacy(1e6, 0));
    MiniBatch batch = new Batches(spec.schema(), 9).next(BATCH, BATCH);
    var part = new MiniBatch(spec.schema(), BATCH);
    part.rows().appendRows(batch.rows(), 0, 10);
    double[] ofBoth = moves(bounded, again(batch, 1, 10));
    double[] ofFirst = moves(bounded, part);
    assertThat(ofBoth).isEqualTo(ofFirst);
    assertThat(moves(bounded, batch)).isNotEqualTo(ofFirst);
  }

  @Test
  void stopsLearningBeforeTheBudgetIsOverspent() {
    ModelSpec spec = Specs.privately(Specs.mlp(9, 8, 3, BATCH), bounded(1, 2.5, 1, 480));
    var batches = new Batches(spec.schema(), 9);
    try (var trainer = new Trainer(spec, 1)) {
      MiniBatch batch = batches.next(BATCH, BATCH);
      int steps = 0;
      while (trainer.mayLearnFrom(batch)) {
        trainer.train(batch);
        batch = batches.next(BATCH, BATCH);
        steps++;
      }
      assertThat(steps).isBetween(1, 500);
      assertThat(epsilon(trainer)).isLessThanOrEqualTo(2.5).isGreaterThan(2);
      assertThat(trainer.privacySpent().orElseThrow().message())
          .contains("of 2.500 at delta 1.0E-5", "raise privacy.budget");
    }
  }

  @Test
  void refusesABudgetThatNoStepCanKeep() {
    ModelSpec spec = Specs.privately(Specs.mlp(9, 8, 3, BATCH), bounded(0.5, 1, 1, 0));
    assertThatThrownBy(() -> new Trainer(spec, 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasFieldOrPropertyWithValue("key", "privacy.budget")
        .hasMessageContaining("1.0 is less than the epsilon of")
        .hasMessageContaining("raise noise");
  }

  @Test
  void learnsFromNoRowThatWasNotDrawn() {
    ModelSpec spec = withPlainSteps(Specs.mlp(9, 8, 3, BATCH));
    var half =
        new PrivacySpec(
            1, 0, 1e-5, Double.POSITIVE_INFINITY, 0.5, OptionalLong.empty(), OptionalLong.of(11));
    MiniBatch batch = new Batches(spec.schema(), 9).next(BATCH, BATCH);
    List<double[]> rows =
        IntStream.range(0, BATCH).mapToObj(row -> rowGradient(spec, batch, row)).toList();
    boolean[] drawn = new SecretNoise(half.seed()).coins(0, BATCH, 0.5);
    double[] expected = new double[rows.getFirst().length];
    int count = 0;
    for (int row = 0; row < BATCH; row++) {
      double[] gradient = rows.get(row);
      double scale = drawn[row] ? Math.min(1, 1 / norm(gradient)) / (BATCH * 0.5) : 0;
      Arrays.setAll(expected, i -> expected[i] + scale * gradient[i]);
      count += drawn[row] ? 1 : 0;
    }
    assertThat(count).isBetween(4, 20);
    double[] moved = moves(Specs.privately(spec, half), batch);
    for (int i = 0; i < moved.length; i++) {
      assertThat(moved[i]).isCloseTo(expected[i], Offset.offset(1e-6));
    }
  }

  @Test
  void leavesOutARowWhoseLossIsNoNumberAndLearnsFromTheOthers() {
    ModelSpec spec = Specs.privately(Specs.mlp(9, 8, 3, BATCH), privacy(1, 1));
    MiniBatch batch = new Batches(spec.schema(), 9).next(BATCH, BATCH);
    var column = (DenseColumn) batch.rows().column(0);
    Floats.write(column.values(), column.start(4), Float.NaN);
    try (var trainer = new Trainer(spec, 1)) {
      StepResult result = trainer.train(batch);
      assertThat(result.rows()).isEqualTo(BATCH - 1);
      assertThat(Objects.requireNonNull(result.divergence()).rejectedSamples()).isEqualTo(1);
      assertThat(trainer.ledger().rejected()).isEqualTo(1);
      assertThat(trainer.train(new Batches(spec.schema(), 1).next(BATCH, BATCH)).meanLoss())
          .isFinite();
    }
  }

  @Test
  void refusesLayersThatTellOfRowsPastTheBound() {
    assertRefused(
        Specs.normalised(9, 8, 3, BATCH),
        "0.standardize, 1.batch-norm, 3.batch-norm would tell of samples past that bound");
    assertRefused(Specs.towers(BATCH), "standardize");
    assertRefused(
        Specs.rowByRow(Specs.linear(Specs.sparse(10, 2), "sgd", BATCH)), "engine.update is sample");
    assertRefused(
        Specs.with(Specs.mlp(9, 8, 3, BATCH), new GradientClipping(1, 1)),
        "Remove gradient-clipping");
    ModelSpec mlp = Specs.privately(Specs.mlp(9, 8, 3, BATCH), privacy(1, 1));
    var policy = new DivergencePolicy(DivergencePolicy.Action.SKIP, 10, 100, 10);
    assertThatThrownBy(() -> new Trainer(mlp, 1, policy)).hasMessageContaining("Remove loss-above");
  }

  private static void assertRefused(ModelSpec spec, String message) {
    assertThatThrownBy(() -> new Trainer(Specs.privately(spec, privacy(1, 1)), 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasFieldOrPropertyWithValue("key", "privacy")
        .hasMessageContaining(message);
  }

  @Test
  void doesNotLetAChangedJobForgetWhatWasSpent() {
    ModelSpec spec = Specs.mlp(9, 8, 3, BATCH);
    try (var one = new Trainer(Specs.privately(spec, privacy(1, 1)), 1);
        var other = new Trainer(Specs.privately(spec, privacy(1, 2)), 1)) {
      one.train(new Batches(spec.schema(), 9).next(BATCH, BATCH));
      Checkpoint from = one.snapshot("job", 0);
      assertThatThrownBy(() -> other.restore(from))
          .hasMessageContaining("privacy: clip 1.0, noise 1.0");
      Checkpoint fresh = other.snapshot("job", 0);
      assertThatThrownBy(() -> TakenWeights.of(from, fresh))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("has spent an epsilon of");
    }
  }

  /**
   * What it buys: an attacker who holds the model and guesses that a sample was learned from where
   * its loss is low. The labels are coin tosses, so that what is not by heart is not known at all.
   */
  @Test
  void keepsAnAttackerFromTellingWhoWasLearnedFrom() {
    ModelSpec plain =
        Specs.model(
            Specs.dense(24, 2),
            List.of(
                Specs.layer("dense", Map.of("units", 96, "activation", "relu")),
                Specs.layer("dense", Map.of())),
            "logistic",
            Specs.optimizer("adam", Map.of("learning-rate", 0.02)),
            BATCH);
    List<MiniBatch> members = coinTosses(plain, 21);
    List<MiniBatch> others = coinTosses(plain, 22);
    double without = attackAuc(plain, members, others);
    double with = attackAuc(Specs.privately(plain, bounded(8, 1e6, 1, 0)), members, others);
    assertThat(without).isGreaterThan(0.75); // half of what was not learned is right by chance
    assertThat(with).isBetween(0.4, 0.6);
  }

  private static List<MiniBatch> coinTosses(ModelSpec spec, long seed) {
    var batches = new Batches(spec.schema(), seed);
    var random = new Random(seed);
    return Stream.generate(() -> batches.next(BATCH, BATCH))
        .limit(4)
        .peek(
            batch -> {
              for (int row = 0; row < BATCH; row++) {
                batch.rows().labels()[row] = random.nextInt(2);
              }
            })
        .toList();
  }

  private static double attackAuc(ModelSpec spec, List<MiniBatch> members, List<MiniBatch> others) {
    try (var trainer = new Trainer(spec, 1)) {
      for (int epoch = 0; epoch < 60; epoch++) {
        for (MiniBatch batch : members) {
          trainer.train(again(batch, epoch, 0));
        }
      }
      double[] ofMembers = losses(trainer, members);
      double[] ofOthers = losses(trainer, others);
      double wins = 0;
      for (double member : ofMembers) {
        for (double other : ofOthers) {
          wins += member < other ? 1 : member == other ? 0.5 : 0;
        }
      }
      return wins / (ofMembers.length * (double) ofOthers.length);
    }
  }

  private static double[] losses(Trainer trainer, List<MiniBatch> batches) {
    return batches.stream()
        .flatMapToDouble(
            batch ->
                IntStream.range(0, BATCH)
                    .mapToDouble(
                        row -> {
                          var single = new MiniBatch(trainer.schema(), 1);
                          single.rows().appendRows(batch.rows(), row, row + 1);
                          var scores =
                              new OnlineEvaluation(trainer.schema().label(), trainer.outputWidth());
                          trainer.evaluate(single.rows(), scores);
                          return Objects.requireNonNull(scores.total().get("loss"));
                        }))
        .toArray();
  }
}
