package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;

/**
 * The passes of batch normalisation: y = f((x - mean) scale / sqrt(variance + epsilon) + shift) by
 * channel. A batch that is learned from is normalised by its own moments, any other by the running
 * ones. The curve's slope is found again from x in the backward pass, which therefore reads no y.
 */
final class BatchNormStage {
  private static final long COST = 20;

  private final Kernels kernels;
  private final Updates updates;
  private final DenseValue x;
  private final DenseValue y;
  private final boolean onDemand;
  private final float slope;
  private final double epsilon;
  private final Parameter scale;
  private final Parameter shift;
  private final RunningMoments running;
  private final ChannelWalk walk;
  private final ChannelMoments moments;
  private final ShardSums gradientSums;
  private final double[] deviations;

  /** As the kernels read it: mean, scale, shift, level and tilt of each lane. */
  private final MemorySegment lanes;

  /** By scale, then by shift. */
  private final MemorySegment gradients;

  private BatchNormStage(LayerScope scope, DenseValue x, BatchNormLayer layer) {
    this.kernels = scope.kernels();
    this.updates = scope.updates();
    this.x = x;
    int channels = x.shape().getLast();
    boolean wholeVectors = channels % Kernels.BLOCK == 0;
    this.onDemand = layer.onDemand() && wholeVectors && !x.isPadded();
    DenseValue kept = wholeVectors ? scope.bufferOver(x) : scope.buffer(x.shape());
    this.y = onDemand ? kept.computedBy(this::read) : kept;
    this.slope = layer.slope();
    this.epsilon = layer.epsilon();
    this.walk = ChannelWalk.over(x, y);
    List<Long> shape = List.of((long) channels);
    this.scale = scope.parameter("scale", shape, Initialisation.ONES);
    this.shift = scope.parameter("shift", shape, Initialisation.ZEROS);
    this.running = new RunningMoments(channels, layer.momentum());
    scope.keep("running", running);
    this.moments = new ChannelMoments(kernels, walk, scope.shards());
    this.gradientSums = new ShardSums(scope.shards(), walk.width());
    this.deviations = new double[channels];
    this.lanes = Floats.allocate(5L * walk.width());
    this.gradients = Floats.allocate(2L * channels);
  }

  static Value attach(LayerScope scope, DenseValue x, BatchNormLayer layer) {
    var stage = new BatchNormStage(scope, x, layer);
    scope
        .tape()
        .steps(
            COST * x.width(),
            List.of(
                new Tape.Step.Shards(stage.moments.scratch(), stage::sum),
                new Tape.Step.Join(stage::chooseMoments),
                new Tape.Step.Shards(0, stage::normalise)),
            List.of(
                new Tape.Step.Shards(2L * stage.walk.width(), stage::sumGradients),
                new Tape.Step.Join(stage::joinGradients),
                new Tape.Step.Shards(0, stage::passGradients)));
    scope.tape().tiles(1, 0, COST * stage.walk.channels(), stage::update);
    return stage.y.withStepsOf(x);
  }

  private void sum(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    if (pass.learns()) {
      moments.sum(x, pass, shard, from, to, scratch);
    }
  }

  private void chooseMoments(Pass pass) {
    if (pass.learns()) {
      moments.join();
    }
    for (int c = 0; c < walk.channels(); c++) {
      double mean = pass.learns() ? moments.mean(c) : running.mean(c);
      double variance = pass.learns() ? moments.variance(c) : running.variance(c);
      deviations[c] = Math.sqrt(variance + epsilon);
      write(0, c, mean);
      write(1, c, Floats.read(scale.values(), scale.offset() + c) / deviations[c]);
      write(2, c, Floats.read(shift.values(), shift.offset() + c));
    }
  }

  private void write(int row, int channel, double value) {
    long start = (long) row * walk.width();
    for (int lane = channel; lane < walk.used(); lane += walk.channels()) {
      Floats.write(lanes, start + lane, (float) value);
    }
  }

  private void normalise(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    if (onDemand) {
      return;
    }
    for (int row = from; row < to; row += walk.height()) {
      fillRest(pass, row, y.buffer(), y.start(pass, row));
      kernels.normalise(
          walk.run(pass, x, row, to),
          walk.width(),
          slope,
          lanes,
          x.values(pass),
          x.start(pass, row),
          walk.xStep(),
          y.buffer(),
          y.start(pass, row),
          walk.yStep());
    }
  }

  /** Normalises {@code count} floats of a row from {@code first} on, both whole positions. */
  private void read(Pass pass, int row, int first, int count, MemorySegment to, long at) {
    int channels = walk.channels();
    kernels.normalise(
        count / channels,
        channels,
        slope,
        lanes,
        x.values(pass),
        x.start(pass, row) + first,
        channels,
        to,
        at,
        channels);
  }

  /** Behind the real steps of a padded sequence values and gradients are 0. */
  private void fillRest(Pass pass, int row, MemorySegment values, long start) {
    if (x.isPadded()) {
      int real = x.steps(pass, row) * walk.channels();
      Floats.fill(values, start + real, (long) x.width() - real, 0);
    }
  }

  private void sumGradients(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    for (int row = from; row < to; row += walk.height()) {
      int run = walk.run(pass, x, row, to);
      kernels.normaliseGradientSums(
          run,
          walk.width(),
          slope,
          lanes,
          x.values(pass),
          x.start(pass, row),
          walk.xStep(),
          y.gradients(),
          y.start(pass, row),
          walk.yStep(),
          scratch);
      gradientSums.add(shard, scratch, run);
    }
  }

  /** Ioffe and Szegedy's gradients (section 3), with the sums over the batch drawn together. */
  private void joinGradients(Pass pass) {
    double count = Math.max(1, moments.count());
    for (int c = 0; c < walk.channels(); c++) {
      double sum = 0;
      double product = 0;
      for (int shard = 0; shard < gradientSums.shards(); shard++) {
        for (int lane = c; lane < walk.used(); lane += walk.channels()) {
          sum += gradientSums.first(shard, lane);
          product += gradientSums.second(shard, lane);
        }
      }
      double factor = Floats.read(lanes, (long) walk.width() + c);
      Floats.write(gradients, c, (float) (product / deviations[c]));
      Floats.write(gradients, walk.channels() + c, (float) sum);
      write(3, c, factor * sum / count);
      double variance = deviations[c] * deviations[c];
      write(4, c, factor * product / (variance * count));
    }
    gradientSums.clear();
  }

  private void passGradients(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    if (x.wantsGradients()) {
      for (int row = from; row < to; row += walk.height()) {
        fillRest(pass, row, x.gradients(), x.start(pass, row));
        kernels.normaliseGradient(
            walk.run(pass, x, row, to),
            walk.width(),
            slope,
            lanes,
            x.values(pass),
            x.start(pass, row),
            walk.xStep(),
            y.gradients(),
            y.start(pass, row),
            walk.yStep(),
            x.gradients(),
            x.start(pass, row),
            walk.xStep());
      }
    }
  }

  private void update(Pass pass, int tile, MemorySegment scratch) {
    int channels = walk.channels();
    for (int c = 0; moments.count() > 0 && c < channels; c++) {
      running.add(c, moments.count(), moments.mean(c), moments.variance(c));
    }
    updates.apply(gradients, 0, scale.offset(), channels);
    updates.apply(gradients, channels, shift.offset(), channels);
  }
}
