package io.headrace.perf.data;

/** A stream of made-up samples as lines of text: row {@code i} is a function of a seed and i. */
interface GeneratedRows {
  /** Appends row {@code index}, with its line feed. */
  void append(long index, StringBuilder to);
}
