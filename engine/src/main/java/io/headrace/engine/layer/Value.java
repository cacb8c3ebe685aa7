package io.headrace.engine.layer;

import io.headrace.engine.sample.InputSpec;

/** What flows between layers: an input of the job, or what a layer made of it. */
public sealed interface Value permits DenseValue, Value.SparseInput, Value.TokenInput {
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

  static Value input(int input, InputSpec spec) {
    return switch (spec) {
      case InputSpec.Dense dense -> DenseValue.input(input, dense.shape());
      case InputSpec.Sparse sparse -> new SparseInput(input, sparse);
      case InputSpec.Tokens tokens -> new TokenInput(input, tokens);
    };
  }
}
