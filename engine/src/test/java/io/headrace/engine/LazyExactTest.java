package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.SplittableRandom;
import java.util.function.BiConsumer;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * {@code lazy: exact} beside a twin whose rows have every id, most of them with the value 0, so
 * that each of its steps updates the whole table. Ids come in times of their own, and then stay
 * away for hundreds of steps.
 */
class LazyExactTest {
  private static final int BITS = 7;
  private static final int IDS = 1 << BITS;
  private static final int ROWS = 4;
  private static final int STEPS = 200;
  private static final int SEASON = 20;
  private static final double CLOSE = 1e-6;

  private static final SampleSchema SCHEMA = Specs.schema(new InputSpec.Sparse(BITS, 2, 1), 2);

  @ParameterizedTest
  @CsvSource({
    "sgd, learning-rate 0.005 weight-decay 0.4",
    "sgd, learning-rate 0.005 l1 0.005",
    "sgd, learning-rate 0.005 weight-decay 0.2 l1 0.005",
    "sgd, learning-rate 0.002 momentum 0.9",
    "sgd, learning-rate 0.001 momentum 0.8 nesterov true l1 0.01",
    "adagrad, learning-rate 0.003 l1 0.0003",
    "adagrad, learning-rate 0.003 weight-decay 0.01",
    "adagrad, learning-rate 0.003 weight-decay 0.01 l1 0.001",
    "adam, learning-rate 0.0005",
    "adam, learning-rate 0.0005 beta1 0.7 l1 0.02",
    "adamw, weight-decay 1 learning-rate 0.0005",
    "adamw, learning-rate 0.0005 weight-decay 0.3 l1 0.01",
    "rmsprop, learning-rate 0.0005",
    "rmsprop, learning-rate 0.0002 momentum 0.6 l1 0.02"
  })
  void isAnUpdateOfAllRows(String name, String settings) {
    for (String model : List.of("linear", "fm", "ffm", "embedding")) {
      check(spec(model, name, settings));
    }
    ModelSpec linear = spec("linear", name, settings);
    check(Specs.rowByRow(linear));
    check(Specs.with(linear, new GradientClipping(0.05, 0.1)));
    var cosine = Specs.schedule("cosine", Map.of("steps", 170, "warm-up", 20));
    check(Specs.with(linear, cosine, GradientClipping.NONE));
    var falling = Specs.schedule("step", Map.of("every", 30, "factor", 0.5));
    check(Specs.rowByRow(Specs.with(linear, falling, GradientClipping.NONE)));
  }

  /** Scores of every batch, too: a row catches up before it is read. */
  private static void check(ModelSpec exact) {
    var sparse = new SplittableRandom(5);
    var full = new SplittableRandom(5);
    try (var lazy = new Trainer(exact, 1);
        var whole = new Trainer(skipping(exact), 1);
        var late = new Trainer(skipping(exact), 1)) {
      for (int step = 0; step < STEPS; step++) {
        int rows = step % 7 == 0 ? ROWS - 1 : ROWS;
        MiniBatch batch = batch(step, rows, sparse, false);
        double expected = whole.train(batch(step, rows, full, true)).meanLoss();
        late.train(batch);
        assertThat(lazy.train(batch).meanLoss())
            .as("loss of step %d of %s", step, exact)
            .isCloseTo(expected, Offset.offset(CLOSE));
      }
      Checkpoint expected = whole.snapshot("job", 0);
      Checkpoint caughtUp = CaughtUp.of(lazy.snapshot("job", 0));
      boolean linear = exact.layers().getFirst().name().equals("linear");
      double ofWeights = linear ? CLOSE : 6 * CLOSE; // products make more of how the twin rounds
      assertThat(largest(caughtUp, expected)).as("%s", exact).isLessThan(ofWeights);
      assertThat(largest(late.snapshot("job", 0), expected))
          .as("where rows do not catch up: %s", exact)
          .isGreaterThan(3e-5);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"linear", "fm"})
  void aResumedRunAndOneThatIsLookedAtHoldTheSameBits(String model) {
    ModelSpec batches = spec(model, "adamw", "weight-decay 0.3 l1 0.01");
    var falling = Specs.schedule("exponential", Map.of("every", 50));
    for (ModelSpec spec :
        List.of(
            Specs.with(batches, falling, GradientClipping.NONE),
            Specs.rowByRow(batches),
            Specs.rowByRow(spec(model, "adam", "")))) {
      Checkpoint straight;
      try (var trainer = new Trainer(spec, 1)) {
        straight = trained(trainer, 0, STEPS).snapshot("job", 0);
      }
      Checkpoint half;
      try (var trainer = new Trainer(spec, 2)) {
        half = trained(trainer, 0, STEPS / 2).snapshot("job", 0);
      }
      try (var trainer = new Trainer(spec, 2)) {
        trainer.restore(half);
        for (int step = STEPS / 2; step < STEPS; step++) {
          trained(trainer, step, step + 1);
          if (step % 11 == 0) {
            predicted(trainer);
          }
        }
        assertSameBits(trainer.snapshot("job", 0), straight);
      }
    }
  }

