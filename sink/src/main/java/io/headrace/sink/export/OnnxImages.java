package io.headrace.sink.export;

import io.headrace.engine.state.Tensor;
import java.util.List;
import java.util.Map;

/** Convolutions and poolings. */
final class OnnxImages {
  private OnnxImages() {}

  static OnnxValue conv2d(OnnxScope scope, OnnxInput input) {
    OnnxValue x = scope.dense(input, 3).channelsFirst(scope.graph());
    int pad = scope.whole("padding");
    int height = size(scope, x.shape().get(0), 2 * pad);
    int width = size(scope, x.shape().get(1), 2 * pad);
    String y = convolve(scope, x.name(), 2, new long[] {pad, pad, pad, pad});
    return new OnnxValue(
        y, List.of(height, width, scope.whole("filters")), true, java.util.Optional.empty());
  }

  /** ONNX has no convolution over [steps, channels], so channels go first and back again. */
  static OnnxValue conv1d(OnnxScope scope, OnnxInput input) {
    OnnxGraph graph = scope.graph();
    OnnxValue x = scope.dense(input, 2);
    int pad = scope.whole("padding");
    int reach = (scope.whole("kernel") - 1) * scope.whole("dilation");
    int before = scope.flag("causal") ? reach : pad;
    int after = scope.flag("causal") ? 0 : pad;
    Map<String, Object> turn = OnnxGraph.attributes("perm", new long[] {0, 2, 1});
    String turned = graph.node("Transpose", turn, x.name());
    String y = convolve(scope, turned, 1, new long[] {before, after});
    int steps = size(scope, x.shape().getFirst(), before + after);
    return OnnxValue.of(graph.node("Transpose", turn, y), List.of(steps, scope.whole("filters")));
  }

  /** Windows along an axis of {@code length} with {@code zeros} around it. */
  private static int size(OnnxScope scope, int length, int zeros) {
    int reach = (scope.whole("kernel") - 1) * scope.whole("dilation") + 1;
    return (length + zeros - reach) / scope.whole("stride") + 1;
  }

  private static String convolve(OnnxScope scope, String x, int axes, long[] pads) {
    Tensor weight = scope.tensor("weight"); // [filters, height, width, channels]
    long[] shape = OnnxScope.shape(weight);
    float[] filters = channelsFirst(OnnxScope.floats(weight), shape);
    String constant =
        axes == 2
            ? scope.constant("weight", filters, shape[0], shape[3], shape[1], shape[2])
            : scope.constant("weight", filters, shape[0], shape[3], shape[2]);
    Map<String, Object> attributes =
        OnnxGraph.attributes(
            "dilations", axes(axes, scope.whole("dilation")),
            "kernel_shape", axes(axes, scope.whole("kernel")),
            "pads", pads,
            "strides", axes(axes, scope.whole("stride")));
    return scope.has("bias")
        ? scope.graph().node("Conv", attributes, x, constant, scope.constant("bias"))
        : scope.graph().node("Conv", attributes, x, constant);
  }

  private static float[] channelsFirst(float[] filters, long[] shape) {
    int channels = (int) shape[3];
    int taps = (int) (shape[1] * shape[2]);
    float[] turned = new float[filters.length];
    for (int filter = 0; filter < shape[0]; filter++) {
      int at = filter * taps * channels;
      for (int tap = 0; tap < taps; tap++) {
        for (int c = 0; c < channels; c++) {
          turned[at + c * taps + tap] = filters[at + tap * channels + c];
        }
      }
    }
    return turned;
  }

  static OnnxValue maxPool(OnnxScope scope, OnnxInput input) {
    return pool(scope, input, "MaxPool");
  }

  /** What lies outside an image is in no mean, which is what ONNX does unless told otherwise. */
  static OnnxValue avgPool(OnnxScope scope, OnnxInput input) {
    return pool(scope, input, "AveragePool");
  }

  private static OnnxValue pool(OnnxScope scope, OnnxInput input, String operator) {
    OnnxValue x = scope.dense(input, 3).channelsFirst(scope.graph());
    int size = scope.whole("size");
    int stride = scope.optional("stride").map(s -> ((Number) s).intValue()).orElse(size);
    int pad = scope.whole("padding");
    String y =
        scope
            .graph()
            .node(
                operator,
                OnnxGraph.attributes(
                    "kernel_shape", axes(2, size),
                    "pads", new long[] {pad, pad, pad, pad},
                    "strides", axes(2, stride)),
                x.name());
    int height = (x.shape().get(0) + 2 * pad - size) / stride + 1;
    int width = (x.shape().get(1) + 2 * pad - size) / stride + 1;
    return new OnnxValue(y, List.of(height, width, x.channels()), true, java.util.Optional.empty());
  }

  /** The mean over all pixels, or over the real steps of each sequence. */
  static OnnxValue globalAvgPool(OnnxScope scope, OnnxInput input) {
    OnnxGraph graph = scope.graph();
    OnnxValue x = scope.dense(input, 2, 3).channelsLast(graph);
    long[] axes = x.shape().size() == 3 ? new long[] {1, 2} : new long[] {1};
    Map<String, Object> drop = OnnxGraph.attributes("keepdims", 0);
    String over = graph.constant("axes", axes);
    if (x.lengths().isEmpty()) {
      return OnnxValue.of(graph.node("ReduceMean", drop, x.name(), over), List.of(x.channels()));
    }
    String sums = graph.node("ReduceSum", drop, x.masked(graph).name(), over);
    String counts =
        graph.node("Cast", OnnxGraph.attributes("to", OnnxGraph.FLOAT), x.lengths().orElseThrow());
    String atLeastOne = graph.node("Max", counts, graph.constant("one", new float[] {1}, 1));
    String divisors = graph.node("Unsqueeze", atLeastOne, graph.constant("axis", new long[] {1}));
    return OnnxValue.of(graph.node("Div", sums, divisors), List.of(x.channels()));
  }

  static OnnxValue flatten(OnnxScope scope, OnnxInput input) {
    OnnxValue x = scope.dense(input).channelsLast(scope.graph());
    int width = x.shape().stream().reduce(1, Math::multiplyExact);
    if (x.shape().size() == 1) {
      return x;
    }
    String shape = scope.graph().constant("shape", new long[] {-1, width});
    return OnnxValue.of(scope.graph().node("Reshape", x.name(), shape), List.of(width));
  }

  private static long[] axes(int count, int value) {
    long[] all = new long[count];
    java.util.Arrays.fill(all, value);
    return all;
  }
}
