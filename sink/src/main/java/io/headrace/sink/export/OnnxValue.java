package io.headrace.sink.export;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What flows between layers as an ONNX graph has it.
 *
 * @param name of the value in the graph
 * @param shape of a row as our layers count it: [n], [steps, n] or [height, width, channels]
 * @param channelsFirst whether the graph has a row as [channels, height, width], which only images
 *     may
 * @param lengths name of the value [rows] with each row's number of real steps; empty where all
 *     steps are real
 */
record OnnxValue(
    String name, List<Integer> shape, boolean channelsFirst, Optional<String> lengths) {

  OnnxValue {
    shape = List.copyOf(shape);
  }

  static OnnxValue of(String name, List<Integer> shape) {
    return new OnnxValue(name, shape, false, Optional.empty());
  }

  int channels() {
    return shape.getLast();
  }

  /** The same rows under another name. */
  OnnxValue as(String other) {
    return new OnnxValue(other, shape, channelsFirst, lengths);
  }

  /** Rows like these with other channels, under another name. */
  OnnxValue as(String other, int channels) {
    List<Integer> wide = new ArrayList<>(shape.subList(0, shape.size() - 1));
    wide.add(channels);
    return new OnnxValue(other, wide, channelsFirst, lengths);
  }

  OnnxValue withLengths(Optional<String> other) {
    return new OnnxValue(name, shape, channelsFirst, other);
  }

  /** The same rows with the channels behind all other dimensions. */
  OnnxValue channelsLast(OnnxGraph graph) {
    if (!channelsFirst) {
      return this;
    }
    String turned =
        graph.node("Transpose", OnnxGraph.attributes("perm", new long[] {0, 2, 3, 1}), name);
    return new OnnxValue(turned, shape, false, lengths);
  }

  /** The same images with the channels before height and width. */
  OnnxValue channelsFirst(OnnxGraph graph) {
    if (channelsFirst) {
      return this;
    }
    String turned =
        graph.node("Transpose", OnnxGraph.attributes("perm", new long[] {0, 3, 1, 2}), name);
    return new OnnxValue(turned, shape, true, lengths);
  }

  /** The same sequences with zeros behind each row's last step. */
  OnnxValue masked(OnnxGraph graph) {
    if (lengths.isEmpty()) {
      return this;
    }
    long[] steps = new long[shape.getFirst()];
    for (int i = 0; i < steps.length; i++) {
      steps[i] = i;
    }
    String axis = graph.constant("axis", new long[] {1});
    String ends = graph.node("Unsqueeze", lengths.get(), axis);
    String real = graph.node("Less", graph.constant("steps", steps), ends);
    String factors = graph.node("Cast", OnnxGraph.attributes("to", OnnxGraph.FLOAT), real);
    String mask = graph.node("Unsqueeze", factors, graph.constant("axis", new long[] {2}));
    return as(graph.node("Mul", name, mask));
  }
}
