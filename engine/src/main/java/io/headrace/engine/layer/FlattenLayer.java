package io.headrace.engine.layer;

import java.util.List;

/** Rows of any shape as rows of one dimension; no memory moves. Immutable. */
record FlattenLayer() implements Layer {
  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.dense(input);
    return x.reshaped(List.of(x.width()));
  }
}
