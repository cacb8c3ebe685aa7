package io.headrace.engine;

/** How often within a mini-batch the parameters change. Part of a model's identity. */
public enum UpdateMode {
  /** Once a batch, by the mean of its rows' gradients. */
  BATCH,
  /**
   * After every row, before the next is scored: online learning in the strict sense, where the
   * mini-batch is only what rows travel in. One thread; for models whose row costs little.
   */
  SAMPLE
}
