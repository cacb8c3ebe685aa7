package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The pairs of a factorization machine at work, in time linear in a row's ids (Rendle, 2010, lemma
 * 3.1): with s_f the sum over i of v_if x_i, y is half the sum over f of s_f^2 less the squares of
 * its terms, and dy/dv_if = x_i (s_f - v_if x_i). The table lies as [ids][units * factors]; the
 * sums are kept for the way back.
 */
final class FmStage {
  private static final int PAIRS_EXPECTED = 16;

  private final Kernels kernels;
  private final int input;
  private final int units;
  private final int factors;
  private final int width;
  private final DenseValue y;
  private final Parameter table;
  private final StepBuffer sums;
  private final IdTiles tiles;

  private FmStage(LayerScope scope, Value.SparseInput input, FmLayer layer, int units) {
    this.kernels = scope.kernels();
    this.input = input.input();
    this.units = units;
    this.factors = layer.factors();
    this.width = Math.multiplyExact(units, factors);
    this.y = scope.buffer(List.of(units));
    List<Long> shape = List.of(input.spec().size(), (long) units, (long) factors);
    this.table =
        scope.parameter(
            "factors",
            shape,
            Initialisation.within(layer.deviation() * Math.sqrt(3), scope.streamSeed(0)));
    this.sums = StepBuffer.of(scope.batchSize(), 1, Kernels.padded(width));
    this.tiles = new IdTiles(scope, this.input, table, width, this::add);
  }

  static Value attach(LayerScope scope, Value.SparseInput input, FmLayer layer, int units) {
    var stage = new FmStage(scope, input, layer, units);
    long cost = 4L * PAIRS_EXPECTED * stage.width;
    scope.lookUp(cost, stage.table, stage.width, RowIds.ofPairs(stage.input), stage::forward);
    stage.tiles.attach(scope, cost);
    return stage.y;
  }

  private long vector(int id) {
    return table.offset() + (long) id * width;
  }

  private void forward(Pass pass, int from, int to) {
    SparseColumn pairs = pass.block().sparse(input);
    for (int row = from; row < to; row++) {
      long s = sums.at(row, 0);
      sums.clear(row, 0);
      int first = pairs.start(pass.base() + row);
      int end = pairs.start(pass.base() + row + 1);
      for (int i = first; i < end; i++) {
        long v = vector(pairs.ids()[i]);
        kernels.addScaled(width, pairs.values()[i], table.values(), v, sums.floats(), s);
      }
      for (int unit = 0; unit < units; unit++) {
        float squares = squares(pairs, first, end, unit);
        for (int f = 0; f < factors; f++) {
          float sum = Floats.read(sums.floats(), s + (long) unit * factors + f);
          squares -= sum * sum;
        }
        Floats.write(y.buffer(), (long) row * y.stride() + unit, -squares / 2);
      }
    }
  }

  /** The squares of all terms of a unit's sums. */
  private float squares(SparseColumn pairs, int first, int end, int unit) {
    float squares = 0;
    for (int i = first; i < end; i++) {
      long v = vector(pairs.ids()[i]) + (long) unit * factors;
      float x = pairs.values()[i];
      float norm = 0;
      for (int f = 0; f < factors; f++) {
        float factor = Floats.read(table.values(), v + f);
        norm += factor * factor;
      }
      squares += x * x * norm;
    }
    return squares;
  }

  /** Adds dy x (s - v x). */
  private void add(Pass pass, SparseColumn pairs, int pair, int row, MemorySegment into, long at) {
    long v = vector(pairs.ids()[pair]);
    float x = pairs.values()[pair];
    for (int unit = 0; unit < units; unit++) {
      float slope = x * Floats.read(y.gradients(), (long) row * y.stride() + unit);
      long s = sums.at(row, 0) + (long) unit * factors;
      long first = (long) unit * factors;
      for (int f = 0; f < factors; f++) {
        float other =
            Floats.read(sums.floats(), s + f) - x * Floats.read(table.values(), v + first + f);
        long g = at + first + f;
        Floats.write(into, g, Floats.read(into, g) + slope * other);
      }
    }
  }
}
