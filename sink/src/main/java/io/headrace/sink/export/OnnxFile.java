package io.headrace.sink.export;

import com.google.protobuf.CodedOutputStream;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.loss.Losses;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.sink.export.ExportedModel.Preparation.Clip;
import io.headrace.sink.export.ExportedModel.Preparation.Normalize;
import io.headrace.sink.export.ExportedModel.Preparation.Scale;
import java.io.IOException;
import java.io.OutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/**
 * A model as an ONNX file: operators of set {@value #OPERATOR_SET} from the job's inputs to what it
 * predicts, in one float32 output [rows, n], {@code output}: probabilities of the classes (of the
 * second alone under the logistic loss), or the number. A dense input keeps its name and shape
 * ([rows, height, width, channels] for an image) and is prepared inside as the job does it; a
 * sparse one becomes {@code NAME.ids} and {@code NAME.values}, [rows, pairs], and {@code
 * NAME.fields} where a layer tells fields apart, shorter rows filled up with pairs of value 0;
 * tokens are ids [rows, length], zeros behind the last.
 */
public final class OnnxFile {
  /** Of 2024; every runtime of the last years has it. */
  static final int OPERATOR_SET = 22;

  private static final int FORMAT_VERSION = 10;

  private OnnxFile() {}

  /**
   * Writes {@code model} to {@code to}, whole or not at all.
   *
   * @throws HeadraceException if a layer has no form in ONNX, the model is larger than the format
   *     allows, or the file cannot be written
   */
  public static void write(ExportedModel model, Path to) {
    ProtoMessage message = message(model);
    if (message.size() > Integer.MAX_VALUE) {
      throw new HeadraceException(
          "An ONNX file holds at most 2,147,483,647 bytes, but this model needs %,d. Export to safetensors instead."
              .formatted(message.size()));
    }
    WholeFile.write(to, out -> writeTo(message, out));
  }

  private static void writeTo(ProtoMessage message, OutputStream out) throws IOException {
    CodedOutputStream coded = CodedOutputStream.newInstance(out, 1 << 16);
    message.writeTo(coded);
    coded.flush();
  }

  private static ProtoMessage message(ExportedModel model) {
    var graph = new OnnxGraph(model.job());
    var inputs = new TreeMap<String, OnnxInput>();
    for (SampleSchema.Input input : model.spec().schema().inputs()) {
      inputs.put(input.name(), input(graph, model, input));
    }
    int units = Losses.variants().create(model.spec().loss()).units(model.spec().schema().label());
    OnnxValue scores = new OnnxLayers(graph, model, inputs, units).model();
    graph.output("output", prediction(graph, model, scores.name()), OnnxGraph.FLOAT, "rows", units);
    var message =
        new ProtoMessage()
            .number(1, FORMAT_VERSION)
            .text(2, "headrace")
            .number(5, model.step())
            .message(7, graph.message())
            .message(8, new ProtoMessage().text(1, "").number(2, OPERATOR_SET));
    if (model.spec().schema().label() instanceof LabelSpec.Classes(List<String> names)) {
      for (int i = 0; i < names.size(); i++) {
        message.message(14, new ProtoMessage().text(1, "class." + i).text(2, names.get(i)));
      }
    }
    return message;
  }

  private static OnnxInput input(OnnxGraph graph, ExportedModel model, SampleSchema.Input input) {
    String name = input.name();
    return switch (input.spec()) {
      case InputSpec.Dense(List<Integer> shape) -> {
        List<Object> lengths = new ArrayList<>();
        lengths.add("rows");
        lengths.addAll(shape);
        graph.input(name, OnnxGraph.FLOAT, lengths.toArray());
        yield new OnnxInput.Dense(OnnxValue.of(prepared(graph, model, name), shape));
      }
      case InputSpec.Sparse(int _, int fields, int minCount) -> {
        String pairs = name + ".pairs";
        String ids = graph.input(name + ".ids", OnnxGraph.INT64, "rows", pairs);
        String given = graph.input(name + ".values", OnnxGraph.FLOAT, "rows", pairs);
        String values = minCount == 1 ? given : frequent(graph, model, name, minCount, ids, given);
        yield new OnnxInput.Sparse(
            ids,
            values,
            fields == 0 ? "" : graph.input(name + ".fields", OnnxGraph.INT64, "rows", pairs),
            fields);
      }
      case InputSpec.Tokens(int length, int _) ->
          new OnnxInput.Tokens(graph.input(name, OnnxGraph.INT64, "rows", length), length);
    };
  }

  /** The values, 0 where a feature was seen too seldom to take part. */
  private static String frequent(
      OnnxGraph graph, ExportedModel model, String name, int minCount, String ids, String values) {
    MemorySegment counts = model.tensor("inputs." + name + ".counts").data();
    float[] part = new float[Math.toIntExact(counts.byteSize())];
    for (int id = 0; id < part.length; id++) {
      int count = Byte.toUnsignedInt(counts.get(ValueLayout.JAVA_BYTE, id));
      part[id] = count >= minCount ? 1 : 0;
    }
    String frequent = graph.constant(name + ".frequent", part, part.length);
    return graph.node("Mul", values, graph.node("Gather", frequent, ids));
  }

  private static String prepared(OnnxGraph graph, ExportedModel model, String name) {
    String x = name;
    for (ExportedModel.Preparation step : model.preparation().getOrDefault(name, List.of())) {
      x =
          switch (step) {
            case Normalize(List<Double> means, List<Double> deviations) -> {
              String centred = graph.node("Sub", x, constant(graph, name + ".mean", means));
              yield graph.node("Div", centred, constant(graph, name + ".deviation", deviations));
            }
            case Clip(double min, double max) ->
                graph.node(
                    "Clip",
                    x,
                    scalar(graph, name + ".min", min),
                    scalar(graph, name + ".max", max));
            case Scale(double factor) ->
                graph.node("Mul", x, scalar(graph, name + ".factor", factor));
          };
    }
    return x;
  }

  private static String scalar(OnnxGraph graph, String name, double value) {
    return graph.constant(name, new float[] {(float) value});
  }

  private static String constant(OnnxGraph graph, String name, List<Double> values) {
    float[] floats = new float[values.size()];
    for (int i = 0; i < floats.length; i++) {
      floats[i] = values.get(i).floatValue();
    }
    return graph.constant(name, floats, floats.length);
  }

  /** What a loss makes of scores. */
  private static String prediction(OnnxGraph graph, ExportedModel model, String scores) {
    return switch (model.spec().loss().name()) {
      case "softmax" -> graph.node("Softmax", OnnxGraph.attributes("axis", -1), scores);
      case "logistic", "hinge" -> graph.node("Sigmoid", scores);
      case "poisson" -> graph.node("Exp", scores);
      default -> scores;
    };
  }
}
