package io.headrace.sink.export;

/** What a layer reads: rows of numbers, or an input of the job that becomes such. */
sealed interface OnnxInput {
  /** Rows of numbers. */
  record Dense(OnnxValue value) implements OnnxInput {}

  /**
   * Pairs of a hashed feature and its value; rows with fewer pairs end with pairs of value 0.
   *
   * @param ids name of the graph's input [rows, pairs] of whole numbers
   * @param values name of the graph's input [rows, pairs]
   * @param fields name of the graph's input [rows, pairs] of whole numbers; empty where no layer
   *     tells fields apart
   * @param fieldCount how many fields there are
   */
  record Sparse(String ids, String values, String fields, int fieldCount) implements OnnxInput {}

  /**
   * Token ids; rows with fewer tokens end with zeros.
   *
   * @param ids name of the graph's input [rows, steps] of whole numbers
   * @param steps most tokens of a row
   */
  record Tokens(String ids, int steps) implements OnnxInput {}
}
