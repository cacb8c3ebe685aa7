package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.sample.MiniBatch;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

/** The moves of one step of plain gradient descent with a rate of 1 are the gradient, negated. */
class GradientClippingTest {
  private static final double NO_BOUND = Double.POSITIVE_INFINITY;
  private static final ModelSpec DENSE =
      Specs.model(
          Specs.dense(19, 5),
          List.of(
              Specs.layer("dense", Map.of("units", 33, "activation", "tanh")),
              Specs.layer("dense", Map.of())),
          "softmax",
          Specs.optimizer("sgd", Map.of("learning-rate", 1.0)),
          64);
  private static final ModelSpec SPARSE =
      Specs.model(
          Specs.sparse(12, 3),
          List.of(Specs.layer("linear", Map.of())),
          "softmax",
          Specs.optimizer("sgd", Map.of("learning-rate", 1.0)),
          64);

  private static double[] gradient(ModelSpec spec, GradientClipping clipping, int threads) {
    MiniBatch batch = new Batches(spec.schema(), 3).next(64, 64);
    try (var trainer = new Trainer(Specs.with(spec, clipping), threads)) {
      double[] before = parameters(trainer);
      trainer.train(batch);
      double[] after = parameters(trainer);
      for (int i = 0; i < before.length; i++) {
        before[i] -= after[i];
      }
      return before;
    }
  }

  private static double[] parameters(Trainer trainer) {
    Checkpoint checkpoint = trainer.snapshot("job", 0);
    return checkpoint.tensors().keySet().stream()
        .filter(name -> name.startsWith("model."))
        .map(name -> Objects.requireNonNull(checkpoint.tensors().get(name)).data())
        .flatMapToDouble(
            data ->
                java.util.stream.IntStream.range(0, (int) Floats.count(data))
                    .mapToDouble(i -> Floats.read(data, i)))
        .toArray();
  }

  private static double norm(double[] gradient) {
    double sum = 0;
    for (double g : gradient) {
      sum += g * g;
    }
    return Math.sqrt(sum);
  }

  @Test
  void scalesAGradientThatIsTooLongAndNoOther() {
    for (ModelSpec spec : List.of(DENSE, SPARSE)) {
      double[] whole = gradient(spec, GradientClipping.NONE, 1);
      double norm = norm(whole);
      double[] shorter = gradient(spec, new GradientClipping(NO_BOUND, norm / 4), 1);
      double[] same = gradient(spec, new GradientClipping(NO_BOUND, norm * 1.01), 1);
      for (int i = 0; i < whole.length; i++) {
        assertThat(shorter[i]).isCloseTo(whole[i] / 4, Offset.offset(2e-7));
      }
      assertThat(same).isEqualTo(whole);
    }
  }

  @Test
  void cutsElementsThatAreTooLargeAndNoOther() {
    for (ModelSpec spec : List.of(DENSE, SPARSE)) {
      double[] whole = gradient(spec, GradientClipping.NONE, 1);
      double[] cut = gradient(spec, new GradientClipping(0.003, NO_BOUND), 1);
      double[] both = gradient(spec, new GradientClipping(0.003, norm(cut) / 2), 1);
      assertThat(norm(cut)).isLessThan(norm(whole));
      for (int i = 0; i < whole.length; i++) {
        double expected = Math.clamp(whole[i], -0.003, 0.003);
        assertThat(cut[i]).isCloseTo(expected, Offset.offset(2e-7));
        assertThat(both[i]).isCloseTo(expected / 2, Offset.offset(2e-7));
      }
    }
  }

  @Test
  void refusesAScheduleWhereTheRateCannotChange() {
    ModelSpec ftrl =
        Specs.with(
            Specs.linear(Specs.sparse(10, 2), "ftrl", 16),
            Specs.schedule("cosine", Map.of("steps", 100)),
            GradientClipping.NONE);
    assertThatThrownBy(() -> new Trainer(ftrl, 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("cosine cannot change the rate of ftrl");
  }
}
