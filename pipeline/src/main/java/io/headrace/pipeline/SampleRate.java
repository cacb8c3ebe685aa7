package io.headrace.pipeline;

/** How many samples a second went by in the last seconds. Thread-safe. */
final class SampleRate {
  private static final int SECONDS = 5;

  private final long[] counts = new long[SECONDS];
  private final long[] seconds = new long[SECONDS];
  private long firstMillis = Long.MAX_VALUE;

  synchronized void add(long nowMillis, long samples) {
    firstMillis = Math.min(firstMillis, nowMillis);
    long second = nowMillis / 1000;
    int slot = (int) (second % SECONDS);
    if (seconds[slot] != second) {
      seconds[slot] = second;
      counts[slot] = 0;
    }
    counts[slot] += samples;
  }

  /** Over the last four whole seconds and the one that has begun, or since the first sample. */
  synchronized double perSecond(long nowMillis) {
    long oldest = nowMillis / 1000 - SECONDS + 1;
    long sum = 0;
    for (int i = 0; i < SECONDS; i++) {
      sum += seconds[i] >= oldest ? counts[i] : 0;
    }
    long millis = nowMillis - Math.max(oldest * 1000, firstMillis);
    return sum == 0 ? 0 : sum * 1000.0 / Math.max(millis, 1);
  }
}
