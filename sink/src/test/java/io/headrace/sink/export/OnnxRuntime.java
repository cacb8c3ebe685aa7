package io.headrace.sink.export;

import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.sample.TokenColumn;
import java.nio.FloatBuffer;
import java.nio.LongBuffer;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** ONNX Runtime, run on the rows of a block. */
public final class OnnxRuntime {
  private OnnxRuntime() {}

  /** Outputs of all rows, one behind the other. */
  public static float[] predict(Path file, SampleBlock rows) throws OrtException {
    OrtEnvironment environment = OrtEnvironment.getEnvironment();
    try (var options = new OrtSession.SessionOptions();
        OrtSession session = environment.createSession(file.toString(), options)) {
      var inputs = new HashMap<String, OnnxTensor>();
      for (int input = 0; input < rows.schema().inputs().size(); input++) {
        put(environment, rows, input, inputs);
      }
      try (OrtSession.Result result = session.run(inputs)) {
        FloatBuffer values = ((OnnxTensor) result.get(0)).getFloatBuffer();
        float[] all = new float[values.remaining()];
        values.get(all);
        return all;
      } finally {
        inputs.values().forEach(OnnxTensor::close);
      }
    }
  }

  private static void put(
      OrtEnvironment environment, SampleBlock rows, int input, Map<String, OnnxTensor> inputs)
      throws OrtException {
    SampleSchema.Input named = rows.schema().inputs().get(input);
    int count = rows.size();
    switch (named.spec()) {
      case InputSpec.Dense dense -> {
        float[] values = new float[count * dense.elements()];
        Floats.copyOut(rows.dense(input).values(), 0, values);
        long[] shape = new long[dense.shape().size() + 1];
        shape[0] = count;
        for (int i = 1; i < shape.length; i++) {
          shape[i] = dense.shape().get(i - 1);
        }
        inputs.put(
            named.name(), OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape));
      }
      case InputSpec.Sparse _ -> putPairs(environment, rows.sparse(input), count, named, inputs);
      case InputSpec.Tokens tokens -> {
        TokenColumn column = rows.tokens(input);
        int length = tokens.maxLength();
        long[] ids = new long[count * length];
        for (int row = 0; row < count; row++) {
          for (int i = 0; i < column.length(row); i++) {
            ids[row * length + i] = column.ids()[row * length + i];
          }
        }
        long[] shape = {count, length};
        inputs.put(named.name(), OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape));
      }
    }
  }

  private static void putPairs(
      OrtEnvironment environment,
      SparseColumn column,
      int rows,
      SampleSchema.Input named,
      Map<String, OnnxTensor> inputs)
      throws OrtException {
    int most = 1;
    for (int row = 0; row < rows; row++) {
      most = Math.max(most, column.start(row + 1) - column.start(row));
    }
    long[] ids = new long[rows * most];
    long[] fields = new long[rows * most];
    float[] values = new float[rows * most];
    for (int row = 0; row < rows; row++) {
      for (int i = column.start(row); i < column.start(row + 1); i++) {
        ids[row * most + i - column.start(row)] = column.ids()[i];
        values[row * most + i - column.start(row)] = column.values()[i];
        fields[row * most + i - column.start(row)] = column.byField() ? column.fields()[i] : 0;
      }
    }
    long[] shape = {rows, most};
    inputs.put(
        named.name() + ".ids", OnnxTensor.createTensor(environment, LongBuffer.wrap(ids), shape));
    inputs.put(
        named.name() + ".values",
        OnnxTensor.createTensor(environment, FloatBuffer.wrap(values), shape));
    if (column.byField()) {
      inputs.put(
          named.name() + ".fields",
          OnnxTensor.createTensor(environment, LongBuffer.wrap(fields), shape));
    }
  }
}
