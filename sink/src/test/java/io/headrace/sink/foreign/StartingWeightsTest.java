package io.headrace.sink.foreign;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.ModelSpec;
import io.headrace.engine.Trainer;
import io.headrace.engine.config.ComponentList;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.layer.Layers;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import io.headrace.sink.export.OnnxFile;
import io.headrace.sink.export.RandomModel;
import io.headrace.sink.export.SafetensorsFile;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Weights that PyTorch and Headrace saved; the resources beside this class are made by make.py. */
class StartingWeightsTest {
  private static final LabelSpec THREE = new LabelSpec.Classes(List.of("a", "b", "c"));
  private static final LabelSpec TWO = new LabelSpec.Classes(List.of("no", "yes"));
  private static final InputSpec IMAGE = new InputSpec.Dense(List.of(6, 5, 3));
  private static final InputSpec STEPS = new InputSpec.Dense(List.of(7, 4));
  private static final InputSpec TOKENS = new InputSpec.Tokens(7, 19);
  private static final Map<String, Object> CONV2D =
      layer("conv2d", "filters", 4, "kernel", 3, "padding", 1);
  private static final Map<String, Object> CONV1D =
      layer("conv1d", "filters", 5, "kernel", 3, "padding", 1);
  private static final Map<String, Object> POOL = layer("max-pool", "size", 2);
  private static final Map<String, Object> EMBEDDING = layer("embedding", "dimension", 5);
  private static final Map<String, Object> DROPOUT = layer("dropout", "rate", 0.4);

  @TempDir Path folder;

  @TestFactory
  Stream<DynamicTest> predictWhatPyTorchPredicts() {
    Map<String, String> steps = Map.of("conv", "0.conv1d", "norm", "1.layer-norm", "fc", "3.dense");
    return Stream.of(
        torch(
            "images.safetensors",
            IMAGE,
            Map.of(
                "conv",
                "0.conv2d",
                "norm",
                "1.batch-norm",
                "fc.weight",
                "6.dense.weight",
                "fc.bias",
                "6.dense.bias"),
            CONV2D,
            "batch-norm",
            "relu",
            POOL,
            "flatten",
            DROPOUT,
            "dense"),
        torch(
            "images.onnx",
            IMAGE,
            Map.of(
                "onnx::Conv_17",
                "0.conv2d.weight",
                "onnx::Conv_18",
                "0.conv2d.bias",
                "fc",
                "4.dense"),
            CONV2D,
            "relu",
            POOL,
            "flatten",
            "dense"),
        torch("lstm.safetensors", STEPS, with(steps, "rnn", "2.lstm"), recurrent("lstm", true)),
        torch("lstm.onnx", STEPS, onnx(steps, "LSTM", 228, 229, 227), recurrent("lstm", true)),
        torch("gru.safetensors", STEPS, with(steps, "rnn", "2.gru"), recurrent("gru", true)),
        torch("gru.onnx", STEPS, onnx(steps, "GRU", 216, 217, 215), recurrent("gru", true)),
        torch("rnn.safetensors", STEPS, with(steps, "rnn", "2.rnn"), recurrent("rnn", false)),
        torch("rnn.onnx", STEPS, onnx(steps, "RNN", 55, 56, 57), recurrent("rnn", false)),
        torch(
            "words.safetensors",
            TOKENS,
            Map.of("words", "0.embedding", "fc", "2.dense"),
            EMBEDDING,
            "flatten",
            "dense"),
        torch(
            "words.onnx",
            TOKENS,
            Map.of("words", "0.embedding", "fc", "2.dense"),
            EMBEDDING,
            "flatten",
            "dense"));
  }

  private static Object[] recurrent(String kind, boolean bidirectional) {
    return new Object[] {
      CONV1D,
      "layer-norm",
      layer(kind, "units", 6, "return-sequences", false, "bidirectional", bidirectional),
      "dense"
    };
  }

  private static Map<String, String> with(Map<String, String> names, String key, String value) {
    var all = new TreeMap<>(names);
    all.put(key, value);
    return all;
  }

  /** PyTorch numbers the constants that it makes of a recurrent layer's weights. */
  private static Map<String, String> onnx(
      Map<String, String> names, String operator, int weight, int recurrent, int bias) {
    String layer = "2." + operator.toLowerCase(java.util.Locale.ROOT);
    var all = new TreeMap<>(names);
    all.put("onnx::" + operator + "_" + weight, layer + ".weight");
    all.put("onnx::" + operator + "_" + recurrent, layer + ".recurrent-weight");
    all.put("onnx::" + operator + "_" + bias, layer + ".bias");
    return all;
  }

