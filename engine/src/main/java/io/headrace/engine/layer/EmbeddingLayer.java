package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Optional;

/**
 * A table of learned vectors, one a token: tokens become sequences of [maximal length, dimension].
 * Id 0 is padding: its vector is 0 and stays 0. Immutable.
 *
 * @param scheme of first vectors, as if a vector's length were its number of inputs
 */
record EmbeddingLayer(Optional<String> inputName, int dimension, String scheme) implements Layer {
  @Override
  public Value attach(LayerScope scope, Value input) {
    if (!(input instanceof Value.TokenInput tokens)) {
      throw scope.misfit("tokens", input);
    }
    int steps = tokens.spec().maxLength();
    int rows = tokens.spec().vocabularySize();
    DenseValue y = scope.buffer(List.of(steps, dimension)).withStepsOf(tokens);
    List<Long> shape = List.of((long) rows, (long) dimension);
    var stage =
        new EmbeddingStage(scope, tokens, y, scope.parameter("weight", shape, first(scope)));
    long cost = 2L * steps * dimension;
    scope.tape().rows(cost, stage::forward, (pass, from, to) -> {});
    scope.tape().tiles(EmbeddingStage.TILES, 0, cost * scope.batchSize(), stage::update);
    return y;
  }

  private Initialisation first(LayerScope scope) {
    Initialisation drawn = Initialisation.named(scheme, dimension, dimension, scope.streamSeed(0));
    return parameter -> {
      drawn.fill(parameter);
      Floats.fill(parameter.values(), parameter.offset(), dimension, 0);
    };
  }
}
