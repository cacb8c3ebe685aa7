package io.headrace.sink.export;

import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Normalisations, by the statistics that their layers kept. */
final class OnnxNorms {
  private static final ValueLayout.OfDouble DOUBLE =
      ValueLayout.JAVA_DOUBLE_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private OnnxNorms() {}

  static OnnxValue batchNorm(OnnxScope scope, OnnxInput input) {
    OnnxValue x = scope.dense(input);
    float[] means = scope.floats("running.mean");
    float[] variances = scope.floats("running.variance");
    float[] factors = scope.floats("scale");
    double epsilon = ((Number) scope.setting("epsilon")).doubleValue();
    for (int c = 0; c < factors.length; c++) {
      factors[c] = (float) (factors[c] / Math.sqrt(variances[c] + epsilon));
    }
    String y = affine(scope, x, means, factors);
    String shift = scope.constant("shift", scope.floats("shift"), lanes(x, factors.length));
    return x.as(scope.graph().node("Add", y, shift)).masked(scope.graph());
  }

  static OnnxValue layerNorm(OnnxScope scope, OnnxInput input) {
    OnnxGraph graph = scope.graph();
    OnnxValue x = scope.dense(input).channelsLast(graph);
    String y =
        graph.node(
            "LayerNormalization",
            OnnxGraph.attributes("axis", -1, "epsilon", scope.decimal("epsilon")),
            x.name(),
            scope.constant("scale"),
            scope.constant("shift"));
    return x.as(y).masked(graph);
  }

  static OnnxValue standardize(OnnxScope scope, OnnxInput input) {
    OnnxValue x = scope.dense(input);
    double[] means = doubles(scope, "stream.mean");
    double[] squares = doubles(scope, "stream.squares");
    long count = scope.count("stream.count").map(Long::parseLong).orElse(0L);
    float[] centres = new float[means.length];
    float[] factors = new float[means.length];
    for (int c = 0; c < means.length; c++) {
      double variance = count == 0 ? 0 : squares[c] / count;
      centres[c] = (float) means[c];
      factors[c] = variance > 0 ? (float) (1 / Math.sqrt(variance)) : 1;
    }
    return x.as(affine(scope, x, centres, factors));
  }

  /** (x - mean) factor, channel by channel. */
  private static String affine(OnnxScope scope, OnnxValue x, float[] means, float[] factors) {
    long[] shape = lanes(x, means.length);
    String centred = scope.graph().node("Sub", x.name(), scope.constant("mean", means, shape));
    return scope.graph().node("Mul", centred, scope.constant("factor", factors, shape));
  }

  /** The shape in which one number a channel meets all rows of {@code x}. */
  private static long[] lanes(OnnxValue x, int channels) {
    return x.channelsFirst() ? new long[] {channels, 1, 1} : new long[] {channels};
  }

  private static double[] doubles(OnnxScope scope, String name) {
    return scope.tensor(name).data().toArray(DOUBLE);
  }
}