  private DynamicTest torch(
      String file, InputSpec input, Map<String, String> names, Object... layers) {
    return DynamicTest.dynamicTest(
        file,
        () -> {
          ModelSpec spec = spec(input, THREE, "softmax", layers);
          var rows =
              SafetensorsFile.read(resource(file.replaceFirst("\\..*", ".rows.safetensors")));
          float[] expected = Floats.toArray(of(rows, "y").data());
          try (var trainer = new Trainer(spec, 1)) {
            float[] before = predict(trainer, block(spec, of(rows, "x")));
            begin(trainer, spec, source(resource(file), file.endsWith(".safetensors"), names));
            float[] found = predict(trainer, block(spec, of(rows, "x")));
            assertThat(found)
                .hasSameSizeAs(expected)
                .containsExactly(expected, Offset.offset(1e-5f));
            assertThat(before).as("without them").isNotEqualTo(found);
          }
        });
  }

  @TestFactory
  Stream<DynamicTest> predictWhatTheExportedModelPredicts() {
    Object residual =
        layer("residual", "layers", List.of(CONV2D, "relu"), "shortcut", List.of(CONV2D));
    Map<String, Object> towers =
        layer(
            "towers",
            "inputs",
            Map.of(
                "image",
                List.of(CONV2D, "flatten"),
                "words",
                List.of(EMBEDDING, "global-avg-pool")));
    var image = Map.<String, InputSpec>of("image", IMAGE);
    var words = Map.<String, InputSpec>of("words", TOKENS);
    var both = Map.of("image", IMAGE, "words", TOKENS);
    var sparse = Map.<String, InputSpec>of("x", new InputSpec.Sparse(8));
    return Stream.of(
            exported("sparse", sparse, true, layer("fm", "factors", 3)),
            exported("linear", sparse, true, "linear"),
            exported("images", image, true, CONV2D, "relu", POOL, residual, "flatten", "dense"),
            exported("towers", both, true, towers, "dense"),
            exported(
                "words",
                words,
                true,
                EMBEDDING,
                layer("gru", "units", 4, "return-sequences", true, "bidirectional", true),
                layer("step-dense", "units", 3),
                "layer-norm",
                layer("lstm", "units", 4, "return-sequences", false),
                layer("dense", "units", 3),
                layer("dense", "bias", false)),
            exported(
                "statistics",
                image,
                false,
                "standardize",
                CONV2D,
                "batch-norm",
                "flatten",
                "dense"))
        .flatMap(tests -> tests);
  }

  /**
   * @param onnx whether an ONNX file has all: norms by statistics are folded there
   */
  private Stream<DynamicTest> exported(
      String name, Map<String, InputSpec> inputs, boolean onnx, Object... layers) {
    Stream<String> kinds = onnx ? Stream.of("safetensors", "onnx") : Stream.of("safetensors");
    return kinds.map(
        kind ->
            DynamicTest.dynamicTest(
                name + "." + kind,
                () -> {
                  Path file = folder.resolve(name + "." + kind);
                  try (var model = new RandomModel(inputs, TWO, "logistic", layers);
                      var trainer = new Trainer(model.spec(), 1)) {
                    if (kind.equals("onnx")) {
                      OnnxFile.write(model.exported(), file);
                    } else {
                      var exported = model.exported();
                      SafetensorsFile.write(exported.tensors(), exported.counts(), file);
                    }
                    SampleBlock rows = model.rows();
                    float[] before = predict(trainer, rows);
                    StartingWeights weights = begin(trainer, model.spec(), lenient(file));
                    assertThat(weights.fresh()).isEmpty();
                    float[] found = predict(trainer, rows);
                    assertThat(found).isEqualTo(model.predict(rows)).isNotEqualTo(before);
                  }
                }));
  }

