package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.MiniBatch;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.state.Tensor;
import java.io.IOException;
import java.io.InputStream;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

/**
 * Twenty training steps against what PyTorch computes in double precision from the same weights and
 * batches; {@code src/test/oracle/record.py} recorded it and says how.
 */
class PyTorchOracleTest {
  private static final Percentage CLOSE = Percentage.withPercentage(0.002);

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
    ModelSpec spec = Specs.model(Specs.dense(19, 5), layers, "softmax", adam, 37);
    compare("mlp-adam", spec, 19);
  }

  @Test
  void trainsALogisticModelWithMomentumAsPyTorchDoes() throws IOException {
    ComponentSpec sgd = Specs.optimizer("sgd", Map.of("learning-rate", 0.1, "momentum", 0.9));
    List<ComponentSpec> layers = List.of(Specs.layer("linear", Map.of()));
    compare("linear-sgd", Specs.model(Specs.dense(28, 2), layers, "logistic", sgd, 64), 28);
  }

  @Test
  void trainsARegressionWithAdagradAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("dense", Map.of("units", 12, "activation", "gelu")),
            Specs.layer("dense", Map.of()));
    ComponentSpec adagrad = Specs.optimizer("adagrad", Map.of("learning-rate", 0.05));
    compare("gelu-adagrad", Specs.model(Specs.dense(7, 0), layers, "squared", adagrad, 11), 7);
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
    compare("smooth-adamw", Specs.model(Specs.dense(13, 4), layers, loss, adamw, 33), 13);
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
    compare("huber-rmsprop", Specs.model(Specs.dense(6, 0), layers, loss, rmsprop, 24), 6);
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
    compare("poisson-nesterov", Specs.model(counts, layers, loss, nesterov, 40), 6);
  }

  @Test
  void clipsByNormUnderAScheduleAsPyTorchDoes() throws IOException {
    List<ComponentSpec> layers =
        List.of(
            Specs.layer("dense", Map.of("units", 23, "activation", "tanh")),
            Specs.layer("dense", Map.of()));
    ComponentSpec adam = Specs.optimizer("adam", Map.of("learning-rate", 0.05));
    ModelSpec spec = Specs.model(Specs.dense(11, 3), layers, "softmax", adam, 30);
    ComponentSpec cosine = Specs.schedule("cosine", Map.of("steps", 25, "final", 0.1));
    var clipping = new GradientClipping(Double.POSITIVE_INFINITY, 0.3);
    compare("clipped-cosine", Specs.with(spec, cosine, clipping), 11);
  }

  private static void compare(String name, ModelSpec spec, int width) throws IOException {
    int step = 0;
    try (var trainer = new Trainer(spec, 1)) {
      trainer.restore(withFirstWeights(trainer.snapshot("oracle", 0)));
      var sums = parameterNames(trainer.snapshot("oracle", 0)).iterator();
      for (String line : lines(name)) {
        String[] words = line.split(" ", -1);
        if (words[0].equals("loss")) {
          double loss = trainer.train(batch(spec, step, width)).meanLoss();
          assertThat(loss).as("loss %d", step).isCloseTo(Double.parseDouble(words[1]), CLOSE);
          step++;
        } else {
          double[] sum = sums(trainer.snapshot("oracle", 0), sums.next());
          assertThat(sum[1]).isCloseTo(Double.parseDouble(words[2]), CLOSE);
        }
      }
    }
    assertThat(step).isEqualTo(20);
  }

  private static List<String> lines(String name) throws IOException {
    String file = "/oracle/" + name + ".txt";
    try (InputStream in =
        Objects.requireNonNull(PyTorchOracleTest.class.getResourceAsStream(file))) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8).lines().toList();
    }
  }

  /** Parameters in layer order, the weight of a layer before its bias. */
  private static List<String> parameterNames(Checkpoint checkpoint) {
    return checkpoint.tensors().keySet().stream()
        .filter(name -> name.startsWith("model."))
        .sorted((a, b) -> order(a).compareTo(order(b)))
        .toList();
  }

  private static String order(String name) {
    return name.endsWith("weight") ? name.replace("weight", "a") : name.replace("bias", "b");
  }

  private static double[] sums(Checkpoint checkpoint, String name) {
    double sum = 0;
    double squares = 0;
    for (float value :
        Floats.toArray(Objects.requireNonNull(checkpoint.tensors().get(name)).data())) {
      sum += value;
      squares += (double) value * value;
    }
    return new double[] {sum, squares};
  }

  private static Checkpoint withFirstWeights(Checkpoint from) {
    var tensors = new TreeMap<String, Tensor>(from.tensors());
    int stream = 1;
    for (String name : parameterNames(from)) {
      Tensor tensor = Objects.requireNonNull(tensors.get(name));
      MemorySegment values = Floats.allocate(Floats.count(tensor.data()));
      for (int i = 0; i < Floats.count(values); i++) {
        Floats.write(values, i, between(-0.5, 0.5, stream, i));
      }
      tensors.put(name, new Tensor(tensor.type(), tensor.shape(), values));
      stream++;
    }
    return new Checkpoint(
        from.job(), from.fingerprint(), from.step(), 0, from.ledger(), from.values(), tensors);
  }

  private static MiniBatch batch(ModelSpec spec, int step, int width) {
    var batch = new MiniBatch(spec.schema(), spec.batchSize());
    SampleBlock block = batch.rows();
    int rows = spec.batchSize() - step % 3;
    for (int row = 0; row < rows; row++) {
      for (int i = 0; i < width; i++) {
        int at = row * width + i;
        Floats.write(block.dense(0).values(), at, between(-2, 2, 1000 + step, at));
      }
      block.commitRow(
          label(spec.schema().label(), unit(2000 + step, row)),
          between(0.5, 1.5, 3000 + step, row),
          0,
          row);
    }
    return batch;
  }

  private static float label(LabelSpec label, double unit) {
    return switch (label) {
      case LabelSpec.Classes classes -> (int) (unit * classes.names().size());
      case LabelSpec.Numeric() -> (float) (unit * 4 - 2);
      case LabelSpec.Count() -> (int) (unit * 6);
    };
  }

  private static float between(double low, double high, int stream, int i) {
    return (float) (low + (high - low) * unit(stream, i));
  }

  /** Number i of a stream, as the script defines it. */
  private static double unit(int stream, int i) {
    long z = (((long) stream << 32) + i + 1) * 0x9E3779B97F4A7C15L;
    z = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
    z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
    return ((z ^ (z >>> 31)) >>> 44) / (double) (1 << 20);
  }
}
