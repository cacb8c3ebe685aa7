package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The moves of one step of plain gradient descent with a rate of 1 are the gradient, negated. */
class GradientNormTest {
  private static final ModelSpec MLP = plain(Specs.dense(19, 5), "dense");
  private static final ModelSpec LINEAR = plain(Specs.sparse(12, 3), "linear");

  private static ModelSpec plain(SampleSchema schema, String kind) {
    List<ComponentSpec> layers =
        kind.equals("linear")
            ? List.of(Specs.layer("linear", Map.of()))
            : List.of(
                Specs.layer("dense", Map.of("units", 33, "activation", "tanh")),
                Specs.layer("dense", Map.of()));
    return Specs.model(
        schema, layers, "softmax", Specs.optimizer("sgd", Map.of("learning-rate", 1.0)), 64);
  }

  record Case(ModelSpec spec, WorkerMode mode, int rows) {
    Trainer trainer(int threads) {
      return new Trainer(spec, threads, DivergencePolicy.DEFAULT, mode);
    }
  }

  static Stream<Case> oneUpdateABatch() {
    var bound = new GradientClipping(Double.POSITIVE_INFINITY, 1e6);
    WorkerMode synchronous = WorkerMode.SYNCHRONOUS;
    return Stream.of(
        new Case(MLP, synchronous, 64),
        new Case(LINEAR, synchronous, 64),
        new Case(Specs.with(MLP, bound), synchronous, 64),
        new Case(Specs.with(LINEAR, bound), synchronous, 64),
        new Case(Specs.rowByRow(MLP), synchronous, 1),
        new Case(Specs.rowByRow(LINEAR), synchronous, 1),
        new Case(Specs.rowByRow(Specs.with(LINEAR, bound)), synchronous, 1),
        new Case(Specs.rowByRow(LINEAR), WorkerMode.HOGWILD, 1));
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

  private static double moved(double[] before, double[] after) {
    return Math.sqrt(
        IntStream.range(0, before.length)
            .mapToDouble(i -> before[i] - after[i])
            .map(move -> move * move)
            .sum());
  }

  @ParameterizedTest
  @MethodSource("oneUpdateABatch")
  void isHowFarAStepOfOneGradientMoves(Case of) {
    var batches = new Batches(of.spec().schema(), 3);
    for (int threads : List.of(1, 3)) {
      try (var trainer = of.trainer(threads)) {
        assertThat(trainer.gradientNorm()).isEmpty();
        for (int step = 0; step < 4; step++) {
          double[] before = parameters(trainer);
          trainer.train(batches.next(of.rows(), 64));
          double norm = moved(before, parameters(trainer));
          assertThat(norm).isPositive();
          assertThat(trainer.gradientNorm().orElseThrow())
              .isCloseTo(norm, Offset.offset(1e-4 * norm));
        }
      }
    }
  }

  @Test
  void isThatBeforeTheGradientWasScaled() {
    MiniBatch batch = new Batches(MLP.schema(), 3).next(64, 64);
    try (var free = new Trainer(MLP, 1)) {
      free.train(batch);
      double norm = free.gradientNorm().orElseThrow();
      var clipping = new GradientClipping(Double.POSITIVE_INFINITY, norm / 4);
      try (var bounded = new Trainer(Specs.with(MLP, clipping), 1)) {
        bounded.train(batch);
        assertThat(bounded.gradientNorm().orElseThrow())
            .isCloseTo(norm, Offset.offset(1e-5 * norm));
      }
    }
  }

  /** Rows learned with a rate of 0 all meet the same weights, so each can be had by itself. */
  @Test
  void ofRowsLearnedFromOneByOneIsTheRootOfTheMeanSquare() {
    for (ModelSpec spec : List.of(MLP, LINEAR)) {
      ModelSpec still =
          Specs.rowByRow(
              Specs.model(
                  spec.schema(),
                  spec.layers(),
                  "softmax",
                  Specs.optimizer("sgd", Map.of("learning-rate", 1e-12)),
                  64));
      double squares = 0;
      try (var together = new Trainer(still, 1);
          var single = new Trainer(still, 1)) {
        together.train(new Batches(spec.schema(), 3).next(8, 64));
        var rows = new Batches(spec.schema(), 3);
        for (int row = 0; row < 8; row++) {
          single.train(rows.next(1, 64));
          double norm = single.gradientNorm().orElseThrow();
          squares += norm * norm;
        }
        double mean = Math.sqrt(squares / 8);
        assertThat(together.gradientNorm().orElseThrow())
            .isCloseTo(mean, Offset.offset(1e-5 * mean));
      }
    }
  }

  @Test
  void isThatOfTheStepAfterItWasAskedForAndChangesNothing() {
    var batches = new Batches(MLP.schema(), 3);
    try (var asked = new Trainer(MLP, 2);
        var quiet = new Trainer(MLP, 2)) {
      double first = 0;
      for (int step = 0; step < 6; step++) {
        MiniBatch batch = batches.next(64, 64);
        asked.train(batch);
        quiet.train(batch);
        double norm = asked.gradientNorm().orElseThrow();
        first = step == 0 ? norm : first;
      }
      assertThat(asked.parametersSha256()).isEqualTo(quiet.parametersSha256());
      assertThat(quiet.gradientNorm().orElseThrow())
          .as("nobody asked since the first step")
          .isCloseTo(first, Offset.offset(1e-9));
    }
  }
}
