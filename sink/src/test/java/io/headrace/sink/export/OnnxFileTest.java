package io.headrace.sink.export;

import static org.assertj.core.api.Assertions.assertThat;

import ai.onnxruntime.OrtException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Exported models give in ONNX Runtime what they give here. */
class OnnxFileTest {
  private static final LabelSpec THREE = new LabelSpec.Classes(List.of("a", "b", "c"));
  private static final LabelSpec TWO = new LabelSpec.Classes(List.of("no", "yes"));
  private static final InputSpec IMAGE = new InputSpec.Dense(List.of(9, 7, 3));
  private static final InputSpec NUMBERS = new InputSpec.Dense(List.of(5));
  private static final InputSpec STEPS = new InputSpec.Dense(List.of(6, 4));
  private static final InputSpec TOKENS = new InputSpec.Tokens(7, 19);
  private static final InputSpec SPARSE = new InputSpec.Sparse(10);
  private static final InputSpec FIELDS = new InputSpec.Sparse(10, 4, 1);
  private static final Map<String, Object> EMBEDDING = layer("embedding", "dimension", 5);

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> onnxRuntimePredictsTheSame() {
    return Stream.of(
        of("linear over numbers", NUMBERS, new LabelSpec.Numeric(), "squared", "linear"),
        of("linear over hashed features", SPARSE, TWO, "logistic", "linear"),
        of("linear of several scores over hashed features", SPARSE, THREE, "softmax", "linear"),
        of("a Poisson model", SPARSE, new LabelSpec.Count(), "poisson", "linear"),
        of("hinge", NUMBERS, TWO, "hinge", layer("linear", "bias", false)),
        of(
            "every curve",
            NUMBERS,
            THREE,
            "softmax",
            "standardize",
            layer("dense", "units", 6, "activation", "gelu"),
            layer("dense", "units", 6, "activation", "leaky-relu"),
            layer("leaky-relu", "slope", 0.3),
            layer("dense", "units", 4),
            "tanh",
            layer("dropout", "rate", 0.4),
            layer("dense", "units", 4),
            "sigmoid",
            layer("dense", "units", 4, "activation", "relu"),
            "gelu",
            "dense"),
        of(
            "images with pooling",
            IMAGE,
            THREE,
            "softmax",
            "standardize",
            layer("conv2d", "filters", 5, "padding", 1),
            "relu",
            layer("max-pool", "size", 2),
            layer("conv2d", "filters", 4, "kernel", 2, "bias", false),
            "batch-norm",
            "relu",
            "flatten",
            layer("dense", "units", 6),
            "dense"),
        of(
            "images with strides, holes and means",
            IMAGE,
            THREE,
            "softmax",
            layer("conv2d", "filters", 5, "kernel", 3, "stride", 2, "padding", 2),
            "layer-norm",
            layer("avg-pool", "size", 3, "stride", 1, "padding", 1),
            layer("conv2d", "filters", 4, "kernel", 2, "dilation", 2),
            layer("max-pool", "size", 2, "stride", 1, "padding", 1),
            "global-avg-pool",
            "dense"),
        of(
            "ways around convolutions",
            IMAGE,
            TWO,
            "logistic",
            layer(
                "residual",
                "layers",
                List.of(layer("conv2d", "filters", 4, "padding", 1), "batch-norm", "relu"),
                "shortcut",
                List.of(layer("conv2d", "filters", 4, "kernel", 1))),
            layer("residual", "layers", List.of("layer-norm", "relu")),
            "global-avg-pool",
            "dense"),
        of(
            "convolutions over steps",
            STEPS,
            TWO,
            "logistic",
            layer("conv1d", "filters", 3, "kernel", 2, "dilation", 2, "causal", true),
            "relu",
            layer("conv1d", "filters", 4, "kernel", 3, "stride", 2, "padding", 1),
            "flatten",
            "dense"),
        of(
            "a tanh cell both ways over steps",
            STEPS,
            THREE,
            "softmax",
            layer("rnn", "units", 5, "bidirectional", true, "return-sequences", true),
            layer("rnn", "units", 3),
            "dense"),
        of(
            "long short-term memory both ways over tokens",
            TOKENS,
            THREE,
            "softmax",
            EMBEDDING,
            layer("lstm", "units", 4, "bidirectional", true, "return-sequences", true),
            layer("lstm", "units", 3, "bidirectional", true),
            "dense"),
        of(
            "gated units both ways over tokens",
            TOKENS,
            THREE,
            "softmax",
            EMBEDDING,
            layer("gru", "units", 4, "bidirectional", true, "return-sequences", true),
            layer("gru", "units", 3),
            "dense"),
        of(
            "padded steps through norms",
            TOKENS,
            THREE,
            "softmax",
            EMBEDDING,
            layer("step-dense", "units", 6, "activation", "sigmoid"),
            "layer-norm",
            "batch-norm",
            layer("residual", "layers", List.of(layer("step-dense", "units", 6))),
            layer("dropout", "rate", 0.2),
            layer("lstm", "units", 3, "return-sequences", true),
            "flatten",
            "dense"),
        of(
            "a deep factorization machine",
            SPARSE,
            THREE,
            "softmax",
            layer(
                "towers",
                "inputs",
                Map.of(
                    "deep",
                    List.of(
                        layer("linear", "units", 6, "input", "x"),
                        layer("dense", "units", 5, "activation", "relu"),
                        "dense"),
                    "first",
                    List.of(layer("linear", "input", "x")),
                    "second",
                    List.of(layer("fm", "factors", 3, "input", "x"))),
                "join",
                "sum")),
        of(
            "a deep factorization machine of fields side by side",
            FIELDS,
            TWO,
            "logistic",
            layer(
                "towers",
                "inputs",
                Map.of(
                    "deep",
                    List.of(
                        layer("embedding", "dimension", 3, "input", "x"),
                        layer("dense", "units", 5, "activation", "relu"),
                        "dense"),
                    "second",
                    List.of(layer("fm", "factors", 3, "input", "x"))),
                "join",
                "sum")),
        of(
            "sums of vectors of hashed features",
            SPARSE,
            TWO,
            "logistic",
            layer("embedding", "dimension", 3, "pool", "sum"),
            "dense"),
        of(
            "means of vectors of hashed features",
            SPARSE,
            TWO,
            "logistic",
            layer("embedding", "dimension", 3, "pool", "mean"),
            "dense"),
        of(
            "features that were seen often enough",
            new InputSpec.Sparse(10, 4, 2),
            TWO,
            "logistic",
            layer("embedding", "dimension", 3, "pool", "mean"),
            "dense"),
        of(
            "a field-aware factorization machine",
            FIELDS,
            THREE,
            "softmax",
            layer(
                "towers",
                "inputs",
                Map.of(
                    "first",
                    List.of(layer("linear", "input", "x")),
                    "second",
                    List.of(layer("ffm", "factors", 2, "input", "x"))),
                "join",
                "sum")),
        DynamicTest.dynamicTest(
            "several inputs side by side",
            () ->
                assertSame(
                    Map.of("image", IMAGE, "numbers", NUMBERS, "shop", SPARSE, "text", TOKENS),
                    THREE,
                    "softmax",
                    layer(
                        "towers",
                        "inputs",
                        Map.of(
                            "image",
                            List.of(layer("conv2d", "filters", 3), "relu", "global-avg-pool"),
                            "numbers",
                            List.of("standardize", layer("dense", "units", 3)),
                            "shop",
                            List.of(layer("linear", "units", 2)),
                            "text",
                            List.of(EMBEDDING, layer("gru", "units", 3)),
                            "wide",
                            List.of(layer("linear", "units", 2, "input", "shop")))),
                    "dense")));
  }

