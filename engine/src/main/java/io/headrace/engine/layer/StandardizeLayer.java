package io.headrace.engine.layer;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Variant;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Optional;

/**
 * A dense input brought to mean 0 and deviation 1, channel by channel, by what the stream has shown
 * before the batch. Immutable.
 *
 * @param freezeAfter samples after which the statistics stay; empty for never
 */
record StandardizeLayer(Optional<String> inputName, Optional<Long> freezeAfter) implements Layer {
  private static final long COST = 10;

  private static final Setting<Long> FREEZE_AFTER =
      Setting.longInteger(
              "freeze-after",
              1,
              Long.MAX_VALUE,
              "Samples after which the statistics stay as they are; by default they never do.")
          .absentByDefault();

  static Variant<Layer> variant(Setting<String> input) {
    return new Variant<>(
        "standardize",
        "y = (x - mean) / deviation for a dense input, with mean and deviation of each channel (the"
            + " last dimension) over all samples learned from before this batch: a batch is scored"
            + " by what was known before it. Passes on x while nothing is known. The statistics are"
            + " part of a checkpoint.",
        List.of(input, FREEZE_AFTER),
        settings ->
            new StandardizeLayer(settings.optional(input), settings.optional(FREEZE_AFTER)));
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.dense(input);
    if (x.wantsGradients()) {
      throw scope.problem(
          "standardises an input of the job, but stands behind layers that learn. Put it first, or"
              + " use batch-norm here.");
    }
    var work = new Work(scope, x, freezeAfter.orElse(Long.MAX_VALUE));
    scope
        .tape()
        .steps(
            COST * x.width(),
            List.of(
                new Tape.Step.Shards(work.moments.scratch(), work::sum),
                new Tape.Step.Rows(work::standardise)),
            List.of());
    scope.tape().tiles(1, 0, COST * work.walk.channels(), work::update);
    scope.tape().derivation(work::loadTable);
    return work.y;
  }

  /** The layer at work on one input. */
  private static final class Work {
    private final Kernels kernels;
    private final DenseValue x;
    private final DenseValue y;
    private final long freezeAfter;
    private final ChannelWalk walk;
    private final ChannelMoments moments;
    private final StreamMoments known;

    /** Mean, inverse deviation and 0 of each lane. */
    private final MemorySegment lanes;

    Work(LayerScope scope, DenseValue x, long freezeAfter) {
      this.kernels = scope.kernels();
      this.x = x;
      this.y = scope.input(x.shape());
      this.freezeAfter = freezeAfter;
      this.walk = ChannelWalk.over(x, y);
      this.moments = new ChannelMoments(kernels, walk, scope.shards());
      this.known = new StreamMoments(walk.channels());
      this.lanes = Floats.allocate(3L * walk.width());
      scope.keep("stream", known);
    }

    private boolean frozen() {
      return known.count() / (x.width() / walk.channels()) >= freezeAfter;
    }

    void sum(Pass pass, int shard, int from, int to, MemorySegment scratch) {
      if (pass.learns() && !frozen()) {
        moments.sum(x, pass, shard, from, to, scratch);
      }
    }

    void standardise(Pass pass, int from, int to) {
      for (int row = from; row < to; row += walk.height()) {
        kernels.normalise(
            Math.min(walk.height(), to - row) * walk.positions(),
            walk.width(),
            1,
            lanes,
            x.values(pass),
            x.start(pass, row),
            walk.xStep(),
            y.buffer(),
            y.start(pass, row),
            walk.yStep());
      }
    }

    void update(Pass pass, int tile, MemorySegment scratch) {
      if (!frozen()) {
        moments.join();
        known.add(moments);
        loadTable();
      }
    }

    void loadTable() {
      for (int lane = 0; lane < walk.used(); lane++) {
        int channel = lane % walk.channels();
        double variance = known.variance(channel);
        Floats.write(lanes, lane, (float) known.mean(channel));
        float scale = variance > 0 ? (float) (1 / Math.sqrt(variance)) : 1;
        Floats.write(lanes, (long) walk.width() + lane, scale);
      }
    }
  }
}
