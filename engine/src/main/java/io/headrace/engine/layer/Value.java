package io.headrace.engine.layer;

import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.stream.IntStream;

/** What flows between layers: an input of the job, or what a layer made of it. */
public sealed interface Value
    permits DenseValue, Value.SparseInput, Value.TokenInput, Value.Inputs {
  /** Kind and shape, for messages: "dense [28]". */
  String describe();

  /**
   * A sparse input of the job.
   *
   * @param input its column in a block
   */
  record SparseInput(int input, InputSpec.Sparse spec) implements Value {
    @Override
    public String describe() {
      return "sparse with 2^" + spec.bits() + " ids";
    }
  }

  /**
   * A token input of the job.
   *
   * @param input its column in a block
   */
  record TokenInput(int input, InputSpec.Tokens spec) implements Value {
    @Override
    public String describe() {
      return "tokens, at most " + spec.maxLength() + " a row";
    }
  }

  /**
   * All inputs of the job, of which a list of layers reads one, or a layer several.
   *
   * @param names in the order of {@code values}
   */
  record Inputs(List<String> names, List<Value> values) implements Value {
    public Inputs {
      names = List.copyOf(names);
      values = List.copyOf(values);
    }

    @Override
    public String describe() {
      return "the job's inputs " + names;
    }
  }

  /** The columns of a block of {@code schema}. */
  static Inputs inputs(SampleSchema schema) {
    List<SampleSchema.Input> inputs = schema.inputs();
    return new Inputs(
        inputs.stream().map(SampleSchema.Input::name).toList(),
        IntStream.range(0, inputs.size()).mapToObj(i -> input(i, inputs.get(i).spec())).toList());
  }

  static Value input(int input, InputSpec spec) {
    return switch (spec) {
      case InputSpec.Dense dense -> DenseValue.input(input, dense.shape());
      case InputSpec.Sparse sparse -> new SparseInput(input, sparse);
      case InputSpec.Tokens tokens -> new TokenInput(input, tokens);
    };
  }
}
