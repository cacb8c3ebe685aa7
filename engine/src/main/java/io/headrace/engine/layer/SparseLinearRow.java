package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.RowUpdate;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A linear model over a sparse input that learns row by row: a pair costs one line of the cache,
 * where the weights of its id and their slots lie side by side. An id that a row has twice moves
 * twice, one after the other.
 */
final class SparseLinearRow implements SingleRow {
  private final Updates updates;
  private final RowUpdate.Moves moves;
  private final int input;
  private final int out;
  private final DenseValue y;
  private final Parameter weight;
  private final @Nullable Parameter bias;

  SparseLinearRow(
      Updates updates,
      RowUpdate.Moves moves,
      int input,
      DenseValue y,
      Parameter weight,
      @Nullable Parameter bias) {
    this.updates = updates;
    this.moves = moves;
    this.input = input;
    this.out = y.width();
    this.y = y;
    this.weight = weight;
    this.bias = bias;
  }

  @Override
  public void score(SampleBlock rows, int row) {
    SparseColumn pairs = rows.sparse(input);
    MemorySegment floats = weight.values();
    MemorySegment scores = y.buffer();
    for (int j = 0; j < out; j++) {
      float first = bias == null ? 0 : Floats.read(floats, bias.offset() + j);
      Floats.write(scores, j, sum(pairs, row, floats, weight.offset() + j, first));
    }
  }

  private float sum(SparseColumn pairs, int row, MemorySegment floats, long offset, float first) {
    int[] ids = pairs.ids();
    float[] values = pairs.values();
    long stride = weight.stride();
    int end = pairs.start(row + 1);
    float sum = first;
    for (int i = pairs.start(row); i < end; i++) {
      sum += values[i] * Floats.read(floats, offset + ids[i] * stride);
    }
    return sum;
  }

  @Override
  public void learn(SampleBlock rows, int row, long step, double rateFactor) {
    SparseColumn pairs = rows.sparse(input);
    if (updates.isCopied()) {
      tellChanges(pairs, row);
    }
    moves.startRow(step, rateFactor);
    MemorySegment floats = weight.values();
    MemorySegment slopes = y.gradients();
    for (int j = 0; j < out; j++) {
      float slope = Floats.read(slopes, j);
      move(pairs, row, floats, weight.offset() + j, slope);
      if (bias != null) {
        moves.move(floats, bias.offset() + j, out, slope);
      }
    }
  }

  private void move(SparseColumn pairs, int row, MemorySegment floats, long offset, float slope) {
    int[] ids = pairs.ids();
    float[] values = pairs.values();
    long stride = weight.stride();
    int end = pairs.start(row + 1);
    for (int i = pairs.start(row); i < end; i++) {
      moves.move(floats, offset + ids[i] * stride, out, values[i] * slope);
    }
  }

  private void tellChanges(SparseColumn pairs, int row) {
    for (int i = pairs.start(row); i < pairs.start(row + 1); i++) {
      updates.beforeChange(weight.offset() + pairs.ids()[i] * weight.stride(), out);
    }
    if (bias != null) {
      updates.beforeChange(bias.offset(), out);
    }
  }
}
