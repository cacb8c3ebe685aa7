package io.headrace.sink.export;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Recurrent layers in ONNX's own operators. Those hold the gates of a matrix in another order than
 * ours, as [directions, gates * units, in], and read [steps, rows, in].
 */
final class OnnxRecurrent {
  private static final int NONE = -1;

  private OnnxRecurrent() {}

  static OnnxValue rnn(OnnxScope scope, OnnxInput input) {
    int[] only = {0};
    return apply(scope, input, "RNN", only, only, only, new int[] {NONE}, Map.of());
  }

  /** Ours: i, f, g, o. ONNX's: i, o, f, c. */
  static OnnxValue lstm(OnnxScope scope, OnnxInput input) {
    int[] order = {0, 3, 1, 2};
    int[] none = {NONE, NONE, NONE, NONE};
    return apply(scope, input, "LSTM", order, order, order, none, Map.of());
  }

  /** Ours: r, z, n of the input, q, r, z of the state, biases q, r, z, n. ONNX's: z, r, h. */
  static OnnxValue gru(OnnxScope scope, OnnxInput input) {
    return apply(
        scope,
        input,
        "GRU",
        new int[] {1, 0, 2},
        new int[] {2, 1, 0},
        new int[] {2, 1, 3},
        new int[] {NONE, NONE, 0},
        OnnxGraph.attributes("linear_before_reset", 1));
  }

  /**
   * @param inputGates which of our gates stands where ONNX expects one, in the input's matrix
   * @param stateGates the same in the state's matrix
   * @param inputBias the same in the input's biases, all biases of ours being in one vector
   * @param stateBias the same in the state's biases; {@link #NONE} for zeros
   */
  private static OnnxValue apply(
      OnnxScope scope,
      OnnxInput input,
      String operator,
      int[] inputGates,
      int[] stateGates,
      int[] inputBias,
      int[] stateBias,
      Map<String, Object> more) {
    OnnxGraph graph = scope.graph();
    OnnxValue x = scope.dense(input, 2);
    boolean both = scope.flag("bidirectional");
    List<String> directions = both ? List.of("", "reverse.") : List.of("");
    int units = scope.whole("units");
    int in = x.channels();
    int gates = inputGates.length;
    float[] w = new float[directions.size() * gates * units * in];
    float[] r = new float[directions.size() * gates * units * units];
    float[] b = new float[directions.size() * 2 * gates * units];
    for (int d = 0; d < directions.size(); d++) {
      String prefix = directions.get(d);
      float[] weight = scope.floats(prefix + "weight");
      float[] recurrent = scope.floats(prefix + "recurrent-weight");
      float[] bias = scope.floats(prefix + "bias");
      turn(weight, in, inputGates, units, w, d * gates * units * in);
      turn(recurrent, units, stateGates, units, r, d * gates * units * units);
      int at = d * 2 * gates * units;
      order(bias, inputBias, units, b, at);
      order(bias, stateBias, units, b, at + gates * units);
    }
    var attributes =
        OnnxGraph.attributes("direction", both ? "bidirectional" : "forward", "hidden_size", units);
    attributes.putAll(more);
    Map<String, Object> stepsFirst = OnnxGraph.attributes("perm", new long[] {1, 0, 2});
    int count = directions.size();
    String[] operands = {
      graph.node("Transpose", stepsFirst, x.name()),
      scope.constant("weight", w, count, (long) gates * units, in),
      scope.constant("recurrent-weight", r, count, (long) gates * units, units),
      scope.constant("bias", b, count, 2L * gates * units),
      x.lengths().map(lengths -> whole(graph, lengths)).orElse("")
    };
    int width = count * units;
    if (scope.flag("return-sequences")) {
      String all = graph.node(operator, attributes, operands); // [steps, directions, rows, units]
      String sideBySide =
          graph.node("Transpose", OnnxGraph.attributes("perm", new long[] {2, 0, 1, 3}), all);
      int steps = x.shape().getFirst();
      String shape = graph.constant("shape", new long[] {-1, steps, width});
      return new OnnxValue(
          graph.node("Reshape", sideBySide, shape), List.of(steps, width), false, x.lengths());
    }
    String last = graph.nodeSecond(operator, attributes, operands); // [directions, rows, units]
    String rowsFirst = graph.node("Transpose", stepsFirst, last);
    String shape = graph.constant("shape", new long[] {-1, width});
    return new OnnxValue(
        graph.node("Reshape", rowsFirst, shape), List.of(width), false, Optional.empty());
  }

  private static String whole(OnnxGraph graph, String lengths) {
    return graph.node("Cast", OnnxGraph.attributes("to", OnnxGraph.INT32), lengths);
  }

  /** From [in][gates][units] to [gates][units][in], gates in another order. */
  private static void turn(float[] from, int in, int[] gates, int units, float[] to, int at) {
    for (int gate = 0; gate < gates.length; gate++) {
      for (int unit = 0; unit < units; unit++) {
        for (int i = 0; i < in; i++) {
          to[at + (gate * units + unit) * in + i] =
              from[(i * gates.length + gates[gate]) * units + unit];
        }
      }
    }
  }

  private static void order(float[] from, int[] gates, int units, float[] to, int at) {
    for (int gate = 0; gate < gates.length; gate++) {
      if (gates[gate] != NONE) {
        System.arraycopy(from, gates[gate] * units, to, at + gate * units, units);
      }
    }
  }
}
