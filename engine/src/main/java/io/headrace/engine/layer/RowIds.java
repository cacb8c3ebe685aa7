package io.headrace.engine.layer;

import io.headrace.engine.sample.SparseColumn;
import java.util.function.IntConsumer;

/** Which rows of a table the samples of a pass read, as often as they do. */
@FunctionalInterface
interface RowIds {
  void forEach(Pass pass, IntConsumer each);

  /** Those of the ids of a sparse input. */
  static RowIds ofPairs(int input) {
    return (pass, each) -> {
      SparseColumn pairs = pass.block().sparse(input);
      int end = pairs.start(pass.base() + pass.rows());
      for (int i = pairs.start(pass.base()); i < end; i++) {
        each.accept(pairs.ids()[i]);
      }
    };
  }
}
