package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.TokenColumn;
import java.lang.foreign.MemorySegment;
import java.util.function.IntConsumer;

/**
 * An embedding at work. The table lies as [tokens][dimension] without padding. A step reads and
 * writes only the vectors of the batch's tokens: a tile is every {@link #TILES}th token, the
 * gradients of each summed in row order and applied once.
 */
final class EmbeddingStage {
  static final int TILES = 8;

  private static final int PADDING = 0;

  private final Kernels kernels;
  private final int input;
  private final int dimension;
  private final DenseValue y;
  private final Parameter table;
  private final TouchedRows[] touched = new TouchedRows[TILES];
  private final Updates.RowUpdates[] updates = new Updates.RowUpdates[TILES];

  EmbeddingStage(LayerScope scope, Value.TokenInput tokens, DenseValue y, Parameter table) {
    this.kernels = scope.kernels();
    this.input = tokens.input();
    this.dimension = y.shape().getLast();
    this.y = y;
    this.table = table;
    for (int tile = 0; tile < TILES; tile++) {
      touched[tile] = new TouchedRows(dimension);
      updates[tile] = scope.updates().rows(table, dimension);
    }
  }

  void forward(Pass pass, int from, int to) {
    TokenColumn tokens = pass.block().tokens(input);
    for (int row = from; row < to; row++) {
      int steps = tokens.length(pass.base() + row);
      int first = (pass.base() + row) * tokens.maxLength();
      long at = y.start(pass, row);
      for (int step = 0; step < steps; step++) {
        long vector = table.offset() + (long) tokens.ids()[first + step] * dimension;
        Floats.copy(table.values(), vector, y.buffer(), at, dimension);
        at += dimension;
      }
      Floats.fill(y.buffer(), at, (long) (tokens.maxLength() - steps) * dimension, 0);
    }
  }

  /** The tokens of a pass, padding left out: its vector is always 0. */
  void forEachToken(Pass pass, IntConsumer each) {
    TokenColumn tokens = pass.block().tokens(input);
    for (int row = pass.base(); row < pass.base() + pass.rows(); row++) {
      int first = row * tokens.maxLength();
      for (int i = first; i < first + tokens.length(row); i++) {
        if (tokens.ids()[i] != PADDING) {
          each.accept(tokens.ids()[i]);
        }
      }
    }
  }

  void update(Pass pass, int tile, MemorySegment scratch) {
    TokenColumn tokens = pass.block().tokens(input);
    TouchedRows rows = touched[tile];
    rows.start(count(pass, tokens, tile));
    int[] ids = tokens.ids();
    for (int row = 0; row < pass.rows(); row++) {
      int first = (pass.base() + row) * tokens.maxLength();
      int end = first + tokens.length(pass.base() + row);
      for (int i = first; i < end; i++) {
        if (isIn(tile, ids[i])) {
          long slope = (long) row * y.stride() + (long) (i - first) * dimension;
          long sum = (long) rows.place(ids[i]) * dimension;
          kernels.addScaled(dimension, 1, y.gradients(), slope, rows.gradients(), sum);
        }
      }
    }
    updates[tile].apply(rows.ids(), rows.count(), rows.gradients());
  }

  /** Tokens of the pass that belong to the tile: as many as its different ones at most. */
  private static int count(Pass pass, TokenColumn tokens, int tile) {
    int count = 0;
    for (int row = pass.base(); row < pass.base() + pass.rows(); row++) {
      int first = row * tokens.maxLength();
      for (int i = first; i < first + tokens.length(row); i++) {
        count += isIn(tile, tokens.ids()[i]) ? 1 : 0;
      }
    }
    return count;
  }

  private static boolean isIn(int tile, int id) {
    return id != PADDING && id % TILES == tile;
  }
}