  private DynamicTest of(
      String name, InputSpec input, LabelSpec label, String loss, Object... layers) {
    return DynamicTest.dynamicTest(name, () -> assertSame(Map.of("x", input), label, loss, layers));
  }

  private void assertSame(
      Map<String, InputSpec> inputs, LabelSpec label, String loss, Object... layers)
      throws OrtException {
    Path file = folder.resolve("model.onnx");
    try (var model = new RandomModel(inputs, label, loss, layers)) {
      OnnxFile.write(model.exported(), file);
      SampleBlock rows = model.rows();
      float[] expected = model.predict(rows);
      float[] found = OnnxRuntime.predict(file, rows);
      assertThat(found).hasSameSizeAs(expected);
      for (int i = 0; i < found.length; i++) {
        assertThat(Math.abs(found[i] - expected[i]))
            .as("output %d: %s, here %s", i, found[i], expected[i])
            .isLessThanOrEqualTo(1e-5f * Math.max(1, Math.abs(expected[i])));
      }
    }
  }

  private static Map<String, Object> layer(String name, Object... settings) {
    var keys = new java.util.TreeMap<String, Object>();
    for (int i = 0; i < settings.length; i += 2) {
      keys.put((String) settings[i], settings[i + 1]);
    }
    return Map.of(name, keys);
  }
}
