package io.headrace.engine.sample;

import java.util.List;

/**
 * What every sample of a job looks like.
 *
 * @param inputs one or several, in the order of the job file; blocks have a column for each
 */
public record SampleSchema(List<Input> inputs, LabelSpec label) {

  /** An input by its name in the job file. */
  public record Input(String name, InputSpec spec) {}

  public SampleSchema {
    inputs = List.copyOf(inputs);
  }

  /** The position of the named input, or -1. */
  public int indexOf(String inputName) {
    for (int i = 0; i < inputs.size(); i++) {
      if (inputs.get(i).name().equals(inputName)) {
        return i;
      }
    }
    return -1;
  }
}
