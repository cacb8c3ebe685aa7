package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.MiniBatch;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Copies of a model that another thread finishes while the trainer goes on. */
class PredictorTest {
  private static final int BATCH = 16;
  private static final int STEPS = 300;

  /** As many at most: a busy machine may let the copy wait for longer. */
  private static final int STEPS_BESIDE_A_COPY = 30;

  private static final long SEED = 23;

  static Stream<ModelSpec> specs() {
    return Stream.of(
        Specs.mlp(7, 20, 3, BATCH),
        Specs.normalised(9, 24, 2, BATCH),
        Specs.pooled(6, 12, BATCH),
        Specs.towers(BATCH),
        Specs.linear(Specs.sparse(11, 2), "adagrad", BATCH),
        Specs.rowByRow(Specs.linear(Specs.sparse(11, 3), "ftrl", BATCH)),
        Specs.rowByRow(Specs.linear(Specs.sparse(11, 2), "normalized", BATCH)));
  }

  @ParameterizedTest
  @MethodSource("specs")
  void predictsWhatTheTrainerDidWhenTheCopyBegan(ModelSpec spec) throws Exception {
    var batches = new Batches(spec.schema(), SEED);
    MiniBatch asked = batches.next(2 * BATCH + 3, 3 * BATCH);
    var copy = new WeightsCopy();
    var predictor = new Predictor(spec);
    int copies = 0;
    var batch = new MiniBatch(spec.schema(), BATCH);
    Future<float[]> predicted = CompletableFuture.completedFuture(new float[0]);
    float[] expected = {};
    try (ExecutorService taker = Executors.newSingleThreadExecutor();
        var trainer = new Trainer(spec, 2)) {
      assertThat(trainer.startCopy(copy)).as("before the first step").isFalse();
      for (int step = 1; step <= STEPS; step++) {
        batches.fill(batch, BATCH);
        trainer.train(batch);
        if (!predicted.isDone() && step % STEPS_BESIDE_A_COPY != 0) {
          continue; // the copy before is still being finished
        }
        assertThat(predicted.get()).as("copy %d, seed %d", copies, SEED).isEqualTo(expected);
        MemorySegment outputs = outputs(asked, trainer.outputWidth());
        trainer.predict(asked.rows(), outputs);
        expected = Floats.toArray(outputs);
        assertThat(trainer.startCopy(copy)).isTrue();
        assertThat(copy.step()).isEqualTo(step);
        assertThat(copy.ledger()).isEqualTo(trainer.ledger());
        copies++;
        predicted =
            taker.submit(
                () -> {
                  predictor.take(copy);
                  return predicted(asked, predictor);
                });
      }
      assertThat(predicted.get()).isEqualTo(expected);
    }
    assertThat(copies).isGreaterThanOrEqualTo(STEPS / STEPS_BESIDE_A_COPY);
  }

  private static MemorySegment outputs(MiniBatch asked, int width) {
    return Floats.allocate((long) asked.rows().size() * width);
  }

  private static float[] predicted(MiniBatch asked, Predictor predictor) {
    MemorySegment outputs = outputs(asked, predictor.outputWidth());
    predictor.predict(asked.rows(), outputs);
    return Floats.toArray(outputs);
  }

  @Test
  void aStateIsCopiedOnce() {
    ModelSpec spec = Specs.linear(Specs.dense(4, 2), "sgd", BATCH);
    var batches = new Batches(spec.schema(), SEED);
    var copy = new WeightsCopy();
    try (var trainer = new Trainer(spec, 1)) {
      trainer.train(batches.next(BATCH, BATCH));
      assertThat(trainer.startCopy(copy)).isTrue();
      new Predictor(spec).take(copy);
      assertThat(trainer.startCopy(copy)).isFalse();
      trainer.train(batches.next(BATCH, BATCH));
      assertThat(trainer.startCopy(copy)).isTrue();
    }
  }
}
