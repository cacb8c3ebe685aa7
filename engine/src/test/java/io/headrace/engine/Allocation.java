package io.headrace.engine;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;

/** Measures what a piece of work allocates on this thread once it is compiled. */
public final class Allocation {
  private static final int RUNS = 100;
  private static final long PATIENCE_NANOS = 20_000_000_000L;

  private Allocation() {}

  /**
   * Least bytes of one run; repeats the work until that is at most {@code enough}, or for as long
   * as a compiler on a busy machine may need.
   */
  public static long bytes(Runnable work, long enough) {
    var threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    long end = System.nanoTime() + PATIENCE_NANOS;
    long least = Long.MAX_VALUE;
    while (least > enough * RUNS && System.nanoTime() < end) {
      long before = threads.getCurrentThreadAllocatedBytes();
      for (int run = 0; run < RUNS; run++) {
        work.run();
      }
      least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
    }
    return least / RUNS;
  }
}
