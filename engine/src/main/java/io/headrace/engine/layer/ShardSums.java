package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Pairs of sums by lane, one set a shard, in double precision. Workers may add to different shards
 * at once; reading and clearing is for a join.
 */
final class ShardSums {
  private final int lanes;
  private final double[][] sums;
  private final long[] counts;

  ShardSums(int shards, int lanes) {
    this.lanes = lanes;
    this.sums = new double[shards][2 * lanes];
    this.counts = new long[shards];
  }

  /**
   * Adds to a shard.
   *
   * @param pairs the first sums of all lanes, then the second
   * @param count how many numbers were added to each sum
   */
  void add(int shard, MemorySegment pairs, long count) {
    double[] own = sums[shard];
    for (int i = 0; i < own.length; i++) {
      own[i] += Floats.read(pairs, i);
    }
    counts[shard] += count;
  }

  int shards() {
    return counts.length;
  }

  /** Numbers behind each sum of a shard; 0 where it had no rows. */
  long count(int shard) {
    return counts[shard];
  }

  double first(int shard, int lane) {
    return sums[shard][lane];
  }

  double second(int shard, int lane) {
    return sums[shard][lanes + lane];
  }

  void clear() {
    for (int shard = 0; shard < counts.length; shard++) {
      java.util.Arrays.fill(sums[shard], 0);
      counts[shard] = 0;
    }
  }
}
