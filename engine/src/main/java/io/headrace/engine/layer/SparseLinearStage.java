package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Optimizer;
import io.headrace.engine.optimizer.RowUpdate;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A linear model over a sparse input. W lies as [ids][out] without padding, or with the optimizer's
 * slots behind every row. A step reads and writes only the rows of W whose ids are in the batch:
 * their gradients are summed in row order, then each row is updated once. An optimizer with memory
 * (momentum, Adam) therefore moves a weight only in steps that touch it.
 */
final class SparseLinearStage {
  private static final int PAIRS_EXPECTED = 16;
  private static final int COST_OF_A_PAIR = 20;

  private final Kernels kernels;
  private final Updates updates;
  private final int input;
  private final int out;
  private final DenseValue y;
  private final Parameter weight;
  private final @Nullable Parameter bias;
  private final Updates.RowUpdates rowUpdates;
  private final TouchedRows touched;
  private final @Nullable SingleRow single;

  private SparseLinearStage(LayerScope scope, Value.SparseInput input, int out, boolean withBias) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.input = input.input();
    this.out = out;
    this.y = scope.buffer(List.of(out));
    Optional<Optimizer> rowByRow = updates.rowByRow();
    int slots = rowByRow.map(optimizer -> optimizer.slots().size()).orElse(0);
    long ids = input.spec().size();
    this.weight = scope.table("weight", List.of(ids, (long) out), ids, out, slots);
    this.bias = withBias ? scope.table("bias", List.of((long) out), 1, out, slots) : null;
    this.single =
        rowByRow.flatMap(Optimizer::rowUpdate).map(update -> single(scope, update)).orElse(null);
    this.rowUpdates = updates.rows(weight, out);
    this.touched = new TouchedRows(out);
  }

  static Value attach(LayerScope scope, Value.SparseInput input, int out, boolean withBias) {
    var stage = new SparseLinearStage(scope, input, out, withBias);
    long rowCost = (long) PAIRS_EXPECTED * COST_OF_A_PAIR * out;
    if (stage.single != null) {
      scope.tape().single(stage.single);
    }
    scope.lookUp(rowCost, stage.weight, out, RowIds.ofPairs(stage.input), stage::forward);
    scope.tape().tiles(1, Kernels.padded(out), rowCost * scope.batchSize(), stage::update);
    return stage.y;
  }

  private SingleRow single(LayerScope scope, RowUpdate update) {
    var weights = new SparseWeights(updates, input, y, weight, bias);
    return switch (update) {
      case RowUpdate.Moves moves -> {
        SingleRow row = new SparseLinearRow(weights, moves);
        yield updates
            .late(weight, out)
            .<SingleRow>map(late -> new LateSingleRow(row, input, late))
            .orElse(row);
      }
      case RowUpdate.Rates rates -> {
        var row = new NormalizedLinearRow(weights, rates);
        scope.keep("norms", row);
        yield row;
      }
    };
  }

  private void forward(Pass pass, int from, int to) {
    SparseColumn pairs = pass.block().sparse(input);
    if (out == 1) {
      forwardSingle(pairs, pass.base(), from, to);
      return;
    }
    MemorySegment sums = y.buffer();
    for (int row = from; row < to; row++) {
      long at = (long) row * y.stride();
      if (bias == null) {
        Floats.fill(sums, at, out, 0);
      } else {
        Floats.copy(bias.values(), bias.offset(), sums, at, out);
      }
      for (int i = pairs.start(pass.base() + row); i < pairs.start(pass.base() + row + 1); i++) {
        long id = weight.offset() + pairs.ids()[i] * weight.stride();
        kernels.addScaled(out, pairs.values()[i], weight.values(), id, sums, at);
      }
    }
  }

  private void forwardSingle(SparseColumn pairs, int base, int from, int to) {
    MemorySegment sums = y.buffer();
    MemorySegment weights = weight.values();
    long offset = weight.offset();
    long stride = weight.stride();
    int[] ids = pairs.ids();
    float[] values = pairs.values();
    float b = bias == null ? 0 : Floats.read(bias.values(), bias.offset());
    int i = pairs.start(base + from);
    for (int row = from; row < to; row++) {
      int end = pairs.start(base + row + 1);
      float sum = b;
      for (; i < end; i++) {
        sum += values[i] * Floats.read(weights, offset + ids[i] * stride);
      }
      Floats.write(sums, row, sum);
    }
  }

  private void update(Pass pass, int tile, MemorySegment scratch) {
    SparseColumn pairs = pass.block().sparse(input);
    touched.collect(pairs, pass.base(), pass.rows(), y);
    rowUpdates.apply(touched.ids(), touched.count(), touched.gradients());
    if (bias != null) {
      kernels.rowSum(pass.rows(), out, y.gradients(), 0, y.stride(), scratch, 0);
      updates.apply(scratch, 0, bias.offset(), out);
    }
  }
}
