package io.headrace.ingest.push;

/**
 * Bounds of what is taken in. Immutable.
 *
 * @param maxRequestBytes of a body, unpacked
 * @param maxBacklogBytes that are kept and not yet read
 * @param commitIntervalMillis least time between two groups that are made durable
 */
record PushLimits(int maxRequestBytes, long maxBacklogBytes, int commitIntervalMillis) {
  private static final int REQUESTS_WAITING = 4;

  /** Bytes that may wait in memory to be made durable. */
  long maxWaitingBytes() {
    return (long) REQUESTS_WAITING * maxRequestBytes;
  }
}
