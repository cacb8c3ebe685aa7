package io.headrace.perf.load;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;

/** Times a run of a known number of records. One thread counts; another may ask afterwards. */
final class Stopwatch {
  private static final OperatingSystemMXBean PROCESS =
      ManagementFactory.getPlatformMXBean(OperatingSystemMXBean.class);

  private final long startNanos = System.nanoTime();
  private final long expected;
  private volatile Lap warm = Lap.NONE;
  private volatile Lap late = Lap.NONE;
  private volatile long counted;

  /** Clocks when so many records were counted. */
  private record Lap(long records, long nanos, long processorNanos) {
    static final Lap NONE = new Lap(0, 0, 0);

    static Lap at(long records) {
      return new Lap(records, System.nanoTime(), PROCESS.getProcessCpuTime());
    }
  }

  /** Starts. */
  Stopwatch(long expected) {
    this.expected = expected;
  }

  void add(long records) {
    long now = counted + records;
    if (passed(expected / 5, now)) {
      warm = Lap.at(now);
    }
    if (passed(expected - expected / 20, now)) {
      late = Lap.at(now);
    }
    counted = now; // one thread writes
  }

  private boolean passed(long mark, long now) {
    return counted < mark && now >= mark;
  }

  boolean done() {
    return counted >= expected;
  }

  /** Whether steady state is over. */
  boolean late() {
    return !late.equals(Lap.NONE);
  }

  /** The figure of a run that is closed by now. */
  Figure figure() {
    double whole = (System.nanoTime() - startNanos) / 1e9;
    if (counted != expected) {
      throw new IllegalStateException("%d of %d records came".formatted(counted, expected));
    }
    double records = late.records - warm.records;
    return new Figure(
        counted,
        whole,
        records * 1e9 / (late.nanos - warm.nanos),
        (late.processorNanos - warm.processorNanos) / records);
  }
}
