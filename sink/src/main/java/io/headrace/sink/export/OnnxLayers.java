package io.headrace.sink.export;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;

/** Every layer in ONNX's operators, as it predicts: dropout passes on, norms use what they kept. */
final class OnnxLayers {
  /** Says a layer in operators. */
  private interface Translation {
    OnnxValue apply(OnnxScope scope, OnnxInput input);
  }

  private static final Map<String, Translation> TRANSLATIONS = translations();

  private final OnnxGraph graph;
  private final ExportedModel model;
  private final NavigableMap<String, OnnxInput> inputs;
  private final int lossUnits;

  OnnxLayers(
      OnnxGraph graph, ExportedModel model, NavigableMap<String, OnnxInput> inputs, int lossUnits) {
    this.graph = graph;
    this.model = model;
    this.inputs = inputs;
    this.lossUnits = lossUnits;
  }

  private static Map<String, Translation> translations() {
    var all = new TreeMap<String, Translation>();
    all.put("linear", OnnxProducts::linear);
    all.put("dense", OnnxProducts::dense);
    all.put("step-dense", OnnxProducts::stepDense);
    all.put("embedding", OnnxProducts::embedding);
    all.put("fm", OnnxPairs::fm);
    all.put("ffm", OnnxPairs::ffm);
    for (String curve : List.of("relu", "leaky-relu", "tanh", "sigmoid", "gelu")) {
      all.put(curve, (scope, input) -> OnnxProducts.curve(scope, curve, scope.dense(input)));
    }
    all.put("conv2d", OnnxImages::conv2d);
    all.put("conv1d", OnnxImages::conv1d);
    all.put("max-pool", OnnxImages::maxPool);
    all.put("avg-pool", OnnxImages::avgPool);
    all.put("global-avg-pool", OnnxImages::globalAvgPool);
    all.put("flatten", OnnxImages::flatten);
    all.put("batch-norm", OnnxNorms::batchNorm);
    all.put("layer-norm", OnnxNorms::layerNorm);
    all.put("standardize", OnnxNorms::standardize);
    all.put("dropout", (scope, input) -> scope.dense(input));
    all.put("rnn", OnnxRecurrent::rnn);
    all.put("lstm", OnnxRecurrent::lstm);
    all.put("gru", OnnxRecurrent::gru);
    return all;
  }

  /** The whole model, from the job's inputs to the scores. */
  OnnxValue model() {
    OnnxValue end = attachToInputs("", model.spec().layers(), Optional.empty());
    return end.channelsLast(graph);
  }

  private OnnxValue attachToInputs(
      String within, List<ComponentSpec> layers, Optional<String> unnamed) {
    ComponentSpec first = layers.getFirst();
    if (first.name().equals("towers")) {
      OnnxValue joined = towers(new OnnxScope(graph, model, within, 0, first, lossUnits));
      return attach(within, layers, 1, new OnnxInput.Dense(joined));
    }
    Object named = first.settings().asMap().get("input");
    String name = named != null ? (String) named : unnamed.orElseGet(inputs::firstKey);
    OnnxInput input = inputs.get(name);
    if (input == null) {
      throw new IllegalStateException("the model was built, but has no input " + name);
    }
    return attach(within, layers, 0, input);
  }

  private OnnxValue attach(
      String within, List<ComponentSpec> layers, int from, OnnxInput firstInput) {
    OnnxInput input = firstInput;
    for (int i = from; i < layers.size(); i++) {
      ComponentSpec layer = layers.get(i);
      var scope = new OnnxScope(graph, model, within, i, layer, lossUnits);
      OnnxValue y =
          layer.name().equals("residual")
              ? residual(scope, scope.dense(input))
              : translation(scope).apply(scope, input);
      input = new OnnxInput.Dense(y);
    }
    return new OnnxScope(graph, model, within, layers.size(), layers.getLast(), lossUnits)
        .dense(input);
  }

  private static Translation translation(OnnxScope scope) {
    Translation translation = TRANSLATIONS.get(scope.layer().name());
    if (translation == null) {
      throw new HeadraceException(
          "Layer %d, %s, cannot be written as ONNX. Layers that can: %s, residual, towers. Export to safetensors instead."
              .formatted(
                  scope.index(), scope.layer().name(), String.join(", ", TRANSLATIONS.keySet())));
    }
    return translation;
  }

  private OnnxValue residual(OnnxScope scope, OnnxValue x) {
    OnnxValue f = chain(scope, "layers", x);
    OnnxValue g = scope.optional("shortcut").isPresent() ? chain(scope, "shortcut", x) : x;
    OnnxValue other = f.channelsFirst() ? g.channelsFirst(graph) : g.channelsLast(graph);
    return f.as(graph.node("Add", f.name(), other.name()));
  }

  private OnnxValue chain(OnnxScope scope, String list, OnnxValue x) {
    List<?> layers = (List<?>) scope.setting(list);
    return attach(scope.inside(list), specs(layers), 0, new OnnxInput.Dense(x));
  }

  private OnnxValue towers(OnnxScope scope) {
    var ends = new ArrayList<OnnxValue>();
    new TreeMap<>((Map<?, ?>) scope.setting("inputs"))
        .forEach(
            (name, layers) ->
                ends.add(
                    attachToInputs(
                            scope.inside("inputs." + name),
                            specs((List<?>) layers),
                            Optional.of(String.valueOf(name)))
                        .channelsLast(graph)));
    String[] names = ends.stream().map(OnnxValue::name).toArray(String[]::new);
    if (scope.optional("join").filter("sum"::equals).isPresent()) {
      return ends.getFirst().as(names.length == 1 ? names[0] : graph.node("Sum", names));
    }
    int channels = ends.stream().mapToInt(OnnxValue::channels).sum();
    String joined = graph.node("Concat", OnnxGraph.attributes("axis", -1), names);
    return ends.getFirst().as(joined, channels);
  }

  private static List<ComponentSpec> specs(List<?> layers) {
    return layers.stream().map(ComponentSpec.class::cast).toList();
  }
}