  @Test
  void everyMisfitIsToldAtOnce() {
    ModelSpec spec =
        spec(
            IMAGE,
            THREE,
            "softmax",
            CONV2D,
            "batch-norm",
            POOL,
            "flatten",
            layer("dense", "units", 5),
            "dense");
    assertThatThrownBy(
            () ->
                beginAfresh(
                    spec,
                    source(
                        resource("images.safetensors"),
                        true,
                        Map.of(
                            "conv",
                            "0.conv2d",
                            "fc",
                            "4.dense",
                            "head",
                            "5.dense",
                            "norm",
                            "9.norm"))))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContainingAll(
            "fc.weight is F32 [3, 24], but 4.dense.weight needs F32 [5, 24]",
            "fc.bias is F32 [3], but 4.dense.bias needs F32 [5]",
            "names has head, but no tensor of the file is or begins so: it has conv.bias",
            "names leads norm to 9.norm, which is no layer of the model: they are 0.conv2d, 1.batch-norm",
            "the file has nothing for 1.batch-norm.scale, 1.batch-norm.shift, 5.dense.bias",
            "allow-missing: true");
    assertThatThrownBy(
            () ->
                beginAfresh(
                    spec,
                    source(resource("images.safetensors"), true, Map.of("norm", "1.batch-norm"))))
        .hasMessageContaining(
            "nothing of the model is made of conv.bias, conv.weight, fc.bias, fc.weight. Map")
        .hasMessageContaining("allow-unused: true");
  }

  @Test
  void whatIsAllowedToBeMissingKeepsItsFirstValues() {
    ModelSpec spec =
        spec(IMAGE, THREE, "softmax", CONV2D, POOL, "flatten", layer("dense", "units", 5), "dense");
    try (var trainer = new Trainer(spec, 1)) {
      float[] head =
          Floats.toArray(of(trainer.snapshot("x", 0).tensors(), "model.4.dense.weight").data());
      StartingWeights weights =
          begin(
              trainer,
              spec,
              new WeightSource(
                  resource("images.safetensors"), true, Map.of("conv", "0.conv2d"), true, true));
      assertThat(weights.taken()).containsExactly("0.conv2d.bias", "0.conv2d.weight");
      assertThat(weights.fresh()).contains("4.dense.weight", "3.dense.weight");
      assertThat(weights.unused()).contains("fc.weight", "norm.weight");
      var after = trainer.snapshot("x", 0).tensors();
      assertThat(Floats.toArray(of(after, "model.4.dense.weight").data())).isEqualTo(head);
      assertThat(Floats.toArray(of(after, "model.0.conv2d.bias").data()))
          .isEqualTo(
              Floats.toArray(
                  of(SafetensorsFile.read(resource("images.safetensors")), "conv.bias").data()));
    }
  }

  @Test
  void halfOfARecurrentLayerIsRefused() throws IOException {
    var tensors = SafetensorsFile.read(resource("rnn.safetensors"));
    tensors.remove("rnn.bias_hh_l0");
    Path file = folder.resolve("half.safetensors");
    SafetensorsFile.write(tensors, new TreeMap<>(), file);
    var names = Map.of("conv", "0.conv1d", "norm", "1.layer-norm", "fc", "3.dense", "rnn", "2.rnn");
    ModelSpec spec = spec(STEPS, THREE, "softmax", recurrent("rnn", false));
    assertThatThrownBy(() -> beginAfresh(spec, new WeightSource(file, true, names, true, true)))
        .hasMessageContaining("2.rnn.bias needs bias_hh_l0 too");
  }

  @Test
  void flattenedImagesSideBySideAreRefusedWhereNothingSaysHowTheyLie() {
    Map<String, Object> towers =
        layer(
            "towers",
            "inputs",
            Map.of("image", List.of(CONV2D, "flatten"), "other", List.of("flatten")));
    var schema =
        new SampleSchema(
            List.of(new SampleSchema.Input("image", IMAGE), new SampleSchema.Input("other", STEPS)),
            THREE);
    ModelSpec spec = spec(schema, "softmax", towers, "dense");
    assertThatThrownBy(
            () -> beginAfresh(spec, source(resource("images.safetensors"), true, Map.of())))
        .hasMessageContaining("1.dense reads several flattened inputs side by side");
  }

  @Test
  void filesOfOtherKindsAreNamed() throws IOException {
    ModelSpec spec = spec(TOKENS, THREE, "softmax", EMBEDDING, "flatten", "dense");
    for (var kind :
        Map.of(
                "model.safetensors.index.json", "lists the parts of a model",
                "model.pt", "is Python's pickle",
                "model.h5", "is of no kind that is known",
                "broken.onnx", "cannot be read as ONNX",
                "gone.safetensors", "there is none")
            .entrySet()) {
      Path file = folder.resolve(kind.getKey());
      if (!kind.getKey().startsWith("gone")) {
        Files.write(file, new byte[] {58, 127, 1, 2, 3});
      }
      assertThatThrownBy(() -> beginAfresh(spec, source(file, false, Map.of())))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining(kind.getValue());
    }
  }

