package io.headrace.engine.sample;

/**
 * One input of every row of a block. A row under construction is written at the block's size and
 * becomes part of it by {@link SampleBlock#commitRow}; what was written for it is forgotten by
 * {@link SampleBlock#discardRow}.
 */
public sealed interface Column permits DenseColumn, SparseColumn, TokenColumn {

  /** Ends the row under construction, which becomes row {@code row}. */
  void commit(int row);

  /** Forgets what was written for the row under construction, which would be row {@code row}. */
  void discard(int row);

  /** Appends rows {@code from} up to {@code to}, excluded, of a column of the same spec. */
  void append(Column source, int from, int to, int atRow);

  /**
   * Copies row {@code from} to where row {@code to} is, {@code to <= from}. Rows are moved in
   * ascending order, and {@link #discard} then ends the column behind the last one.
   */
  void move(int from, int to);

  void clear();

  static Column of(InputSpec spec, int capacity) {
    return switch (spec) {
      case InputSpec.Dense dense -> new DenseColumn(dense, capacity);
      case InputSpec.Sparse sparse -> new SparseColumn(sparse, capacity);
      case InputSpec.Tokens tokens -> new TokenColumn(tokens, capacity);
    };
  }
}
