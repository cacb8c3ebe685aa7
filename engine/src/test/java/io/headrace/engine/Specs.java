package io.headrace.engine;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.optimizer.GradientClipping;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.optimizer.Schedules;
import io.headrace.engine.privacy.PrivacySpec;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

  static ComponentSpec loss(String name, Map<String, ?> settings) {
    return Losses.variants().spec(name, settings);
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
    return model(schema, layers, loss(loss, Map.of()), optimizer, batchSize);
  }

  static ModelSpec model(
      SampleSchema schema,
      List<ComponentSpec> layers,
      ComponentSpec loss,
      ComponentSpec optimizer,
      int batchSize) {
    return new ModelSpec(schema, layers, loss, optimizer, batchSize, SHARDS, SEED);
  }

  /** {@code spec} with a schedule and clipping. */
  static ModelSpec with(ModelSpec spec, ComponentSpec schedule, GradientClipping clipping) {
    return new ModelSpec(
        spec.schema(),
        spec.layers(),
        spec.loss(),
        spec.optimizer(),
        schedule,
        clipping,
        spec.privacy(),
        spec.update(),
        spec.batchSize(),
        spec.shards(),
        spec.seed());
  }

  /** {@code spec} learning row by row. */
  static ModelSpec rowByRow(ModelSpec spec) {
    return new ModelSpec(
        spec.schema(),
        spec.layers(),
        spec.loss(),
        spec.optimizer(),
        spec.schedule(),
        spec.clipping(),
        spec.privacy(),
        UpdateMode.SAMPLE,
        spec.batchSize(),
        spec.shards(),
        spec.seed());
  }

  /** {@code spec} learning privately. */
  static ModelSpec privately(ModelSpec spec, PrivacySpec privacy) {
    return new ModelSpec(
        spec.schema(),
        spec.layers(),
        spec.loss(),
        spec.optimizer(),
        spec.schedule(),
        spec.clipping(),
        Optional.of(privacy),
        spec.update(),
        spec.batchSize(),
        spec.shards(),
        spec.seed());
  }

  static ModelSpec with(ModelSpec spec, GradientClipping clipping) {
    return with(spec, spec.schedule(), clipping);
  }

  static ComponentSpec schedule(String name, Map<String, ?> settings) {
    return Schedules.variants().spec(name, settings);
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

  /** Two recurrent layers over sequences of [steps, width], the first in both directions. */
  static ModelSpec recurrent(String cell, int steps, int width, int units, int batchSize) {
    return model(
        schema(new InputSpec.Dense(List.of(steps, width)), 2),
        List.of(
            layer(cell, Map.of("units", units, "bidirectional", true, "return-sequences", true)),
            layer(cell, Map.of("units", units)),
            layer("dense", Map.of())),
        "logistic",
        optimizer("adam", Map.of()),
        batchSize);
  }

  /** An LSTM over the embedded tokens of texts of two classes. */
  static ModelSpec sentiment(int length, int words, int dimension, int units, int batchSize) {
    return model(
        schema(new InputSpec.Tokens(length, words), 2),
        List.of(
            layer("embedding", Map.of("dimension", dimension)),
            layer("tanh", Map.of()),
            layer("lstm", Map.of("units", units)),
            layer("dense", Map.of())),
        "logistic",
        optimizer("adam", Map.of()),
        batchSize);
  }

  /** Layers over each step of texts of all lengths, and the mean of what they give. */
  static ModelSpec pooled(int length, int words, int batchSize) {
    return model(
        schema(new InputSpec.Tokens(length, words), 3),
        List.of(
            layer("embedding", Map.of("dimension", 24)),
            layer("step-dense", Map.of("units", 33, "activation", "relu")),
            layer("batch-norm", Map.of()),
            layer("dropout", Map.of("rate", 0.1)),
            layer("layer-norm", Map.of()),
            layer("step-dense", Map.of("units", 16)),
            layer("global-avg-pool", Map.of()),
            layer("dense", Map.of())),
        "softmax",
        optimizer("adam", Map.of()),
        batchSize);
  }

  /** Tokens, sparse features and numbers, each through layers of their own. */
  static ModelSpec towers(int batchSize) {
    List<SampleSchema.Input> inputs =
        List.of(
            new SampleSchema.Input("text", new InputSpec.Tokens(9, 10)),
            new SampleSchema.Input("features", new InputSpec.Sparse(12)),
            new SampleSchema.Input("numbers", new InputSpec.Dense(List.of(5))));
    return model(
        new SampleSchema(inputs, schema(inputs.getFirst().spec(), 3).label()),
        List.of(
            layer(
                "towers",
                Map.of(
                    "inputs",
                    Map.of(
                        "text",
                        List.of(
                            Map.of("embedding", Map.of("dimension", 8)),
                            Map.of("gru", Map.of("units", 24))),
                        "wide",
                        List.of(Map.of("linear", Map.of("input", "features", "units", 3))),
                        "numbers",
                        List.of("standardize", Map.of("dense", Map.of("units", 17)), "relu"),
                        "raw",
                        List.of(Map.of("standardize", Map.of("input", "numbers")))))),
            layer("dense", Map.of("units", 33, "activation", "relu")),
            layer("dense", Map.of())),
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

  /** linear + fm + a hidden layer behind the sums of vectors, over one sparse input. */
  static ModelSpec deepFm(String optimizer, int batchSize) {
    Map<String, ?> vectors = Map.of("linear", Map.of("input", "x", "units", 6));
    return deepFm(sparse(12, 2), vectors, optimizer, batchSize);
  }

  /** linear + fm + a hidden layer behind the vectors of three fields side by side. */
  static ModelSpec deepFmByField(String optimizer, int batchSize) {
    Map<String, ?> vectors = Map.of("embedding", Map.of("input", "x", "dimension", 3));
    return deepFm(schema(new InputSpec.Sparse(12, 3, 1), 2), vectors, optimizer, batchSize);
  }

  private static ModelSpec deepFm(
      SampleSchema schema, Map<String, ?> vectors, String optimizer, int batchSize) {
    var towers =
        Map.of(
            "deep",
            List.of(vectors, Map.of("dense", Map.of("units", 9, "activation", "relu")), "dense"),
            "first",
            List.of(Map.of("linear", Map.of("input", "x"))),
            "second",
            List.of(Map.of("fm", Map.of("input", "x", "factors", 5))));
    return model(
        schema,
        List.of(layer("towers", Map.of("inputs", towers, "join", "sum"))),
        "logistic",
        optimizer(optimizer, Map.of()),
        batchSize);
  }

  /** linear + ffm over one sparse input of three fields. */
  static ModelSpec ffm(String optimizer, int batchSize) {
    var towers =
        Map.of(
            "first",
            List.of(Map.of("linear", Map.of("input", "x"))),
            "second",
            List.of(Map.of("ffm", Map.of("input", "x", "factors", 3))));
    return model(
        schema(new InputSpec.Sparse(12, 3, 1), 2),
        List.of(layer("towers", Map.of("inputs", towers, "join", "sum"))),
        "logistic",
        optimizer(optimizer, Map.of()),
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
