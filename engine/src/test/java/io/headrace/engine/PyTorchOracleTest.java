package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.state.Tensor;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

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
  void trainsASmoothedClassifierWithAdamwAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("dense", Map.of("units", 9, "activation", "tanh")),
            Specs.layer("dense", Map.of()));
    ComponentSpec loss =
        Specs.loss(
            "softmax", Map.of("label-smoothing", 0.1, "class-weights", List.of(1, 2, 0.5, 1.5)));
    ComponentSpec adamw =
        Specs.optimizer("adamw", Map.of("learning-rate", 0.02, "weight-decay", 0.1));
    compare("smooth-adamw", Specs.model(Specs.dense(13, 4), layers, loss, adamw, 33));
  }

  @Test
  void trainsAHuberRegressionWithRmspropAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("dense", Map.of("units", 17, "activation", "tanh")),
            Specs.layer("dense", Map.of()));
    ComponentSpec loss = Specs.loss("huber", Map.of("delta", 0.7));
    ComponentSpec rmsprop =
        Specs.optimizer("rmsprop", Map.of("learning-rate", 0.005, "decay", 0.95, "momentum", 0.5));
    compare("huber-rmsprop", Specs.model(Specs.dense(6, 0), layers, loss, rmsprop, 24));
  }

  @Test
  void trainsAPoissonRegressionWithNesterovAsPyTorchDoes() throws IOException {
    ComponentSpec nesterov =
        Specs.optimizer(
            "sgd",
            Map.of("learning-rate", 0.02, "momentum", 0.8, "nesterov", true, "weight-decay", 0.01));
    var counts = new SampleSchema(Specs.dense(6, 0).inputs(), new LabelSpec.Count());
    List<ComponentSpec> layers = List.of(Specs.layer("linear", Map.of()));
    ComponentSpec loss = Specs.loss("poisson", Map.of());
    compare("poisson-nesterov", Specs.model(counts, layers, loss, nesterov, 40));
  }

  @Test
  void clipsByNormUnderAScheduleAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("dense", Map.of("units", 23, "activation", "tanh")),
            Specs.layer("dense", Map.of()));
    ModelSpec spec = Specs.model(Specs.dense(11, 3), layers, "softmax", adam(0.05), 30);
    ComponentSpec cosine = Specs.schedule("cosine", Map.of("steps", 25, "final", 0.1));
    var clipping = new GradientClipping(Double.POSITIVE_INFINITY, 0.3);
    compare("clipped-cosine", Specs.with(spec, cosine, clipping));
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

  @Test
  void trainsABatchNormalisedNetworkWithMomentumAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("conv2d", Map.of("filters", 6, "stride", 2, "padding", 1)),
            Specs.layer("batch-norm", Map.of()),
            Specs.layer("relu", Map.of()),
            Specs.layer("conv2d", Map.of("filters", 10, "stride", 2, "padding", 1)),
            Specs.layer("batch-norm", Map.of()),
            Specs.layer("relu", Map.of()),
            Specs.layer("global-avg-pool", Map.of()),
            Specs.layer("dense", Map.of()));
    ComponentSpec sgd = Specs.optimizer("sgd", Map.of("learning-rate", 0.05, "momentum", 0.9));
    compare("batch-norm-cnn-momentum", Specs.model(rows(5, 11, 9, 3), layers, "softmax", sgd, 19));
  }

  @Test
  void trainsConvolutionsOfStrideTwoInTilesAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("conv2d", Map.of("filters", 32, "padding", 1, "bias", false)),
            Specs.layer("batch-norm", Map.of()),
            Specs.layer("relu", Map.of()),
            Specs.layer("conv2d", Map.of("filters", 48, "padding", 1, "stride", 2, "bias", false)),
            Specs.layer("batch-norm", Map.of()),
            Specs.layer("relu", Map.of()),
            Specs.layer("conv2d", Map.of("filters", 16, "padding", 1, "stride", 2)),
            Specs.layer("relu", Map.of()),
            Specs.layer("global-avg-pool", Map.of()),
            Specs.layer("dense", Map.of()));
    ComponentSpec sgd = Specs.optimizer("sgd", Map.of("learning-rate", 0.05, "momentum", 0.9));
    compare("strided-cnn-momentum", Specs.model(rows(5, 16, 32, 3), layers, "softmax", sgd, 19));
  }

  @Test
  void trainsALayerNormalisedNetworkWithAdamAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("dense", Map.of("units", 21)),
            Specs.layer("layer-norm", Map.of()),
            Specs.layer("leaky-relu", Map.of()),
            Specs.layer("dense", Map.of("units", 9)),
            Specs.layer("sigmoid", Map.of()),
            Specs.layer("dense", Map.of()));
    compare("layer-norm-adam", Specs.model(rows(4, 13), layers, "softmax", adam(0.01), 29));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void trainsARecurrentLayerWithAdamAsPyTorchDoes(String cell) throws IOException {
    List<ComponentSpec> layers =
        List.of(Specs.layer(cell, Map.of("units", 11)), Specs.layer("dense", Map.of()));
    compare(cell + "-adam", Specs.model(rows(4, 7, 5), layers, "softmax", adam(0.01), 23));
  }

  @Test
  void trainsLstmsInBothDirectionsAndOnTopOfEachOtherAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer(
                "lstm", Map.of("units", 6, "bidirectional", true, "return-sequences", true)),
            Specs.layer("lstm", Map.of("units", 7)),
            Specs.layer("dense", Map.of()));
    compare(
        "bidirectional-lstm-adam", Specs.model(rows(4, 7, 5), layers, "softmax", adam(0.01), 23));
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void trainsOnTokensOfRowsOfAllLengthsAsPyTorchDoes(String cell) throws IOException {
    compare("tokens-" + cell + "-adagrad", tokens(Specs.layer(cell, Map.of("units", 6))));
  }

  @Test
  void trainsOnTokensInBothDirectionsAsPyTorchDoes() throws IOException {
    compare(
        "tokens-bidirectional-adagrad",
        tokens(Specs.layer("lstm", Map.of("units", 6, "bidirectional", true))));
  }

  @Test
  void trainsTowersOverTokensAndNumbersAsPyTorchDoes() throws IOException {
    List<SampleSchema.Input> inputs =
        List.of(
            new SampleSchema.Input("text", new InputSpec.Tokens(9, 11)),
            new SampleSchema.Input("numbers", new InputSpec.Dense(List.of(6))));
    List<?> text =
        List.of(Map.of("embedding", Map.of("dimension", 4)), Map.of("lstm", Map.of("units", 5)));
    List<?> numbers = List.of(Map.of("dense", Map.of("units", 7)), "tanh");
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("towers", Map.of("inputs", Map.of("text", text, "numbers", numbers))),
            Specs.layer("dense", Map.of("units", 10, "activation", "relu")),
            Specs.layer("dense", Map.of()));
    var schema = new SampleSchema(inputs, Specs.dense(6, 3).label());
    compare("towers-adam", Specs.model(schema, layers, "softmax", adam(0.01), 23));
  }

  @ParameterizedTest
  @ValueSource(strings = {"fm", "deepfm"})
  void trainsAFactorizationMachineAsPyTorchDoes(String name) throws IOException {
    var towers = new TreeMap<String, Object>();
    towers.put("first", List.of(Map.of("linear", Map.of("input", "x"))));
    towers.put("second", List.of(Map.of("fm", Map.of("input", "x", "factors", 5))));
    if (name.equals("deepfm")) {
      towers.put(
          "deep",
          List.of(
              Map.of("linear", Map.of("input", "x", "units", 6)),
              Map.of("dense", Map.of("units", 9, "activation", "relu")),
              "dense"));
    }
    List<ComponentSpec> layers =
        List.of(Specs.layer("towers", Map.of("inputs", towers, "join", "sum")));
    ComponentSpec adagrad = Specs.optimizer("adagrad", Map.of("learning-rate", 0.05));
    SampleSchema schema = Specs.schema(new InputSpec.Sparse(10), 2);
    compare(name + "-adagrad", Specs.model(schema, layers, "logistic", adagrad, 23));
  }

  @Test
  void trainsADeepFactorizationMachineOfFieldsAsPyTorchDoes() throws IOException {
    SampleSchema schema = Specs.schema(new InputSpec.Sparse(10, 4, 1), 2);
    ComponentSpec adagrad = Specs.optimizer("adagrad", Map.of("learning-rate", 0.05));
    List<ComponentSpec> layers = Specs.deepFmByField("adagrad", 23).layers();
    compare("deepfm-fields-adagrad", Specs.model(schema, layers, "logistic", adagrad, 23));
  }

  /** PyTorch's steps move all weights, those of features that a batch lacks too. */
  @ParameterizedTest
  @CsvSource({
    "adam, learning-rate 0.05",
    "adamw, learning-rate 0.05 weight-decay 0.3",
    "momentum, learning-rate 0.1 momentum 0.9",
    "rmsprop, learning-rate 0.02 momentum 0.5",
    "adagrad, learning-rate 0.1 weight-decay 0.01"
  })
  void trainsOnAbsentFeaturesAsPyTorchDoes(String name, String words) throws IOException {
    var settings = new TreeMap<String, String>(Map.of("lazy", "exact"));
    String[] all = words.split(" ", -1);
    for (int i = 0; i < all.length; i += 2) {
      settings.put(all[i], all[i + 1]);
    }
    ComponentSpec optimizer = Specs.optimizer(name.equals("momentum") ? "sgd" : name, settings);
    List<ComponentSpec> layers = List.of(Specs.layer("linear", Map.of()));
    SampleSchema schema = Specs.sparse(10, 2);
    compare("lazy-" + name, Specs.model(schema, layers, "logistic", optimizer, 23));
  }

  @Test
  void trainsAFieldAwareFactorizationMachineAsPyTorchDoes() throws IOException {
    Map<String, List<?>> towers =
        Map.of(
            "first",
            List.of(Map.of("linear", Map.of("input", "x"))),
            "second",
            List.of(Map.of("ffm", Map.of("input", "x", "factors", 3))));
    List<ComponentSpec> layers =
        List.of(Specs.layer("towers", Map.of("inputs", towers, "join", "sum")));
    ComponentSpec adagrad = Specs.optimizer("adagrad", Map.of("learning-rate", 0.05));
    SampleSchema schema = Specs.schema(new InputSpec.Sparse(10, 4, 1), 2);
    compare("ffm-adagrad", Specs.model(schema, layers, "logistic", adagrad, 23));
  }

  @Test
  void trainsLayersOverTheStepsOfRowsOfAllLengthsAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("embedding", Map.of("dimension", 4)),
            Specs.layer("step-dense", Map.of("units", 7)),
            Specs.layer("batch-norm", Map.of()),
            Specs.layer("relu", Map.of()),
            Specs.layer("step-dense", Map.of("units", 5, "activation", "tanh")),
            Specs.layer("layer-norm", Map.of()),
            Specs.layer("global-avg-pool", Map.of()),
            Specs.layer("dense", Map.of()));
    ComponentSpec sgd = Specs.optimizer("sgd", Map.of("learning-rate", 0.05, "momentum", 0.9));
    SampleSchema schema = Specs.schema(new InputSpec.Tokens(9, 11), 3);
    compare("tokens-steps-momentum", Specs.model(schema, layers, "softmax", sgd, 23));
  }

  private static ModelSpec tokens(ComponentSpec recurrent) {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("embedding", Map.of("dimension", 4)),
            recurrent,
            Specs.layer("dense", Map.of()));
    ComponentSpec adagrad = Specs.optimizer("adagrad", Map.of("learning-rate", 0.1));
    return Specs.model(
        Specs.schema(new InputSpec.Tokens(9, 11), 3), layers, "softmax", adagrad, 23);
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
      Checkpoint last = CaughtUp.of(trainer.snapshot("oracle", 0));
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
    Tensor learned = checkpoint.tensors().get("model." + tensor);
    Tensor found = learned != null ? learned : checkpoint.tensors().get("state." + tensor);
    float[] values = Floats.toArray(Objects.requireNonNull(found, tensor).data());
    return IntStream.range(0, values.length).mapToDouble(i -> values[i]).toArray();
  }
}