  @Test
  void typesThatAreNoFloatsAreRefused() throws IOException {
    Path file = folder.resolve("words.safetensors");
    var words = SafetensorsFile.read(resource("words.safetensors"));
    Tensor bias = of(words, "fc.bias");
    var ids = java.lang.foreign.Arena.ofAuto().allocate(12, 8);
    words.put("fc.bias", new Tensor(TensorType.I32, bias.shape(), ids));
    SafetensorsFile.write(words, new TreeMap<>(), file);
    ModelSpec spec = spec(TOKENS, THREE, "softmax", EMBEDDING, "flatten", "dense");
    var names = Map.of("words", "0.embedding", "fc", "2.dense");
    assertThatThrownBy(() -> beginAfresh(spec, source(file, true, names)))
        .hasMessageContaining("fc.bias is I32 [3], but 2.dense.bias needs F32 [3]");
    byte[] bytes = Files.readAllBytes(file);
    String text =
        new String(bytes, java.nio.charset.StandardCharsets.ISO_8859_1)
            .replace("\"I32\"", "\"C64\"");
    Files.write(file, text.getBytes(java.nio.charset.StandardCharsets.ISO_8859_1));
    assertThatThrownBy(() -> beginAfresh(spec, source(file, true, names)))
        .hasMessageContaining("tensor fc.bias of type C64: of the types only F32, F16");
  }

  private static StartingWeights begin(Trainer trainer, ModelSpec spec, WeightSource source) {
    StartingWeights weights = StartingWeights.read(source, spec, trainer.snapshot("x", 0));
    trainer.restore(weights.checkpoint());
    return weights;
  }

  private static void beginAfresh(ModelSpec spec, WeightSource source) {
    try (var trainer = new Trainer(spec, 1)) {
      begin(trainer, spec, source);
    }
  }

  private static WeightSource source(Path file, boolean torch, Map<String, String> names) {
    return new WeightSource(file, torch, names, false, false);
  }

  /** Graphs have constants that are no weights. */
  private static WeightSource lenient(Path file) {
    return new WeightSource(file, false, Map.of(), false, true);
  }

  private static float[] predict(Trainer trainer, SampleBlock rows) {
    var outputs = Floats.allocate((long) rows.size() * trainer.outputWidth());
    trainer.predict(rows, outputs);
    float[] values = new float[rows.size() * trainer.outputWidth()];
    Floats.copyOut(outputs, 0, values);
    return values;
  }

  private static SampleBlock block(ModelSpec spec, Tensor rows) {
    int count = Math.toIntExact(rows.shape().getFirst());
    var block = new SampleBlock(spec.schema(), count);
    block.start(new SourcePartition("torch", 0), 0);
    int width = Math.toIntExact(rows.data().byteSize() / rows.type().bytes()) / count;
    for (int row = 0; row < count; row++) {
      for (int i = 0; i < width; i++) {
        int at = row * width + i;
        if (rows.type() == TensorType.I64) {
          block
              .tokens(0)
              .add(row, (int) rows.data().getAtIndex(ValueLayout.JAVA_LONG_UNALIGNED, at));
        } else {
          var dense = block.dense(0);
          Floats.write(dense.values(), dense.start(row) + i, Floats.read(rows.data(), at));
        }
      }
      block.commitRow(0, 1, 0, row);
    }
    return block;
  }

  private static ModelSpec spec(InputSpec input, LabelSpec label, String loss, Object... layers) {
    return spec(new SampleSchema(List.of(new SampleSchema.Input("x", input)), label), loss, layers);
  }

  private static ModelSpec spec(SampleSchema schema, String loss, Object... layers) {
    return new ModelSpec(
        schema,
        new ComponentList(Layers::variants).apply(List.of(layers)),
        Losses.variants().spec(loss, Map.of()),
        Optimizers.variants().spec("adam", Map.of()),
        8,
        2,
        7);
  }

  private static Map<String, Object> layer(String name, Object... settings) {
    var map = new TreeMap<String, Object>();
    for (int i = 0; i < settings.length; i += 2) {
      map.put((String) settings[i], settings[i + 1]);
    }
    return Map.of(name, map);
  }

  private static Tensor of(Map<String, Tensor> tensors, String name) {
    return Objects.requireNonNull(tensors.get(name), name);
  }

  private static Path resource(String name) {
    try {
      return Path.of(
          Objects.requireNonNull(StartingWeightsTest.class.getResource(name), name).toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
