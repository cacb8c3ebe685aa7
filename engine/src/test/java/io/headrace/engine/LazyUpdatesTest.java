package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleSchema;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The same stream as pairs and as rows of 1024 numbers, nearly all 0: whether the optimizer that
 * leaves absent ids alone ends where the one that updates all weights in every step does.
 */
class LazyUpdatesTest {
  private static final int IDS = 1024;
  private static final int ROWS = 8;
  private static final int STEPS = 300;

  @ParameterizedTest
  @CsvSource({
    "sgd, , batch",
    "sgd, , sample",
    "adagrad, , batch",
    "adagrad, , sample",
    "ftrl, l1 0.02 l2 0.3, batch",
    "ftrl, l1 0.02 l2 0.3, sample",
    "coin, , batch",
    "coin, , sample"
  })
  void equalUpdatesOfAllWeights(String name, @Nullable String settings, String update) {
    assertThat(largestDifference(name, settings, update.equals("sample"))).isLessThan(1e-6);
  }

  /** Memory of past slopes, and pulls towards 0 apart from them, wait for the next touch. */
  @Test
  void restWhereThereIsMemoryOrDecay() {
    assertThat(largestDifference("adam", "", false)).isGreaterThan(1e-3);
    assertThat(largestDifference("sgd", "weight-decay 0.1", false)).isGreaterThan(1e-3);
  }

  private static double largestDifference(
      String name, @Nullable String settings, boolean rowByRow) {
    float[] pairs = learned(new InputSpec.Sparse(10), name, settings, rowByRow);
    float[] numbers = learned(new InputSpec.Dense(List.of(IDS)), name, settings, rowByRow);
    assertThat(numbers).hasSameSizeAs(pairs);
    assertThat(IntStream.range(0, IDS).filter(id -> pairs[id] != 0).count())
        .isBetween(IDS / 8L, IDS - 1L);
    return IntStream.range(0, IDS)
        .mapToDouble(id -> Math.abs(pairs[id] - numbers[id]))
        .max()
        .orElseThrow();
  }

  private static float[] learned(
      InputSpec input, String name, @Nullable String settings, boolean rowByRow) {
    SampleSchema schema = Specs.schema(input, 2);
    var optimizer = Specs.optimizer(name, settings(settings));
    ModelSpec batches =
        Specs.model(schema, List.of(Specs.layer("linear", Map.of())), "logistic", optimizer, ROWS);
    try (var trainer = new Trainer(rowByRow ? Specs.rowByRow(batches) : batches, 1)) {
      var random = new Random(20261126);
      for (int step = 0; step < STEPS; step++) {
        trainer.train(batch(schema, random));
      }
      var tensors = trainer.snapshot("job", 0).tensors();
      return Floats.toArray(Objects.requireNonNull(tensors.get("model.0.linear.weight")).data());
    }
  }

  private static Map<String, Object> settings(@Nullable String words) {
    if (words == null || words.isEmpty()) {
      return Map.of();
    }
    String[] all = words.split(" ", -1);
    var settings = new HashMap<String, Object>();
    for (int i = 0; i < all.length; i += 2) {
      settings.put(all[i], Double.valueOf(all[i + 1]));
    }
    return settings;
  }

  /** Rows of a few different ids, most of them often the same. */
  private static MiniBatch batch(SampleSchema schema, Random random) {
    var batch = new MiniBatch(schema, ROWS);
    boolean dense = schema.inputs().getFirst().spec() instanceof InputSpec.Dense;
    for (int row = 0; row < ROWS; row++) {
      int[] ids =
          IntStream.range(0, 6)
              .map(i -> (int) Math.min(IDS - 2, Math.abs(random.nextGaussian()) * 250))
              .distinct()
              .toArray();
      double signal = random.nextGaussian() / 2;
      if (dense) {
        Floats.fill(batch.rows().dense(0).values(), batch.rows().dense(0).start(row), IDS, 0);
      }
      for (int id : ids) {
        float value = 0.5f + random.nextFloat();
        signal += id % 2 == 0 ? value : -value;
        if (dense) {
          Floats.write(
              batch.rows().dense(0).values(), batch.rows().dense(0).start(row) + id, value);
        } else {
          batch.rows().sparse(0).add(id, value);
        }
      }
      batch.rows().commitRow(signal > 0 ? 1 : 0, 1, 0, row);
    }
    return batch;
  }
}
