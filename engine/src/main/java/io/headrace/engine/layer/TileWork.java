package io.headrace.engine.layer;

import java.lang.foreign.MemorySegment;

/**
 * Work on one part of a layer's parameters, over all rows of a pass. Called by several workers at
 * once, each with another tile. The cut into tiles depends on the model alone.
 */
@FunctionalInterface
public interface TileWork {
  /**
   * Works on one tile.
   *
   * @param scratch the worker's own memory, as large as {@link Tape#tiles} was asked for, contents
   *     undefined
   */
  void run(Pass pass, int tile, MemorySegment scratch);
}
