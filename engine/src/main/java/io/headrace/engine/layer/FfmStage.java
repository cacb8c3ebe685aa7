package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The pairs of a field-aware factorization machine at work, in time linear in a row's ids. With
 * s_fg the sum of v_i,g x_i over the ids i of field f, y is the sum over fields f < g of <s_fg,
 * s_gf>, and half of what the square of every s_ff has more than the squares of its terms; and
 * dy/dv_i,g = x_i s_gf for i of field f, less x_i^2 v_i,f where g is f. The table lies as
 * [ids][units][fields][factors], the sums of a row as [units][f][g][factors]; these are kept for
 * the way back.
 */
final class FfmStage {
  private static final int PAIRS_EXPECTED = 16;

  private final Kernels kernels;
  private final int input;
  private final int units;
  private final int fields;
  private final int factors;
  private final int width;
  private final DenseValue y;
  private final Parameter table;
  private final StepBuffer sums;
  private final IdTiles tiles;

  private FfmStage(LayerScope scope, Value.SparseInput input, FfmLayer layer, int units) {
    this.kernels = scope.kernels();
    this.input = input.input();
    this.units = units;
    this.fields = input.spec().fields();
    this.factors = layer.factors();
    this.width = Math.multiplyExact(fields, factors);
    this.y = scope.buffer(List.of(units));
    int all = Math.multiplyExact(units, width);
    List<Long> shape = List.of(input.spec().size(), (long) units, (long) fields, (long) factors);
    this.table =
        scope.parameter(
            "factors",
            shape,
            Initialisation.within(layer.deviation() * Math.sqrt(3), scope.streamSeed(0)));
    this.sums =
        StepBuffer.of(scope.batchSize(), 1, Kernels.padded(Math.multiplyExact(all, fields)));
    this.tiles = new IdTiles(scope, this.input, table, all, this::add);
  }

  static Value attach(LayerScope scope, Value.SparseInput input, FfmLayer layer, int units) {
    var stage = new FfmStage(scope, input, layer, units);
    long cost = 2L * (2L * PAIRS_EXPECTED + stage.fields) * units * stage.width;
    scope.lookUp(
        cost, stage.table, stage.units * stage.width, RowIds.ofPairs(stage.input), stage::forward);
    stage.tiles.attach(scope, cost);
    return stage.y;
  }

  /** Where the vectors of an id for a unit begin. */
  private long vectors(int id, int unit) {
    return table.offset() + ((long) id * units + unit) * width;
  }

  /** Where a row's s_fg of a unit begins. */
  private long sum(int row, int unit, int f, int g) {
    return sums.at(row, 0) + (((long) unit * fields + f) * fields + g) * factors;
  }

  private void forward(Pass pass, int from, int to) {
    SparseColumn pairs = pass.block().sparse(input);
    for (int row = from; row < to; row++) {
      sums.clear(row, 0);
      int first = pairs.start(pass.base() + row);
      int end = pairs.start(pass.base() + row + 1);
      for (int unit = 0; unit < units; unit++) {
        float squares = 0;
        for (int i = first; i < end; i++) {
          int field = pairs.fields()[i];
          float x = pairs.values()[i];
          long v = vectors(pairs.ids()[i], unit);
          long s = sum(row, unit, field, 0);
          kernels.addScaled(width, x, table.values(), v, sums.floats(), s);
          long own = v + (long) field * factors;
          squares += x * x * product(table.values(), own, table.values(), own);
        }
        Floats.write(y.buffer(), (long) row * y.stride() + unit, products(row, unit, squares));
      }
    }
  }

  /**
   * y of a unit.
   *
   * @param squares of the terms of all s_ff
   */
  private float products(int row, int unit, float squares) {
    float products = 0;
    float own = -squares;
    for (int f = 0; f < fields; f++) {
      long ff = sum(row, unit, f, f);
      own += product(sums.floats(), ff, sums.floats(), ff);
      for (int g = f + 1; g < fields; g++) {
        long gf = sum(row, unit, g, f);
        products += product(sums.floats(), sum(row, unit, f, g), sums.floats(), gf);
      }
    }
    return products + own / 2;
  }

  private float product(MemorySegment a, long atA, MemorySegment b, long atB) {
    float sum = 0;
    for (int k = 0; k < factors; k++) {
      sum += Floats.read(a, atA + k) * Floats.read(b, atB + k);
    }
    return sum;
  }

  /**
   * Adds dy/dv for every field. Of its own, s_ff - x v is taken first: it is exactly 0 for the only
   * pair of its field, where an optimizer that divides by past slopes would make much of a little.
   */
  private void add(Pass pass, SparseColumn pairs, int pair, int row, MemorySegment into, long at) {
    int field = pairs.fields()[pair];
    float x = pairs.values()[pair];
    for (int unit = 0; unit < units; unit++) {
      float slope = x * Floats.read(y.gradients(), (long) row * y.stride() + unit);
      long v = vectors(pairs.ids()[pair], unit);
      for (int g = 0; g < fields; g++) {
        long s = sum(row, unit, g, field);
        long vector = (long) g * factors;
        long to = at + (long) unit * width + vector;
        float own = g == field ? x : 0;
        for (int k = 0; k < factors; k++) {
          float others =
              Floats.read(sums.floats(), s + k) - own * Floats.read(table.values(), v + vector + k);
          Floats.write(into, to + k, Floats.read(into, to + k) + slope * others);
        }
      }
    }
  }
}
