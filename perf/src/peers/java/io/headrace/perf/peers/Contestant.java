package io.headrace.perf.peers;

/** One side of a comparison at one number of threads. */
interface Contestant {
  Side side();

  int threads();

  /** Trains from the first weights for about so many seconds and says how fast it was. */
  double samplesPerSecond(double seconds);
}
