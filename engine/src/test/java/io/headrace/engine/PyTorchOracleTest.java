package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleSchema;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * Gradients and twenty training steps against what PyTorch computes in double precision from the
 * same weights and batches; {@code src/test/oracle/record.py} recorded it and says how.
 */
class PyTorchOracleTest {
  private static final Percentage CLOSE = Percentage.withPercentage(0.002);

  /** Large, so that differences of weights are not lost in their rounding. */
  private static final double GRADIENT_RATE = 1024;

  @Test
  void trainsAnMlpWithAdamAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("dense", Map.of("units", 33, "activation", "relu")),
            Specs.layer("dense", Map.of("units", 17)),
            Specs.layer("tanh", Map.of()),
            Specs.layer("dense", Map.of()));
    ComponentSpec adam =
        Specs.optimizer("adam", Map.of("learning-rate", 0.01, "weight-decay", 0.001));
    compare("mlp-adam", Specs.model(Specs.dense(19, 5), layers, "softmax", adam, 37));
  }

  @Test
  void trainsALogisticModelWithMomentumAsPyTorchDoes() throws IOException {
    ComponentSpec sgd = Specs.optimizer("sgd", Map.of("learning-rate", 0.1, "momentum", 0.9));
    List<ComponentSpec> layers = List.of(Specs.layer("linear", Map.of()));
    compare("linear-sgd", Specs.model(Specs.dense(28, 2), layers, "logistic", sgd, 64));
  }

  @Test
  void trainsARegressionWithAdagradAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("dense", Map.of("units", 12, "activation", "gelu")),
            Specs.layer("dense", Map.of()));
    ComponentSpec adagrad = Specs.optimizer("adagrad", Map.of("learning-rate", 0.05));
    compare("gelu-adagrad", Specs.model(Specs.dense(7, 0), layers, "squared", adagrad, 11));
  }

  @Test
  void trainsAConvolutionalNetworkWithAdamAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("conv2d", Map.of("filters", 8, "padding", 1)),
            Specs.layer("relu", Map.of()),
            Specs.layer("max-pool", Map.of()),
            Specs.layer("conv2d", Map.of("filters", 16, "padding", 1)),
            Specs.layer("relu", Map.of()),
            Specs.layer("max-pool", Map.of()),
            Specs.layer("flatten", Map.of()),
            Specs.layer("dense", Map.of()));
    compare("cnn-adam", Specs.model(rows(5, 12, 8, 3), layers, "softmax", adam(0.005), 19));
  }

  @Test
  void trainsCausalAndDilatedConvolutionsAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("conv1d", Map.of("filters", 6, "causal", true)),
            Specs.layer("relu", Map.of()),
            Specs.layer("conv1d", Map.of("filters", 5, "causal", true, "dilation", 2)),
            Specs.layer("relu", Map.of()),
            Specs.layer("flatten", Map.of()),
            Specs.layer("dense", Map.of()));
    compare("causal-conv1d-adam", Specs.model(rows(4, 13, 3), layers, "softmax", adam(0.01), 23));
  }

  private static SampleSchema rows(int classes, Integer... shape) {
    return Specs.schema(new InputSpec.Dense(List.of(shape)), classes);
  }

  private static ComponentSpec adam(double rate) {
    return Specs.optimizer("adam", Map.of("learning-rate", rate));
  }

  private static void compare(String name, ModelSpec spec) throws IOException {
    OracleRecording recording = OracleRecording.read(name);
    compareGradients(recording, spec);
    try (var trainer = new Trainer(spec, 1)) {
      trainer.restore(first(trainer, recording));
      for (int step = 0; step < recording.losses().size(); step++) {
        assertThat(trainer.train(OracleNumbers.batch(spec, step)).meanLoss())
            .as("loss %d", step)
            .isCloseTo(recording.losses().get(step), CLOSE);
      }
      assertThat(recording.losses()).hasSize(20);
      Checkpoint last = trainer.snapshot("oracle", 0);
      compare("final", recording.finals(), tensor -> values(last, tensor));
    }
  }

  /** One step of gradient descent from the same weights tells the gradients. */
  private static void compareGradients(OracleRecording recording, ModelSpec spec) {
    ComponentSpec sgd = Specs.optimizer("sgd", Map.of("learning-rate", GRADIENT_RATE));
    var descent =
        new ModelSpec(
            spec.schema(),
            spec.layers(),
            spec.loss(),
            sgd,
            spec.batchSize(),
            spec.shards(),
            spec.seed());
    try (var trainer = new Trainer(descent, 1)) {
      Checkpoint before = first(trainer, recording);
      trainer.restore(before);
      trainer.train(OracleNumbers.batch(descent, 0));
      Checkpoint after = trainer.snapshot("oracle", 0);
      compare(
          "gradient",
          recording.gradients(),
          tensor -> {
            double[] from = values(before, tensor);
            double[] to = values(after, tensor);
            return IntStream.range(0, from.length)
                .mapToDouble(i -> (from[i] - to[i]) / GRADIENT_RATE)
                .toArray();
          });
    }
  }

  private static void compare(
      String what, Map<String, OracleRecording.Digest> expected, Function<String, double[]> ours) {
    int index = 0;
    for (var entry : expected.entrySet()) {
      double[] values = ours.apply(entry.getKey());
      OracleRecording.Digest actual = OracleNumbers.digest(index++, values);
      double norm = Math.sqrt(entry.getValue().squares());
      Offset<Double> close = Offset.offset(1e-4 * norm + 1e-7 * Math.sqrt(values.length));
      String place = what + " " + entry;
      assertThat(Math.sqrt(actual.squares())).as(place).isCloseTo(norm, close);
      assertThat(actual.dot()).as(place).isCloseTo(entry.getValue().dot(), close);
    }
  }

  private static Checkpoint first(Trainer trainer, OracleRecording recording) {
    return OracleNumbers.withFirstWeights(trainer.snapshot("oracle", 0), recording);
  }

  private static double[] values(Checkpoint checkpoint, String tensor) {
    String name = "model." + tensor;
    float[] values =
        Floats.toArray(Objects.requireNonNull(checkpoint.tensors().get(name), name).data());
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
