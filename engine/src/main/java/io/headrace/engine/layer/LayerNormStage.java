package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The passes of layer normalisation. Gradients by scale and shift are summed by shard on the way
 * back, while a row is near, and put together in the order of the shards. Behind the real steps of
 * a padded sequence y is 0, and so is the gradient of x.
 */
final class LayerNormStage {
  private static final long COST = 20;
  private static final int RUN = 1 << 14;

  private final Kernels kernels;
  private final Updates updates;
  private final DenseValue x;
  private final DenseValue y;
  private final float epsilon;
  private final int channels;
  private final int positions;
  private final Parameter scale;
  private final Parameter shift;
  private final MemorySegment table;
  private final MemorySegment moments;
  private final ShardSums sums;

  private LayerNormStage(LayerScope scope, DenseValue x, float epsilon) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.x = x;
    this.y = scope.buffer(x.shape());
    this.epsilon = epsilon;
    this.channels = x.shape().getLast();
    this.positions = x.width() / channels;
    List<Long> shape = List.of((long) channels);
    this.scale = scope.parameter("scale", shape, Initialisation.ONES);
    this.shift = scope.parameter("shift", shape, Initialisation.ZEROS);
    this.table = Floats.allocate(2L * channels);
    this.moments = Floats.allocate(2L * scope.batchSize() * positions);
    this.sums = new ShardSums(scope.shards(), channels);
  }

  static Value attach(LayerScope scope, DenseValue x, float epsilon) {
    var stage = new LayerNormStage(scope, x, epsilon);
    scope
        .tape()
        .steps(
            COST * x.width(),
            List.of(new Tape.Step.Rows(stage::forward)),
            List.of(new Tape.Step.Shards(2L * stage.channels, stage::backward)));
    scope.tape().tiles(1, 2L * stage.channels, COST * stage.channels, stage::update);
    scope.tape().derivation(stage::loadTable);
    return stage.y.withStepsOf(x);
  }

  /** Scale and shift side by side, as the kernels read them. */
  private void loadTable() {
    Floats.copy(scale.values(), scale.offset(), table, 0, channels);
    Floats.copy(shift.values(), shift.offset(), table, channels, channels);
  }

  private int real(Pass pass, int row) {
    return x.isPadded() ? x.steps(pass, row) : positions;
  }

  private void forward(Pass pass, int from, int to) {
    for (int row = from; row < to; row++) {
      int real = real(pass, row);
      fillRest(y.buffer(), y.start(pass, row), real);
      kernels.standardiseRows(
          real,
          channels,
          epsilon,
          table,
          x.values(pass),
          x.start(pass, row),
          channels,
          y.buffer(),
          y.start(pass, row),
          channels,
          moments,
          2L * row * positions);
    }
  }

  private void backward(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    boolean single = positions == 1 && !x.isPadded();
    int height = Math.max(1, single ? RUN / channels : 1);
    for (int row = from; row < to; row += height) {
      int rows = Math.min(height, to - row);
      int run = rows * real(pass, row);
      kernels.standardiseRowsSums(
          run,
          channels,
          x.values(pass),
          x.start(pass, row),
          single ? x.stride() : channels,
          moments,
          2L * row * positions,
          y.gradients(),
          y.start(pass, row),
          single ? y.stride() : channels,
          scratch);
      sums.add(shard, scratch, run);
      for (int i = row; x.wantsGradients() && i < row + rows; i++) {
        passGradient(pass, i);
      }
    }
  }

  private void passGradient(Pass pass, int row) {
    int real = real(pass, row);
    fillRest(x.gradients(), x.start(pass, row), real);
    kernels.standardiseRowsGradient(
        real,
        channels,
        table,
        x.values(pass),
        x.start(pass, row),
        channels,
        moments,
        2L * row * positions,
        y.gradients(),
        y.start(pass, row),
        channels,
        x.gradients(),
        x.start(pass, row),
        channels);
  }

  private void fillRest(MemorySegment values, long start, int real) {
    Floats.fill(values, start + (long) real * channels, (long) (positions - real) * channels, 0);
  }

  private void update(Pass pass, int tile, MemorySegment scratch) {
    for (int c = 0; c < channels; c++) {
      double byScale = 0;
      double byShift = 0;
      for (int shard = 0; shard < sums.shards(); shard++) {
        byScale += sums.first(shard, c);
        byShift += sums.second(shard, c);
      }
      Floats.write(scratch, c, (float) byScale);
      Floats.write(scratch, (long) channels + c, (float) byShift);
    }
    sums.clear();
    updates.apply(scratch, 0, scale.offset(), channels);
    updates.apply(scratch, channels, shift.offset(), channels);
    loadTable();
  }
}
