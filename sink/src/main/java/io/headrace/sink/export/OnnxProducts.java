package io.headrace.sink.export;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Products with learned matrices and tables, and the curves behind them. */
final class OnnxProducts {
  private OnnxProducts() {}

  static OnnxValue linear(OnnxScope scope, OnnxInput input) {
    if (!(input instanceof OnnxInput.Sparse(String ids, String values))) {
      return product(scope, scope.dense(input, 1));
    }
    OnnxGraph graph = scope.graph();
    String weights = graph.node("Gather", scope.constant("weight"), ids);
    String factors = graph.node("Unsqueeze", values, graph.constant("axis", new long[] {2}));
    String sum =
        graph.node(
            "ReduceSum",
            OnnxGraph.attributes("keepdims", 0),
            graph.node("Mul", weights, factors),
            graph.constant("axis", new long[] {1}));
    return OnnxValue.of(scope.plusBias(sum), List.of(scope.units()));
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

  /** Half of what the squares of sums have more than the sums of squares; see Rendle, 2010. */
  static OnnxValue fm(OnnxScope scope, OnnxInput input) {
    if (!(input instanceof OnnxInput.Sparse(String ids, String values))) {
      throw new IllegalStateException("a factorization machine of no sparse input");
    }
    OnnxGraph graph = scope.graph();
    int units = scope.units();
    int factors = scope.whole("factors");
    MemorySegment table = scope.tensor("factors").data();
    long rows = Floats.count(table) / ((long) units * factors);
    String vectors =
        graph.node("Gather", scope.constant("factors", table, rows, (long) units * factors), ids);
    String scales = graph.node("Unsqueeze", values, graph.constant("axis", new long[] {2}));
    String terms = graph.node("Mul", vectors, scales);
    Map<String, Object> drop = OnnxGraph.attributes("keepdims", 0);
    String overPairs = graph.constant("axis", new long[] {1});
    String sums = graph.node("ReduceSum", drop, terms, overPairs);
    String squares = graph.node("ReduceSum", drop, graph.node("Mul", terms, terms), overPairs);
    String twice = graph.node("Sub", graph.node("Mul", sums, sums), squares);
    String parted =
        graph.node("Reshape", twice, graph.constant("shape", new long[] {-1, units, factors}));
    String all = graph.node("ReduceSum", drop, parted, graph.constant("axis", new long[] {2}));
    String half = graph.constant("half", new float[] {0.5f}, 1);
    return OnnxValue.of(graph.node("Mul", all, half), List.of(units));
  }

  /** A vector for each token; ids behind a row's last token are 0, and so is their vector. */
  static OnnxValue embedding(OnnxScope scope, OnnxInput input) {
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
