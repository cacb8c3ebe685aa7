package io.headrace.engine;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;

/** Small models for tests. */
final class Specs {
  static final int SHARDS = 8;
  static final long SEED = 7;

  private Specs() {}

  static SampleSchema dense(int width, int classes) {
    return schema(new InputSpec.Dense(List.of(width)), classes);
  }

  static SampleSchema sparse(int bits, int classes) {
    return schema(new InputSpec.Sparse(bits), classes);
  }

  /** A schema of one input; no classes makes a numeric label. */
  static SampleSchema schema(InputSpec input, int classes) {
    LabelSpec label =
        classes == 0
            ? new LabelSpec.Numeric()
            : new LabelSpec.Classes(
                IntStream.range(0, classes).mapToObj(i -> "class-" + i).toList());
    return new SampleSchema(List.of(new SampleSchema.Input("x", input)), label);
  }

  static ComponentSpec layer(String name, Map<String, ?> settings) {
    return Layers.variants().spec(name, settings);
  }

  static ComponentSpec optimizer(String name, Map<String, ?> settings) {
    return Optimizers.variants().spec(name, settings);
  }

  static ModelSpec model(
      SampleSchema schema,
      List<ComponentSpec> layers,
      String loss,
      ComponentSpec optimizer,
      int batchSize) {
    ComponentSpec lossSpec = Losses.variants().spec(loss, Map.of());
    return new ModelSpec(schema, layers, lossSpec, optimizer, batchSize, SHARDS, SEED);
  }

  static ModelSpec mlp(int in, int hidden, int classes, int batchSize) {
    return model(
        dense(in, classes),
        List.of(
            layer("dense", Map.of("units", hidden, "activation", "relu")),
            layer("dense", Map.of("units", hidden / 2 + 1)),
            layer("tanh", Map.of()),
            layer("dense", Map.of("init", "xavier"))),
        "softmax",
        optimizer("adam", Map.of()),
        batchSize);
  }

  /** A network whose layers do something else while it learns. */
  static ModelSpec normalised(int in, int hidden, int classes, int batchSize) {
    return model(
        dense(in, classes),
        List.of(
            layer("standardize", Map.of()),
            layer("batch-norm", Map.of()),
            layer("dense", Map.of("units", hidden)),
            layer("batch-norm", Map.of("momentum", 0.2)),
            layer("relu", Map.of()),
            layer("dropout", Map.of("rate", 0.2)),
            layer("dense", Map.of())),
        "softmax",
        optimizer("adam", Map.of()),
        batchSize);
  }

  static ModelSpec linear(SampleSchema schema, String optimizer, int batchSize) {
    String loss =
        schema.label() instanceof LabelSpec.Classes classes
            ? (classes.names().size() == 2 ? "logistic" : "softmax")
            : "squared";
    return model(
        schema,
        List.of(layer("linear", Map.of())),
        loss,
        optimizer(optimizer, Map.of()),
        batchSize);
  }
}
