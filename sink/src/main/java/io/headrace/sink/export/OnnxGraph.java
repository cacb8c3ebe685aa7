package io.headrace.sink.export;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * An ONNX graph under construction: its inputs, constants and nodes, each value by its name. Field
 * numbers are those of the ONNX format's definition, onnx.proto3. Not thread-safe.
 */
final class OnnxGraph {
  /** Element types as the format counts them. */
  static final int FLOAT = 1;

  static final int INT32 = 6;
  static final int INT64 = 7;

  private static final int ATTRIBUTE_FLOAT = 1;
  private static final int ATTRIBUTE_INT = 2;
  private static final int ATTRIBUTE_STRING = 3;
  private static final int ATTRIBUTE_INTS = 7;
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private final ProtoMessage graph = new ProtoMessage();
  private final ProtoMessage ends = new ProtoMessage();
  private final Map<String, Integer> used = new HashMap<>();

  OnnxGraph(String name) {
    graph.text(2, name);
  }

  /**
   * Declares an input.
   *
   * @param shape lengths, or names of lengths that may differ from run to run
   */
  String input(String name, int type, Object... shape) {
    used.put(name, 1);
    graph.message(11, valueInfo(name, type, shape));
    return name;
  }

  /** Names the graph's one output. */
  void output(String name, String from, int type, Object... shape) {
    ends.message(1, nodeMessage("Identity", List.of(from), List.of(name), Map.of()));
    ends.message(12, valueInfo(name, type, shape));
  }

  /** A constant of floats. */
  String constant(String name, MemorySegment values, long... shape) {
    return constant(name, FLOAT, values, shape);
  }

  String constant(String name, float[] values, long... shape) {
    return constant(name, FLOAT, Floats.of(values), shape);
  }

  /** A constant of whole numbers. */
  String constant(String name, long[] values) {
    MemorySegment memory = Arena.ofAuto().allocate(Math.max(8, 8L * values.length), 8);
    MemorySegment.copy(values, 0, memory, LONG, 0, values.length);
    return constant(name, INT64, memory.asSlice(0, 8L * values.length), values.length);
  }

  private String constant(String name, int type, MemorySegment bytes, long... shape) {
    String own = unique(name);
    var tensor = new ProtoMessage();
    for (long length : shape) {
      tensor.number(1, length);
    }
    graph.message(5, tensor.number(2, type).text(8, own).bytes(9, bytes));
    return own;
  }

  /** Adds a node of one output and returns that one's name. An empty name leaves an input out. */
  String node(String operator, String... inputs) {
    return node(operator, Map.of(), inputs);
  }

  String node(String operator, Map<String, Object> attributes, String... inputs) {
    String name = unique(operator.toLowerCase(java.util.Locale.ROOT));
    graph.message(1, nodeMessage(operator, List.of(inputs), List.of(name), attributes));
    return name;
  }

  /** Adds a node whose second output is wanted, and not its first. */
  String nodeSecond(String operator, Map<String, Object> attributes, String... inputs) {
    String name = unique(operator.toLowerCase(java.util.Locale.ROOT));
    graph.message(1, nodeMessage(operator, List.of(inputs), List.of("", name), attributes));
    return name;
  }

  /** Attributes in the order of their names, so that equal models give equal bytes. */
  static Map<String, Object> attributes(Object... namesAndValues) {
    var attributes = new LinkedHashMap<String, Object>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      attributes.put((String) namesAndValues[i], namesAndValues[i + 1]);
    }
    return attributes;
  }

  /** The whole graph. */
  ProtoMessage message() {
    return new ProtoMessage().embed(graph).embed(ends);
  }

  private static ProtoMessage nodeMessage(
      String operator, List<String> inputs, List<String> outputs, Map<String, Object> attributes) {
    var node = new ProtoMessage();
    inputs.forEach(input -> node.text(1, input));
    outputs.forEach(output -> node.text(2, output));
    node.text(3, outputs.getLast()).text(4, operator);
    attributes.forEach((name, value) -> node.message(5, attribute(name, value)));
    return node;
  }

  private static ProtoMessage attribute(String name, Object value) {
    var attribute = new ProtoMessage().text(1, name);
    return switch (value) {
      case Float number -> attribute.decimal(2, number).number(20, ATTRIBUTE_FLOAT);
      case Integer number -> attribute.number(3, number).number(20, ATTRIBUTE_INT);
      case String text -> attribute.text(4, text).number(20, ATTRIBUTE_STRING);
      case long[] numbers -> {
        for (long number : numbers) {
          attribute.number(8, number);
        }
        yield attribute.number(20, ATTRIBUTE_INTS);
      }
      default -> throw new IllegalArgumentException("no attribute can be " + value);
    };
  }

  private static ProtoMessage valueInfo(String name, int type, Object... shape) {
    var lengths = new ProtoMessage();
    for (Object length : shape) {
      var dimension = new ProtoMessage();
      if (length instanceof String named) {
        dimension.text(2, named);
      } else {
        dimension.number(1, ((Number) length).longValue());
      }
      lengths.message(1, dimension);
    }
    var tensor = new ProtoMessage().number(1, type).message(2, lengths);
    return new ProtoMessage().text(1, name).message(2, new ProtoMessage().message(1, tensor));
  }

  private String unique(String name) {
    int times = used.merge(name, 1, Integer::sum);
    return times == 1 ? name : name + "_" + times;
  }
}