  private static void assertSameBits(Checkpoint found, Checkpoint expected) {
    assertThat(found.tensors().keySet()).isEqualTo(expected.tensors().keySet());
    for (String name : found.tensors().keySet()) {
      assertThat(floats(found, name)).as(name).isEqualTo(floats(expected, name));
    }
    assertThat(found.values()).isEqualTo(expected.values());
  }

  /** Whoever predicts, exports or begins anew by a checkpoint has the weights of now. */
  @ParameterizedTest
  @ValueSource(strings = {"linear", "embedding"})
  void copiesPredictWhatTheTrainerDoes(String model) {
    ModelSpec spec = spec(model, "adagrad", "l1 0.003");
    for (ModelSpec either : List.of(spec, Specs.rowByRow(spec))) {
      try (var trainer = new Trainer(either, 1)) {
        trained(trainer, 0, STEPS);
        float[] expected = predicted(trainer);
        var copy = new WeightsCopy();
        assertThat(trainer.startCopy(copy)).isTrue();
        var predictor = new Predictor(either);
        predictor.take(copy);
        assertThat(predicted(predictor::predict)).isEqualTo(expected);
        Checkpoint late = trainer.snapshot("job", 0);
        Checkpoint caughtUp = CaughtUp.of(late);
        assertThat(largest(late, caughtUp)).isGreaterThan(1e-4);
        try (var skipping = new Trainer(skipping(either), 1)) {
          skipping.restore(TakenWeights.of(late, skipping.snapshot("job", 0)).checkpoint());
          assertThat(predicted(skipping)).isEqualTo(expected);
        }
      }
    }
  }

  private static Trainer trained(Trainer trainer, int from, int to) {
    for (int step = from; step < to; step++) {
      trainer.train(batch(step, ROWS, new SplittableRandom(step), false));
    }
    return trainer;
  }

  private static float[] predicted(Trainer trainer) {
    return predicted(trainer::predict);
  }

  private static float[] predicted(BiConsumer<SampleBlock, MemorySegment> model) {
    MemorySegment outputs = Floats.allocate(ROWS);
    model.accept(batch(3, ROWS, new SplittableRandom(8), false).rows(), outputs);
    return Floats.toArray(outputs);
  }

  /** So many different rates that they are forgotten once all rows have caught up. */
  @Test
  void runsOfAnyLengthKeepFewSteps() {
    ModelSpec spec =
        Specs.with(
            spec("linear", "sgd", "weight-decay 0.01"),
            Specs.schedule("inverse-sqrt", Map.of("warm-up", 300_000)),
            GradientClipping.NONE);
    int steps = 140_000;
    try (var lazy = new Trainer(spec, 1);
        var whole = new Trainer(skipping(spec), 1)) {
      for (int step = 0; step < steps; step++) {
        boolean full = step > 0;
        lazy.train(single(step == 0 || step == steps - 1 ? 5 : 6, false));
        whole.train(single(step == 0 || step == steps - 1 ? 5 : 6, full));
      }
      Checkpoint late = lazy.snapshot("job", 0);
      assertThat(Integer.parseInt(late.values().get("optimizer.lazy.count")))
          .isEqualTo(steps - (1 << 17));
      assertThat(largest(CaughtUp.of(late), whole.snapshot("job", 0))).isLessThan(1e-5);
    }
  }

  private static MiniBatch single(int id, boolean full) {
    var batch = new MiniBatch(SCHEMA, ROWS);
    for (int other = 5; other < 7; other++) {
      if (full || other == id) {
        batch.rows().sparse(0).add(other, other == id ? 1 : 0, 0);
      }
    }
    batch.rows().commitRow(1, 1, 0, 0);
    return batch;
  }

