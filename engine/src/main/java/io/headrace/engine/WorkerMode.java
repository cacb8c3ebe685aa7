package io.headrace.engine;

/** How the threads of a trainer share the parameters. No part of a model's identity. */
public enum WorkerMode {
  /** Every step waits for all threads: the same batches give the same bits. */
  SYNCHRONOUS,
  /**
   * Rows of a batch are learned from at once and without locks, and no two runs are the same; for
   * models that learn row by row from sparse inputs.
   */
  HOGWILD
}
