package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * A table of learned vectors, one for each id. Tokens become sequences of [maximal length,
 * dimension]; id 0 is padding: its vector is 0 and stays 0. Of a sparse input, the vectors of a row
 * are added up, each times its pair's value: those of every field by themselves, side by side, or
 * all of them. Immutable.
 *
 * @param scheme of first vectors, as if a vector's length were its number of inputs
 * @param pool how the vectors of a sparse input become one row; empty for tokens, or by field
 */
record EmbeddingLayer(Optional<String> inputName, int dimension, String scheme, Optional<Pool> pool)
    implements Layer {
  /** What is added up. */
  enum Pool {
    FIELDS,
    SUM,
    MEAN;

    String word() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Override
  public Stream<String> inputsByField(Optional<String> unnamed) {
    return pool.orElse(Pool.FIELDS) == Pool.FIELDS
        ? inputName.or(() -> unnamed).stream()
        : Stream.empty();
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    return switch (input) {
      case Value.TokenInput tokens -> attachTokens(scope, tokens);
      case Value.SparseInput pairs -> attachPairs(scope, pairs, pool.orElse(Pool.FIELDS));
      case DenseValue _, Value.Inputs _ -> throw scope.misfit("tokens or a sparse input", input);
    };
  }

  private Value attachPairs(LayerScope scope, Value.SparseInput input, Pool how) {
    Value.SparseInput pairs = how == Pool.FIELDS ? scope.byField(input) : input;
    Initialisation first = Initialisation.named(scheme, dimension, dimension, scope.streamSeed(0));
    return PairEmbeddingStage.attach(scope, pairs, dimension, how, first);
  }

  private Value attachTokens(LayerScope scope, Value.TokenInput tokens) {
    if (pool.isPresent()) {
      throw scope.problem(
          "pools the features of a sparse input, but its input is tokens. Remove pool; put"
              + " global-avg-pool behind it for the mean of a row's vectors.");
    }
    int steps = tokens.spec().maxLength();
    int rows = tokens.spec().vocabularySize();
    DenseValue y = scope.buffer(List.of(steps, dimension)).withStepsOf(tokens);
    List<Long> shape = List.of((long) rows, (long) dimension);
    Parameter table = scope.parameter("weight", shape, first(scope));
    var stage = new EmbeddingStage(scope, tokens, y, table);
    long cost = 2L * steps * dimension;
    scope.lookUp(cost, table, dimension, stage::forEachToken, stage::forward);
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
