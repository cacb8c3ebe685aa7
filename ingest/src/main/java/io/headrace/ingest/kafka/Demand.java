package io.headrace.ingest.kafka;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How many elements a subscriber has requested and not yet been given; {@link Long#MAX_VALUE} means
 * without bound. Thread-safe: anybody adds, one thread takes.
 */
final class Demand {
  private final AtomicLong requested = new AtomicLong();

  void add(long elements) {
    requested.accumulateAndGet(elements, Demand::cappedSum);
  }

  boolean none() {
    return requested.get() == 0;
  }

  /** Uses up one requested element. */
  void take() {
    if (requested.get() != Long.MAX_VALUE) {
      requested.updateAndGet(n -> n == Long.MAX_VALUE ? n : n - 1);
    }
  }

  private static long cappedSum(long a, long b) {
    long sum = a + b;
    return sum < 0 ? Long.MAX_VALUE : sum;
  }
}
