package io.headrace.pipeline.transform;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleSchema;
import java.lang.foreign.MemorySegment;
import java.util.List;

/** Arithmetic on every element of one dense input. */
final class DenseRows {
  /** New value of an element. */
  @FunctionalInterface
  interface Elementwise {
    float apply(float value);
  }

  private DenseRows() {}

  static Transform each(SampleSchema schema, String input, Elementwise change) {
    int index = schema.indexOf(input);
    int width = spec(schema, input).elements();
    return block -> {
      MemorySegment values = block.dense(index).values();
      for (int row = 0; row < block.size(); row++) {
        long start = block.dense(index).start(row);
        for (int i = 0; i < width; i++) {
          Floats.write(values, start + i, change.apply(Floats.read(values, start + i)));
        }
      }
    };
  }

  static InputSpec.Dense spec(SampleSchema schema, String input) {
    int index = schema.indexOf(input);
    if (index < 0) {
      List<String> names = schema.inputs().stream().map(SampleSchema.Input::name).toList();
      throw new InvalidSettingException(
          "input", input + " is not an input of this job. Inputs: " + String.join(", ", names));
    }
    if (!(schema.inputs().get(index).spec() instanceof InputSpec.Dense dense)) {
      throw new InvalidSettingException(
          "input", input + " is not a dense input. Only dense inputs hold numbers to work on.");
    }
    return dense;
  }
}
