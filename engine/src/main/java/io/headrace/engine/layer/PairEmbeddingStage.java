package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * An embedding of a sparse input at work: y is the sum of v_i x_i over a row's ids, of each field
 * by itself or of all, or that sum divided by the number of pairs whose value is not 0. The table
 * lies as [ids][dimension].
 */
final class PairEmbeddingStage {
  private static final int PAIRS_EXPECTED = 16;

  private final Kernels kernels;
  private final int input;
  private final int dimension;
  private final EmbeddingLayer.Pool pool;
  private final DenseValue y;
  private final Parameter table;
  private final IdTiles tiles;

  private PairEmbeddingStage(
      LayerScope scope,
      Value.SparseInput input,
      int dimension,
      EmbeddingLayer.Pool pool,
      Initialisation first) {
    this.kernels = scope.kernels();
    this.input = input.input();
    this.dimension = dimension;
    this.pool = pool;
    int parts = pool == EmbeddingLayer.Pool.FIELDS ? input.spec().fields() : 1;
    this.y = scope.buffer(List.of(Math.multiplyExact(parts, dimension)));
    this.table = scope.parameter("weight", List.of(input.spec().size(), (long) dimension), first);
    this.tiles = new IdTiles(scope, this.input, table, dimension, this::add);
  }

  static Value attach(
      LayerScope scope,
      Value.SparseInput input,
      int dimension,
      EmbeddingLayer.Pool pool,
      Initialisation first) {
    var stage = new PairEmbeddingStage(scope, input, dimension, pool, first);
    long cost = 2L * PAIRS_EXPECTED * dimension;
    scope.lookUp(cost, stage.table, dimension, RowIds.ofPairs(stage.input), stage::forward);
    stage.tiles.attach(scope, cost);
    return stage.y;
  }

  private void forward(Pass pass, int from, int to) {
    SparseColumn pairs = pass.block().sparse(input);
    MemorySegment sums = y.buffer();
    for (int row = from; row < to; row++) {
      Floats.fill(sums, (long) row * y.stride(), y.width(), 0);
      int end = pairs.start(pass.base() + row + 1);
      for (int i = pairs.start(pass.base() + row); i < end; i++) {
        long vector = table.offset() + (long) pairs.ids()[i] * dimension;
        kernels.addScaled(
            dimension, pairs.values()[i], table.values(), vector, sums, at(pairs, i, row));
      }
      if (pool == EmbeddingLayer.Pool.MEAN) {
        kernels.scale(dimension, part(pairs, pass.base() + row), sums, (long) row * y.stride());
      }
    }
  }

  /** Where the part of a row that a pair is added to begins. */
  private long at(SparseColumn pairs, int pair, int row) {
    long start = (long) row * y.stride();
    return pool == EmbeddingLayer.Pool.FIELDS
        ? start + (long) pairs.fields()[pair] * dimension
        : start;
  }

  /** What the sum over a row of the block is divided by, inverted. */
  private static float part(SparseColumn pairs, int row) {
    int count = 0;
    for (int i = pairs.start(row); i < pairs.start(row + 1); i++) {
      count += pairs.values()[i] != 0 ? 1 : 0;
    }
    return 1f / Math.max(1, count);
  }

  private void add(Pass pass, SparseColumn pairs, int pair, int row, MemorySegment into, long at) {
    float x = pairs.values()[pair];
    float scale = pool == EmbeddingLayer.Pool.MEAN ? x * part(pairs, pass.base() + row) : x;
    kernels.addScaled(dimension, scale, y.gradients(), at(pairs, pair, row), into, at);
  }
}
