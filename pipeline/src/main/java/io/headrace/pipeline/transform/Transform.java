package io.headrace.pipeline.transform;

import io.headrace.engine.sample.SampleBlock;

/**
 * Changes or filters the rows of a block in place, or reshapes a column of them. Stateless: what it
 * makes of a row depends on that row, its partition and its position alone, so that several threads
 * may apply it to several blocks at once.
 */
@FunctionalInterface
public interface Transform {
  void apply(SampleBlock block);

  /** Whether it is for samples to learn from only, and held-out ones are left as they are. */
  default boolean trainingOnly() {
    return false;
  }
}