  @Test
  void saysWhereItCannotBe() {
    Map<String, String> exact = Map.of("lazy", "exact", "weight-decay", "0.1");
    for (String name : List.of("adam", "rmsprop")) {
      assertThatThrownBy(() -> Optimizers.variants().named(name).from(exact))
          .isInstanceOf(InvalidSettingException.class)
          .hasMessageContaining("weight-decay: 0.1, which is part of the gradients")
          .hasMessageContaining("adamw");
    }
    assertThatThrownBy(() -> new Trainer(spec("linear", "sgd", "momentum 0.9 weight-decay 0.1"), 1))
        .hasMessageContaining("Set one of them to 0");
    assertThatThrownBy(
            () -> new Trainer(spec("linear", "sgd", "learning-rate 20 weight-decay 0.1"), 1))
        .hasMessageContaining("20.0 x 0.1");
    ModelSpec linear = spec("linear", "adagrad", "l1 0.1");
    assertThatThrownBy(
            () ->
                new Trainer(
                    Specs.rowByRow(linear), 2, DivergencePolicy.DEFAULT, WorkerMode.HOGWILD))
        .hasMessageContaining("without lazy: exact");
    var privacy = new PrivacySpec(1, 1, 1e-5, 1e9, 1, OptionalLong.empty(), OptionalLong.of(11));
    assertThatThrownBy(() -> new Trainer(Specs.privately(linear, privacy), 1))
        .hasMessageContaining("Remove lazy");
  }

  private static double largest(Checkpoint a, Checkpoint b) {
    return a.tensors().keySet().stream()
        .filter(name -> name.startsWith("model."))
        .mapToDouble(name -> largest(floats(a, name), floats(b, name)))
        .max()
        .orElseThrow();
  }

  private static double largest(float[] a, float[] b) {
    return IntStream.range(0, a.length)
        .mapToDouble(i -> Math.abs((double) a[i] - b[i]))
        .max()
        .orElseThrow();
  }

  private static float[] floats(Checkpoint checkpoint, String name) {
    return Floats.toArray(Objects.requireNonNull(checkpoint.tensors().get(name)).data());
  }

  private static ModelSpec spec(String model, String optimizer, String words) {
    Map<String, ?> none = Map.of();
    List<ComponentSpec> layers =
        switch (model) {
          case "linear" -> List.of(Specs.layer("linear", none));
          case "embedding" ->
              List.of(Specs.layer("embedding", Map.of("dimension", 3)), Specs.layer("dense", none));
          default -> List.of(Specs.layer(model, Map.of("factors", 3, "deviation", 0.03)));
        };
    Map<String, Object> settings = settings(words);
    settings.put("lazy", "exact");
    return Specs.model(SCHEMA, layers, "logistic", Specs.optimizer(optimizer, settings), ROWS);
  }

  private static Map<String, Object> settings(String words) {
    var settings = new HashMap<String, Object>();
    String[] all = words.isEmpty() ? new String[0] : words.split(" ", -1);
    for (int i = 0; i < all.length; i += 2) {
      settings.put(all[i], all[i + 1]);
    }
    return settings;
  }

  private static ModelSpec skipping(ModelSpec spec) {
    var settings = new HashMap<>(spec.optimizer().settings().asMap());
    settings.remove("lazy");
    ModelSpec other =
        Specs.model(
            spec.schema(),
            spec.layers(),
            spec.loss(),
            Specs.optimizer(spec.optimizer().name(), settings),
            ROWS);
    ModelSpec same = Specs.with(other, spec.schedule(), spec.clipping());
    return spec.update() == UpdateMode.SAMPLE ? Specs.rowByRow(same) : same;
  }

  /** Rows of a few ids of their season, and of some that have none. */
  private static MiniBatch batch(int step, int rows, SplittableRandom random, boolean full) {
    var batch = new MiniBatch(SCHEMA, ROWS);
    for (int row = 0; row < rows; row++) {
      addRow(batch.rows(), step, row, random, full);
    }
    return batch;
  }

  private static void addRow(
      SampleBlock rows, int step, int row, SplittableRandom random, boolean full) {
    float[] values = new float[IDS];
    int label = random.nextInt(2);
    for (int i = 0; i < 4; i++) {
      int season = step / SEASON % 8;
      int id = i == 0 ? random.nextInt(8) : 8 + season * 15 + random.nextInt(15);
      values[id] = (float) (random.nextDouble(0.2, 0.4) * (label == 1 ^ id % 5 == 0 ? 1 : -1));
    }
    for (int id = 0; id < IDS; id++) {
      if (full || values[id] != 0) {
        rows.sparse(0).add(id, values[id], id % 2);
      }
    }
    rows.commitRow(label, 1, 0, row);
  }
}
