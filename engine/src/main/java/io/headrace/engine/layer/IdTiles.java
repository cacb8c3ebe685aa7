package io.headrace.engine.layer;

import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;

/**
 * The update of a table with a vector for each id of a sparse input. It reads and writes only the
 * vectors of the batch's ids: a tile is every {@link #COUNT}th id, the gradients of each summed in
 * row order and applied once.
 */
final class IdTiles {
  private static final int COUNT = 8;

  private final int input;
  private final int width;
  private final PairSlopes slopes;
  private final TouchedRows[] touched = new TouchedRows[COUNT];
  private final Updates.RowUpdates[] updates = new Updates.RowUpdates[COUNT];

  /** What a pair of a row adds to the gradient of its id's vector. */
  @FunctionalInterface
  interface PairSlopes {
    /**
     * Adds it to the floats of {@code into} from {@code at} on.
     *
     * @param pair its index in {@code pairs}
     * @param row of the pass
     */
    void add(Pass pass, SparseColumn pairs, int pair, int row, MemorySegment into, long at);
  }

  /**
   * @param input column of the sparse input
   * @param width floats of a vector
   */
  IdTiles(LayerScope scope, int input, Parameter table, int width, PairSlopes slopes) {
    this.input = input;
    this.width = width;
    this.slopes = slopes;
    for (int tile = 0; tile < COUNT; tile++) {
      touched[tile] = new TouchedRows(width);
      updates[tile] = scope.updates().rows(table, width);
    }
  }

  /**
   * Joins the model that {@code scope} builds.
   *
   * @param cost floating-point operations a row
   */
  void attach(LayerScope scope, long cost) {
    scope.tape().tiles(COUNT, 0, cost * scope.batchSize(), this::update);
  }

  private void update(Pass pass, int tile, MemorySegment scratch) {
    SparseColumn pairs = pass.block().sparse(input);
    TouchedRows rows = touched[tile];
    rows.start(count(pass, pairs, tile));
    for (int row = 0; row < pass.rows(); row++) {
      int end = pairs.start(pass.base() + row + 1);
      for (int i = pairs.start(pass.base() + row); i < end; i++) {
        int id = pairs.ids()[i];
        if (id % COUNT == tile) {
          long at = (long) rows.place(id) * width;
          slopes.add(pass, pairs, i, row, rows.gradients(), at);
        }
      }
    }
    updates[tile].apply(rows.ids(), rows.count(), rows.gradients());
  }

  /** Pairs of the pass that belong to the tile: as many as its different ids at most. */
  private static int count(Pass pass, SparseColumn pairs, int tile) {
    int count = 0;
    int end = pairs.start(pass.base() + pass.rows());
    for (int i = pairs.start(pass.base()); i < end; i++) {
      count += pairs.ids()[i] % COUNT == tile ? 1 : 0;
    }
    return count;
  }
}
