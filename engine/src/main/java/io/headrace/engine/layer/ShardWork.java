package io.headrace.engine.layer;

import java.lang.foreign.MemorySegment;

/**
 * Work on one shard of a pass: a group of rows that is the same whatever the number of workers, so
 * that a layer may sum over it. Called by several workers at once, each with another shard.
 */
@FunctionalInterface
public interface ShardWork {
  /**
   * Works on rows {@code from} up to {@code to}, excluded; never called for a shard without rows.
   *
   * @param shard its number, below {@link LayerScope#shards}
   * @param scratch the worker's own memory, as large as the step asked for, contents undefined
   */
  void run(Pass pass, int shard, int from, int to, MemorySegment scratch);
}
