package io.headrace.engine.layer;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;

/** Work on single rows of samples whose weights catch up with the steps before. */
record LateSingleRow(SingleRow work, int input, LateRows late) implements SingleRow {
  @Override
  public void score(SampleBlock rows, int row) {
    SparseColumn pairs = rows.sparse(input);
    for (int i = pairs.start(row); i < pairs.start(row + 1); i++) {
      late.catchUp(pairs.ids()[i]);
    }
    work.score(rows, row);
  }

  @Override
  public void learn(SampleBlock rows, int row, long step, double rateFactor, AwareSlope aware) {
    work.learn(rows, row, step, rateFactor, aware);
    SparseColumn pairs = rows.sparse(input);
    for (int i = pairs.start(row); i < pairs.start(row + 1); i++) {
      late.joins(pairs.ids()[i]);
    }
  }

  @Override
  public double squaredGradient(SampleBlock rows, int row) {
    return work.squaredGradient(rows, row);
  }
}
