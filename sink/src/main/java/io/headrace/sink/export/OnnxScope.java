package io.headrace.sink.export;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.Tensor;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.Map;
import java.util.Optional;

/**
 * The place of one layer in a graph under construction: where it puts its nodes, and where it finds
 * what it learned.
 *
 * @param within names of the layers around this one; empty, or ending with a dot
 * @param index position in its list of layers
 * @param lossUnits outputs that the loss needs of the last layer
 */
record OnnxScope(
    OnnxGraph graph,
    ExportedModel model,
    String within,
    int index,
    ComponentSpec layer,
    int lossUnits) {

  /** The place of the layers in the list {@code list} inside this layer. */
  String inside(String list) {
    return full(list) + ".";
  }

  private String full(String name) {
    return within + index + "." + layer.name() + "." + name;
  }

  /** A setting that has a value. */
  Object setting(String name) {
    return optional(name)
        .orElseThrow(
            () -> new IllegalStateException(layer.name() + " has no setting called " + name));
  }

  int whole(String name) {
    return ((Number) setting(name)).intValue();
  }

  boolean flag(String name) {
    return (Boolean) setting(name);
  }

  float decimal(String name) {
    return ((Number) setting(name)).floatValue();
  }

  Optional<Object> optional(String name) {
    return Optional.ofNullable(settings().get(name));
  }

  private Map<String, Object> settings() {
    return layer.settings().asMap();
  }

  /** Outputs of a layer whose units are by default what the loss needs. */
  int units() {
    return optional("units").map(units -> ((Number) units).intValue()).orElse(lossUnits);
  }

  boolean has(String parameter) {
    return model.tensors().containsKey(full(parameter));
  }

  Tensor tensor(String parameter) {
    return model.tensor(full(parameter));
  }

  /** What a layer counts, if the checkpoint says. */
  Optional<String> count(String name) {
    return Optional.ofNullable(model.counts().get(full(name)));
  }

  /** A parameter as a constant of the graph, as it is. */
  String constant(String parameter) {
    Tensor tensor = tensor(parameter);
    return constant(parameter, tensor.data(), shape(tensor));
  }

  String constant(String parameter, MemorySegment values, long... shape) {
    return graph.constant(full(parameter), values, shape);
  }

  String constant(String parameter, float[] values, long... shape) {
    return graph.constant(full(parameter), values, shape);
  }

  /** The floats of a parameter. */
  float[] floats(String parameter) {
    return floats(tensor(parameter));
  }

  static float[] floats(Tensor tensor) {
    float[] values = new float[Math.toIntExact(Floats.count(tensor.data()))];
    Floats.copyOut(tensor.data(), 0, values);
    return values;
  }

  static long[] shape(Tensor tensor) {
    return tensor.shape().stream().mapToLong(Long::longValue).toArray();
  }

  /** x + the parameter bias, where there is one. */
  String plusBias(String x) {
    return has("bias") ? graph.node("Add", x, constant("bias")) : x;
  }

  /** The input as rows of numbers, of one of the given numbers of dimensions if any are given. */
  OnnxValue dense(OnnxInput input, int... dimensions) {
    if (input instanceof OnnxInput.Dense(OnnxValue value)
        && (dimensions.length == 0
            || Arrays.stream(dimensions).anyMatch(wanted -> value.shape().size() == wanted))) {
      return value;
    }
    throw new HeadraceException(
        "Layer %d, %s, reads an input that the exporter does not expect there."
            .formatted(index, layer.name()));
  }
}
