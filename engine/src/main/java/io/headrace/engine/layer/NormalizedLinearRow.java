package io.headrace.engine.layer;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.RowUpdate;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import io.headrace.engine.state.StateReader;
import io.headrace.engine.state.StateWriter;
import java.lang.foreign.MemorySegment;

/**
 * A linear model over a sparse input that learns row by row, by an optimizer that fits weights to
 * the values of their features, and by slopes that know how far the score will move. Rates are
 * divided by the root of the mean of sums of (x / largest x)^2 a row, see {@link RowUpdate.Rates}.
 * The first value of a new largest size is scored by the weight as it will be fitted, each pair of
 * an id by itself.
 */
final class NormalizedLinearRow implements SingleRow, LayerState {
  private final SparseWeights weights;
  private final RowUpdate.Rates rates;
  private float[] pairRates = new float[64];
  private double rowNorm;
  private double norms;
  private double rowsSeen;

  NormalizedLinearRow(SparseWeights weights, RowUpdate.Rates rates) {
    this.weights = weights;
    this.rates = rates;
  }

  /** Changes nothing: a row that is then not learned from leaves no trace. */
  @Override
  public void score(SampleBlock rows, int row) {
    SparseColumn pairs = weights.pairs(rows);
    for (int j = 0; j < weights.out(); j++) {
      rowNorm = score(pairs, row, j);
    }
  }

  /** Gives output {@code j}, and returns the row's norm: for each the same. */
  private double score(SparseColumn pairs, int row, int j) {
    MemorySegment floats = weights.floats();
    int apart = weights.out();
    long stride = weights.weight().stride();
    long offset = weights.weight().offset() + j;
    int[] ids = pairs.ids();
    float[] values = pairs.values();
    int end = pairs.start(row + 1);
    Parameter bias = weights.bias();
    float sum = bias == null ? 0 : rates.fitted(floats, bias.offset() + j, apart, 1);
    float norm = 0;
    for (int i = pairs.start(row); i < end; i++) {
      long at = offset + ids[i] * stride;
      float x = values[i];
      float part = rates.part(floats, at, apart, x);
      norm += part * part;
      sum += x * rates.fitted(floats, at, apart, x);
    }
    Floats.write(weights.y().buffer(), j, sum);
    return bias == null ? norm : norm + rates.part(floats, bias.offset() + j, apart, 1);
  }

  /** Fits the weights of output {@code j}. */
  private void meet(SparseColumn pairs, int row, int j) {
    MemorySegment floats = weights.floats();
    int apart = weights.out();
    long stride = weights.weight().stride();
    long offset = weights.weight().offset() + j;
    int[] ids = pairs.ids();
    float[] values = pairs.values();
    int end = pairs.start(row + 1);
    for (int i = pairs.start(row); i < end; i++) {
      rates.meet(floats, offset + ids[i] * stride, apart, values[i]);
    }
    Parameter bias = weights.bias();
    if (bias != null) {
      rates.meet(floats, bias.offset() + j, apart, 1);
    }
  }

  @Override
  public double squaredGradient(SampleBlock rows, int row) {
    return weights.squaredGradient(weights.pairs(rows), row);
  }

  @Override
  public void learn(SampleBlock rows, int row, long step, double rateFactor, AwareSlope aware) {
    float label = rows.labels()[row];
    float weight = rows.weights()[row];
    float importance = (float) aware.importance(label, weight);
    if (importance == 0) {
      return;
    }
    SparseColumn pairs = weights.pairs(rows);
    weights.beforeChange(pairs, row);
    int count = pairs.start(row + 1) - pairs.start(row) + 1;
    if (pairRates.length < count) {
      pairRates = new float[2 * count];
    }
    norms += importance * rowNorm;
    rowsSeen += importance;
    rates.startRow(step, norms > 0 ? rateFactor * Math.sqrt(rowsSeen / norms) : rateFactor);
    for (int j = 0; j < weights.out(); j++) {
      meet(pairs, row, j);
      float slope = Floats.read(weights.y().gradients(), j);
      if (slope != 0) {
        float pull = findRates(pairs, row, j, slope * slope / importance);
        if (weights.out() == 1 && pull > 0) {
          float score = Floats.read(weights.y().buffer(), 0);
          slope = (float) aware.of(slope, score, label, weight, pull);
        }
        move(pairs, row, j, slope);
      }
    }
  }

  /** Finds the rate of each pair, and how far the score falls by a slope of 1. */
  private float findRates(SparseColumn pairs, int row, int j, float square) {
    MemorySegment floats = weights.floats();
    float[] found = pairRates;
    int apart = weights.out();
    long stride = weights.weight().stride();
    long offset = weights.weight().offset() + j;
    int[] ids = pairs.ids();
    float[] values = pairs.values();
    int first = pairs.start(row);
    int count = pairs.start(row + 1) - first;
    float pull = 0;
    for (int i = 0; i < count; i++) {
      float x = values[first + i];
      long at = offset + ids[first + i] * stride;
      float rate = x == 0 ? 0 : rates.rate(floats, at, apart, square * (x * x));
      found[i] = rate * x;
      pull += rate * (x * x);
    }
    Parameter bias = weights.bias();
    if (bias != null) {
      found[count] = rates.rate(floats, bias.offset() + j, apart, square);
      pull += found[count];
    }
    return pull;
  }

  private void move(SparseColumn pairs, int row, int j, float slope) {
    MemorySegment floats = weights.floats();
    float[] found = pairRates;
    long stride = weights.weight().stride();
    long offset = weights.weight().offset() + j;
    int[] ids = pairs.ids();
    int first = pairs.start(row);
    int count = pairs.start(row + 1) - first;
    for (int i = 0; i < count; i++) {
      long at = offset + ids[first + i] * stride;
      Floats.write(floats, at, Floats.read(floats, at) - found[i] * slope);
    }
    Parameter bias = weights.bias();
    if (bias != null) {
      long at = bias.offset() + j;
      Floats.write(floats, at, Floats.read(floats, at) - found[count] * slope);
    }
  }

  @Override
  public void save(StateWriter to) {
    to.value("norms", Double.toHexString(norms));
    to.value("rows", Double.toHexString(rowsSeen));
  }

  @Override
  public void restore(StateReader from) {
    norms = value(from, "norms");
    rowsSeen = value(from, "rows");
  }

  private static double value(StateReader from, String name) {
    return from.value(name)
        .map(Double::parseDouble)
        .orElseThrow(() -> new HeadraceException("The checkpoint lacks the optimizer's " + name));
  }
}
