package io.headrace.sink.export;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;

/** Layers over the pairs of a hashed sparse input. */
final class OnnxPairs {
  private static final Map<String, Object> DROP = OnnxGraph.attributes("keepdims", 0);

  private OnnxPairs() {}

  static OnnxValue linear(OnnxScope scope, OnnxInput.Sparse pairs) {
    String weights = scope.graph().node("Gather", scope.constant("weight"), pairs.ids());
    String sum = sum(scope.graph(), scaled(scope.graph(), weights, pairs), 1);
    return OnnxValue.of(scope.plusBias(sum), List.of(scope.units()));
  }

  /** Half of what the squares of sums have more than the sums of squares; see Rendle, 2010. */
  static OnnxValue fm(OnnxScope scope, OnnxInput input) {
    OnnxInput.Sparse pairs = pairs(input);
    OnnxGraph graph = scope.graph();
    int units = scope.units();
    int factors = scope.whole("factors");
    String terms = terms(scope, pairs, "factors", units * factors);
    String sums = sum(graph, terms, 1);
    String squares = sum(graph, graph.node("Mul", terms, terms), 1);
    String twice = graph.node("Sub", graph.node("Mul", sums, sums), squares);
    return halved(graph, sum(graph, reshaped(graph, twice, -1, units, factors), 2), units);
  }

  /**
   * Half of what the products of sums, each field's for each other with the other's for it, have
   * more than the squares of terms for their own field; see Juan et al., 2016.
   */
  static OnnxValue ffm(OnnxScope scope, OnnxInput input) {
    OnnxInput.Sparse pairs = pairs(input);
    OnnxGraph graph = scope.graph();
    int units = scope.units();
    int factors = scope.whole("factors");
    int fields = pairs.fieldCount();
    int width = units * fields * factors;
    String terms = terms(scope, pairs, "factors", width); // [rows, pairs, units g factors]
    String members = members(graph, pairs); // [rows, pairs, f]
    String byField = graph.node("MatMul", turned(graph, members, 0, 2, 1), terms);
    String sums = reshaped(graph, byField, -1, fields, units, fields, factors);
    String others = turned(graph, sums, 0, 3, 2, 1, 4);
    String products = sum(graph, graph.node("Mul", sums, others), 1, 3, 4); // [rows, units]
    String of = graph.node("Unsqueeze", members, graph.constant("axis", new long[] {2, 4}));
    String shape = graph.constant("shape", new long[] {0, 0, units, fields, factors});
    String own = graph.node("Mul", graph.node("Reshape", terms, shape), of);
    String squares = sum(graph, graph.node("Mul", own, own), 1, 3, 4);
    return halved(graph, graph.node("Sub", products, squares), units);
  }

  /** The sum of a row's vectors, of each field by itself or of all, or the mean. */
  static OnnxValue embedding(OnnxScope scope, OnnxInput.Sparse pairs) {
    OnnxGraph graph = scope.graph();
    int dimension = scope.whole("dimension");
    String terms = terms(scope, pairs, "weight", dimension);
    String pool = (String) scope.optional("pool").orElse("fields");
    if (pool.equals("fields")) {
      int width = pairs.fieldCount() * dimension;
      String members = turned(graph, members(graph, pairs), 0, 2, 1);
      String sums = graph.node("MatMul", members, terms); // [rows, fields, dimension]
      return OnnxValue.of(reshaped(graph, sums, -1, width), List.of(width));
    }
    String sum = sum(graph, terms, 1);
    return OnnxValue.of(
        pool.equals("mean") ? graph.node("Div", sum, counted(graph, pairs)) : sum,
        List.of(dimension));
  }

  /** How many pairs of a row have a value that is not 0, 1 at least, [rows, 1]. */
  private static String counted(OnnxGraph graph, OnnxInput.Sparse pairs) {
    String zero = graph.constant("zero", new float[] {0}, 1);
    String real = graph.node("Not", graph.node("Equal", pairs.values(), zero));
    String ones = graph.node("Cast", OnnxGraph.attributes("to", OnnxGraph.FLOAT), real);
    String axis = graph.constant("axis", new long[] {1});
    return graph.node(
        "Max", graph.node("ReduceSum", ones, axis), graph.constant("one", new float[] {1}, 1));
  }

  private static OnnxInput.Sparse pairs(OnnxInput input) {
    if (input instanceof OnnxInput.Sparse pairs) {
      return pairs;
    }
    throw new IllegalStateException("a layer over hashed features of no sparse input");
  }

  /** Each pair's vector in a table times the pair's value, [rows, pairs, width]. */
  private static String terms(
      OnnxScope scope, OnnxInput.Sparse pairs, String parameter, int width) {
    MemorySegment table = scope.tensor(parameter).data();
    String rows = scope.constant(parameter, table, Floats.count(table) / width, width);
    String vectors = scope.graph().node("Gather", rows, pairs.ids());
    return scaled(scope.graph(), vectors, pairs);
  }

  private static String scaled(OnnxGraph graph, String vectors, OnnxInput.Sparse pairs) {
    String axis = graph.constant("axis", new long[] {2});
    return graph.node("Mul", vectors, graph.node("Unsqueeze", pairs.values(), axis));
  }

  /** 1 where a pair is of a field, else 0, [rows, pairs, fields]. */
  private static String members(OnnxGraph graph, OnnxInput.Sparse pairs) {
    String depth = graph.constant("depth", new long[] {pairs.fieldCount()});
    String values = graph.constant("off-on", new float[] {0, 1}, 2);
    return graph.node("OneHot", pairs.fields(), depth, values);
  }

  private static String sum(OnnxGraph graph, String x, long... axes) {
    return graph.node("ReduceSum", DROP, x, graph.constant("axes", axes));
  }

  private static String reshaped(OnnxGraph graph, String x, long... shape) {
    return graph.node("Reshape", x, graph.constant("shape", shape));
  }

  private static String turned(OnnxGraph graph, String x, long... order) {
    return graph.node("Transpose", OnnxGraph.attributes("perm", order), x);
  }

  private static OnnxValue halved(OnnxGraph graph, String twice, int units) {
    String half = graph.constant("half", new float[] {0.5f}, 1);
    return OnnxValue.of(graph.node("Mul", twice, half), List.of(units));
  }
}
