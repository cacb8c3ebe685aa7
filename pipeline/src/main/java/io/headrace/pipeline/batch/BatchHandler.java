package io.headrace.pipeline.batch;

import io.headrace.engine.sample.MiniBatch;

/**
 * Takes the batches, in order, on one thread of its own. An exception ends the stream: no batch is
 * handed over after it.
 */
public interface BatchHandler {
  /**
   * Takes a batch, which may be without rows and is only lent until this returns.
   *
   * @return whether more batches are wanted; if not, those in the ring are dropped
   */
  boolean onBatch(MiniBatch batch);

  /**
   * Is told that a part of the stream, all of which was handled, goes on elsewhere: what was made
   * of it should be kept now.
   */
  default void onHandOver() {}

  /** Is told that there are no more batches; not called where {@link #onBatch} threw. */
  void onEnd(StreamEnd end);
}
