package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Optimizers to which a gradient of 0 is no step: updates of the touched rows alone give what
 * updates of all of them do, as a dense input of the same numbers has them.
 */
class LazyRowsTest {
  private static final int BITS = 10;
  private static final int WIDTH = 1 << BITS;
  private static final int ROWS = 8;
  private static final int STEPS = 150;
  private static final int PAIRS = 6;

  @ParameterizedTest
  @CsvSource({
    "sgd, BATCH, 1, '', 0",
    "sgd, SAMPLE, 2, '', 0",
    "adagrad, BATCH, 3, '', 0",
    "adagrad, SAMPLE, 4, '', 0",
    "ftrl, BATCH, 5, '', 0",
    "ftrl, SAMPLE, 6, '', 0",
    "ftrl, BATCH, 7, l1, 0.2",
    "ftrl, SAMPLE, 8, l1, 0.2",
    "ftrl, BATCH, 9, l2, 0.5",
    "ftrl, SAMPLE, 10, l2, 0.5",
    "coin, BATCH, 11, '', 0",
    "coin, SAMPLE, 12, '', 0"
  })
  void equalUpdatesOfAllRows(
      String optimizer, UpdateMode update, long seed, String setting, double value) {
    Map<String, Double> settings = setting.isEmpty() ? Map.of() : Map.of(setting, value);
    ModelSpec sparse = spec(Specs.sparse(BITS, 2), optimizer, settings, update);
    ModelSpec dense = spec(Specs.dense(WIDTH, 2), optimizer, settings, update);
    var random = new SplittableRandom(seed);
    try (var lazy = new Trainer(sparse, 1);
        var whole = new Trainer(dense, 1)) {
      for (int step = 0; step < STEPS; step++) {
        var pairs = new MiniBatch(sparse.schema(), ROWS);
        var vectors = new MiniBatch(dense.schema(), ROWS);
        for (int row = 0; row < ROWS; row++) {
          fill(pairs.rows(), vectors.rows(), row, random);
        }
        lazy.train(pairs);
        whole.train(vectors);
      }
      float[] found = weights(lazy);
      float[] expected = weights(whole);
      assertThat(found).hasSameSizeAs(expected);
      int moved = 0;
      for (int i = 0; i < found.length; i++) {
        float within = 1e-6f * Math.max(1, Math.abs(expected[i]));
        assertThat(found[i]).as("weight %d", i).isCloseTo(expected[i], Offset.offset(within));
        moved += found[i] == 0 ? 0 : 1;
      }
      assertThat(moved).isGreaterThan(WIDTH / 20);
    }
  }

  private static ModelSpec spec(
      SampleSchema schema, String optimizer, Map<String, Double> settings, UpdateMode update) {
    ModelSpec spec =
        Specs.model(
            schema,
            List.of(Specs.layer("linear", Map.of())),
            "logistic",
            Specs.optimizer(optimizer, settings),
            ROWS);
    return update == UpdateMode.SAMPLE ? Specs.rowByRow(spec) : spec;
  }

  /** A row of few ids that differ, as pairs and as a vector. */
  private static void fill(
      SampleBlock pairs, SampleBlock vectors, int row, SplittableRandom random) {
    int label = random.nextInt(2);
    long start = vectors.dense(0).start(row);
    Floats.fill(vectors.dense(0).values(), start, WIDTH, 0);
    for (int i = 0; i < PAIRS; i++) {
      int id = random.nextInt(WIDTH / PAIRS) * PAIRS + i;
      float x = (float) random.nextDouble(-1, 1) + label;
      pairs.sparse(0).add(id, x);
      Floats.write(vectors.dense(0).values(), start + id, x);
    }
    pairs.commitRow(label, 1, 0, row);
    vectors.commitRow(label, 1, 0, row);
  }

  private static float[] weights(Trainer trainer) {
    return Floats.toArray(
        Objects.requireNonNull(trainer.snapshot("job", 0).tensors().get("model.0.linear.weight"))
            .data());
  }
}
