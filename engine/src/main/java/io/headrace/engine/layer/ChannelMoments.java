package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Mean and variance of each channel over a batch. Shards sum deviations from their own first
 * position, so that a large mean costs no digits, and are put together in their order: Chan, Golub
 * and LeVeque, "Updating Formulae and a Pairwise Algorithm for Computing Sample Variances", 1979.
 */
final class ChannelMoments {
  private final Kernels kernels;
  private final ChannelWalk walk;
  private final MemorySegment pivots;
  private final ShardSums sums;
  private final double[] mean;
  private final double[] squares;
  private long count;

  ChannelMoments(Kernels kernels, ChannelWalk walk, int shards) {
    this.kernels = kernels;
    this.walk = walk;
    this.pivots = Floats.allocate((long) shards * walk.width());
    this.sums = new ShardSums(shards, walk.width());
    this.mean = new double[walk.channels()];
    this.squares = new double[walk.channels()];
  }

  /** Floats of memory that a shard needs. */
  long scratch() {
    return 2L * walk.width();
  }

  /** Work on a shard of x. */
  void sum(DenseValue x, Pass pass, int shard, int from, int to, MemorySegment scratch) {
    MemorySegment values = x.values(pass);
    int width = walk.width();
    long pivot = (long) shard * width;
    boolean first = true;
    for (int row = from; row < to; row += walk.height()) {
      int run = walk.run(pass, x, row, to);
      if (run == 0) {
        continue;
      }
      long start = x.start(pass, row);
      if (first) {
        Floats.copy(values, start, pivots, pivot, width);
        first = false;
      }
      kernels.deviationSums(run, width, values, start, walk.xStep(), pivots, pivot, scratch);
      sums.add(shard, scratch, run);
    }
  }

  /** Puts the shards together, once all are summed. */
  void join() {
    count = 0;
    java.util.Arrays.fill(mean, 0);
    java.util.Arrays.fill(squares, 0);
    for (int shard = 0; shard < sums.shards(); shard++) {
      long added = sums.count(shard);
      for (int lane = 0; added > 0 && lane < walk.used(); lane++) {
        join(shard, lane, count + lane / walk.channels() * added, added);
      }
      count += added * (walk.used() / walk.channels());
    }
    sums.clear();
  }

  private void join(int shard, int lane, long before, long added) {
    int channel = lane % walk.channels();
    double sum = sums.first(shard, lane);
    double theirMean = Floats.read(pivots, (long) shard * walk.width() + lane) + sum / added;
    double theirSquares = Math.max(0, sums.second(shard, lane) - sum * sum / added);
    if (before == 0) {
      mean[channel] = theirMean;
      squares[channel] = theirSquares;
      return;
    }
    double delta = theirMean - mean[channel];
    double part = (double) added / (before + added);
    mean[channel] += delta * part;
    squares[channel] += theirSquares + delta * delta * part * before;
  }

  /** Values a channel. */
  long count() {
    return count;
  }

  double mean(int channel) {
    return mean[channel];
  }

  /** The mean square deviation from the mean; of no values it is 0. */
  double variance(int channel) {
    return squares[channel] / Math.max(1, count);
  }
}
