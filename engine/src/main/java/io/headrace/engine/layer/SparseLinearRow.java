package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.RowUpdate;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A linear model over a sparse input that learns row by row. An id that a row has twice moves
 * twice, one after the other.
 */
record SparseLinearRow(SparseWeights weights, RowUpdate.Moves moves) implements SingleRow {
  @Override
  public void score(SampleBlock rows, int row) {
    weights.score(weights.pairs(rows), row);
  }

  @Override
  public Optional<Lane> lane() {
    DenseValue scores = DenseValue.buffer(List.of(weights.out()), 1);
    return weights
        .updates()
        .rowByRow()
        .flatMap(Optimizer::rowUpdate)
        .map(RowUpdate.Moves.class::cast)
        .map(own -> new Lane(new SparseLinearRow(weights.withScores(scores), own), scores));
  }

  @Override
  public double squaredGradient(SampleBlock rows, int row) {
    return weights.squaredGradient(weights.pairs(rows), row);
  }

  @Override
  public void learn(SampleBlock rows, int row, long step, double rateFactor, AwareSlope aware) {
    SparseColumn pairs = weights.pairs(rows);
    weights.beforeChange(pairs, row);
    moves.startRow(step, rateFactor);
    Parameter bias = weights.bias();
    for (int j = 0; j < weights.out(); j++) {
      float slope = Floats.read(weights.y().gradients(), j);
      if (bias != null) { // before all others, for the next row's score begins with it
        moves.move(weights.floats(), bias.offset() + j, weights.out(), slope);
      }
      move(pairs, row, weights.weight().offset() + j, slope);
    }
  }

  private void move(SparseColumn pairs, int row, long offset, float slope) {
    MemorySegment floats = weights.floats();
    int apart = weights.out();
    long stride = weights.weight().stride();
    int[] ids = pairs.ids();
    float[] values = pairs.values();
    int end = pairs.start(row + 1);
    for (int i = pairs.start(row); i < end; i++) {
      moves.move(floats, offset + ids[i] * stride, apart, values[i] * slope);
    }
  }
}
