package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NormalizedLearningTest {
  private static final int SIZE = 32;
  private static final int IDS = 40;

  private static ModelSpec spec(String loss, int classes) {
    return Specs.rowByRow(
        Specs.model(
            Specs.sparse(10, classes),
            List.of(Specs.layer("linear", Map.of())),
            loss,
            Specs.optimizer("normalized", Map.of()),
            SIZE));
  }

  /**
   * Rows of features on scales from 1 to 10^6, each id once a row; labels 0 and 1.
   *
   * @param unit multiplies the values of every second id
   */
  private static MiniBatch batch(ModelSpec spec, long seed, float unit, float weight) {
    var random = new Random(seed);
    var batch = new MiniBatch(spec.schema(), SIZE);
    for (int row = 0; row < SIZE; row++) {
      double signal = 0;
      for (int id = 0; id < IDS; id++) {
        if (random.nextInt(4) == 0) {
          double x = random.nextGaussian();
          double scale = Math.pow(10, id % 7) * (id % 2 == 0 ? unit : 1);
          batch.rows().sparse(0).add(id, (float) (x * scale));
          signal += id % 3 == 0 ? x : -x;
        }
      }
      batch.rows().commitRow(signal > 0 ? 1 : 0, weight, 0, row);
    }
    batch.ledger().add(Batches.PARTITION, SIZE, SIZE, 0, 0);
    return batch;
  }

  private static double loss(Trainer trainer) {
    return trainer.metrics("job", 0, 0).total().getOrDefault("loss", Double.NaN);
  }

  /** The paper's algorithm 2 as it reads, in double precision, with steps of the squared loss. */
  @Test
  void agreesWithTheAlgorithmOfThePaper() {
    ModelSpec spec = spec("squared", 0);
    double[] w = new double[IDS + 1];
    double[] s = new double[IDS + 1];
    double[] squares = new double[IDS + 1];
    double norms = 0;
    double count = 0;
    double sum = 0;
    try (var trainer = new Trainer(spec, 1)) {
      for (int i = 0; i < 10; i++) {
        MiniBatch batch = batch(spec, i, 1, 1.5f);
        trainer.train(batch);
        SampleBlock rows = batch.rows();
        for (int row = 0; row < SIZE; row++) {
          double[] x = features(rows.sparse(0), row);
          double z = 0;
          for (int id = 0; id <= IDS; id++) {
            double size = Math.abs(x[id]);
            if (size > s[id]) {
              w[id] *= s[id] / size;
              s[id] = size;
            }
            norms += size == 0 ? 0 : 1.5 * size * size / (s[id] * s[id]);
            z += w[id] * x[id];
          }
          count += 1.5;
          double error = z - rows.labels()[row];
          sum += error * error;
          double pull = 0;
          double[] rates = new double[IDS + 1];
          for (int id = 0; id <= IDS; id++) {
            squares[id] += 1.5 * Math.pow(2 * error * x[id], 2);
            rates[id] =
                squares[id] == 0 || x[id] == 0
                    ? 0
                    : 0.6 * Math.sqrt(count / norms) / (s[id] * Math.sqrt(squares[id]));
            pull += rates[id] * x[id] * x[id];
          }
          double slope = pull == 0 ? 0 : error * (1 - Math.exp(-2 * 1.5 * pull)) / pull;
          for (int id = 0; id <= IDS; id++) {
            w[id] -= rates[id] * slope * x[id];
          }
        }
      }
      assertThat(loss(trainer)).isCloseTo(sum / (10 * SIZE), within(1e-4));
    }
  }

  private static double[] features(SparseColumn pairs, int row) {
    double[] x = new double[IDS + 1];
    for (int i = pairs.start(row); i < pairs.start(row + 1); i++) {
      x[pairs.ids()[i]] = pairs.values()[i];
    }
    x[IDS] = 1; // the bias
    return x;
  }

  @ParameterizedTest
  @ValueSource(floats = {1024, 1 / 64f})
  void learnsTheSameInAnyUnits(float unit) {
    ModelSpec spec = spec("logistic", 2);
    try (var plain = new Trainer(spec, 1);
        var scaled = new Trainer(spec, 1)) {
      for (int i = 0; i < 20; i++) {
        plain.train(batch(spec, i, 1, 1));
        scaled.train(batch(spec, i, unit, 1));
      }
      assertThat(loss(scaled)).isCloseTo(loss(plain), within(1e-4));
      assertThat(loss(plain)).isLessThan(0.5);
    }
  }

  /** A step of any weight carries the score to the label, not past it. */
  @ParameterizedTest
  @ValueSource(floats = {1e3f, 1e9f})
  void neverOvershootsWhateverTheWeight(float weight) {
    ModelSpec spec = spec("squared", 0);
    try (var trainer = new Trainer(spec, 1)) {
      var batch = new MiniBatch(spec.schema(), SIZE);
      batch.rows().sparse(0).add(1, 5);
      batch.rows().commitRow(7, weight, 0, 0);
      trainer.train(batch);
      var outputs = Floats.allocate(1);
      trainer.predict(batch.rows(), outputs);
      assertThat(Floats.read(outputs, 0)).isBetween(6.5f, 7.001f);
    }
  }

  @Test
  void aRowOfWeight0TeachesNothing() {
    ModelSpec spec = spec("logistic", 2);
    try (var trainer = new Trainer(spec, 1)) {
      String before = trainer.parametersSha256();
      trainer.train(batch(spec, 1, 1, 0));
      assertThat(trainer.parametersSha256()).isEqualTo(before);
    }
  }

  /** Its values, a million times larger than any before, are forgotten. */
  @Test
  void aRowThatIsLeftOutLeavesNoTrace() {
    ModelSpec spec = spec("logistic", 2);
    try (var trainer = new Trainer(spec, 1);
        var without = new Trainer(spec, 1)) {
      for (int i = 0; i < 5; i++) {
        MiniBatch batch = batch(spec, i, 1, 1);
        var poisoned = new MiniBatch(spec.schema(), SIZE);
        poisoned.rows().appendRows(batch.rows(), 0, SIZE / 2);
        for (int id = 0; id < IDS; id++) {
          poisoned.rows().sparse(0).add(id, 1e12f);
        }
        poisoned.rows().commitRow(1, Float.NaN, 0, SIZE / 2);
        poisoned.rows().appendRows(batch.rows(), SIZE / 2, SIZE - 1);
        var sound = new MiniBatch(spec.schema(), SIZE);
        sound.rows().appendRows(batch.rows(), 0, SIZE - 1);
        StepResult result = trainer.train(poisoned);
        assertThat(result.divergence()).isNotNull();
        assertThat(result.meanLoss()).isEqualTo(without.train(sound).meanLoss());
      }
      assertThat(trainer.parametersSha256()).isEqualTo(without.parametersSha256());
    }
  }

  @Test
  void refusesBatches() {
    ModelSpec spec = Specs.linear(Specs.sparse(10, 2), "normalized", SIZE);
    assertThatThrownBy(() -> new Trainer(spec, 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("engine.update: sample");
    ModelSpec dense = Specs.rowByRow(Specs.linear(Specs.dense(4, 2), "normalized", SIZE));
    assertThatThrownBy(() -> new Trainer(dense, 1)).isInstanceOf(InvalidSettingException.class);
  }
}
