package io.headrace.perf.peers;

/** One side's trainer of a network. Not thread-safe. */
interface Stepper extends AutoCloseable {
  /** Begins again from the first weights. */
  void reset();

  /** Trains on batch {@code number}, counted on round and round, and gives its mean loss. */
  double step(int number);

  @Override
  void close();
}
