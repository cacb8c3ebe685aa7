package io.headrace.app.produce;

import java.util.concurrent.TimeUnit;

/**
 * Keeps a loop at a number of turns a second by sleeping where it is early. Not thread-safe.
 *
 * @param perSecond turns a second; 0 for as fast as it goes
 */
record Pace(double perSecond, long startNanos) {
  private static final long SHORTEST_SLEEP_NANOS = TimeUnit.MILLISECONDS.toNanos(2);

  static Pace of(double perSecond) {
    return new Pace(perSecond, System.nanoTime());
  }

  /** Returns when turn number {@code turn}, counted from 0, is due. */
  void await(long turn) throws InterruptedException {
    if (perSecond <= 0) {
      return;
    }
    long dueNanos = startNanos + (long) (turn / perSecond * 1e9);
    long early = dueNanos - System.nanoTime();
    if (early > SHORTEST_SLEEP_NANOS) {
      TimeUnit.NANOSECONDS.sleep(early);
    }
  }
}
