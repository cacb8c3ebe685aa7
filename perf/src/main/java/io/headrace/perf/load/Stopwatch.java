package io.headrace.perf.load;

/** Times a run of a known number of records. One thread counts and another may ask afterwards. */
final class Stopwatch {
  private final long startNanos = System.nanoTime();
  private final long expected;
  private final long warmed;
  private long counted;
  private long countedWhenWarm;
  private long warmNanos;
  private volatile long endNanos;

  /** Starts. */
  Stopwatch(long expected) {
    this.expected = expected;
    this.warmed = expected / 5;
  }

  void add(long records) {
    counted += records;
    if (warmNanos == 0 && counted >= warmed) {
      countedWhenWarm = counted;
      warmNanos = System.nanoTime();
    }
    if (counted == expected) {
      endNanos = System.nanoTime();
    }
  }

  boolean done() {
    return counted >= expected;
  }

  /** The figure of a run that is closed by now. */
  Figure figure() {
    double whole = (System.nanoTime() - startNanos) / 1e9;
    if (endNanos == 0 || counted != expected) {
      throw new IllegalStateException("%d of %d records came".formatted(counted, expected));
    }
    double steady = (endNanos - warmNanos) / 1e9;
    return new Figure(counted, whole, (counted - countedWhenWarm) / steady);
  }
}
