package io.headrace.sink.export;

import java.util.List;
import java.util.Optional;

/** Products with learned matrices and tables, and the curves behind them. */
final class OnnxProducts {
  private OnnxProducts() {}

  static OnnxValue linear(OnnxScope scope, OnnxInput input) {
    return input instanceof OnnxInput.Sparse pairs
        ? OnnxPairs.linear(scope, pairs)
        : product(scope, scope.dense(input, 1));
  }

  static OnnxValue dense(OnnxScope scope, OnnxInput input) {
    return curve(
        scope, (String) scope.setting("activation"), product(scope, scope.dense(input, 1)));
  }

  static OnnxValue stepDense(OnnxScope scope, OnnxInput input) {
    OnnxValue y = product(scope, scope.dense(input, 2));
    return curve(scope, (String) scope.setting("activation"), y).masked(scope.graph());
  }

  private static OnnxValue product(OnnxScope scope, OnnxValue x) {
    String weight =
        scope.constant("weight", scope.tensor("weight").data(), x.channels(), scope.units());
    String sums = scope.graph().node("MatMul", x.name(), weight);
    return x.as(scope.plusBias(sums), scope.units());
  }

  /** A vector for each token; ids behind a row's last token are 0, and so is their vector. */
  static OnnxValue embedding(OnnxScope scope, OnnxInput input) {
    if (input instanceof OnnxInput.Sparse pairs) {
      return OnnxPairs.embedding(scope, pairs);
    }
    if (!(input instanceof OnnxInput.Tokens(String ids, int steps))) {
      throw new IllegalStateException("an embedding of no tokens");
    }
    OnnxGraph graph = scope.graph();
    String padding = graph.constant("padding", new long[] {0});
    String real = graph.node("Not", graph.node("Equal", ids, padding));
    String lengths =
        graph.node(
            "ReduceSum",
            OnnxGraph.attributes("keepdims", 0),
            graph.node("Cast", OnnxGraph.attributes("to", OnnxGraph.INT64), real),
            graph.constant("axis", new long[] {1}));
    String vectors = graph.node("Gather", scope.constant("weight"), ids);
    return OnnxValue.of(vectors, List.of(steps, scope.whole("dimension")))
        .withLengths(Optional.of(lengths));
  }

  static OnnxValue curve(OnnxScope scope, String curve, OnnxValue x) {
    OnnxGraph graph = scope.graph();
    return switch (curve) {
      case "none" -> x;
      case "relu" -> x.as(graph.node("Relu", x.name()));
      case "leaky-relu" -> {
        float slope = scope.optional("slope").isPresent() ? scope.decimal("slope") : 0.01f;
        yield x.as(graph.node("LeakyRelu", OnnxGraph.attributes("alpha", slope), x.name()));
      }
      case "tanh" -> x.as(graph.node("Tanh", x.name()));
      case "sigmoid" -> x.as(graph.node("Sigmoid", x.name()));
      case "gelu" ->
          x.as(graph.node("Gelu", OnnxGraph.attributes("approximate", "tanh"), x.name()));
      default -> throw new IllegalStateException("an activation called " + curve);
    };
  }
}
