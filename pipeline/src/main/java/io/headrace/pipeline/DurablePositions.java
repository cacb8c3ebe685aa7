package io.headrace.pipeline;

import io.headrace.engine.sample.Positions;
import io.headrace.ingest.GroupMember.Settled;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/** How far a durable checkpoint reaches, for those who wait until it is far enough. Thread-safe. */
final class DurablePositions {
  private Positions covered;
  private long failures;
  private boolean over;

  DurablePositions(Positions restored) {
    covered = restored;
  }

  synchronized void cover(Positions positions) {
    covered = positions;
    notifyAll();
  }

  /** A checkpoint could not be written. */
  synchronized void failed() {
    failures++;
    notifyAll();
  }

  /** There will be no further checkpoint. */
  synchronized void end() {
    over = true;
    notifyAll();
  }

  synchronized boolean covers(Positions wanted) {
    return wanted.next().entrySet().stream()
        .allMatch(entry -> covered.of(entry.getKey()).orElse(-1) >= entry.getValue());
  }

  /** Waits until {@code wanted} is covered, a write fails, or no checkpoint will come. */
  synchronized Settled await(Positions wanted, Duration wait) {
    long failuresBefore = failures;
    long until = System.nanoTime() + wait.toNanos();
    try {
      while (!over && !covers(wanted) && failures == failuresBefore) {
        long left = until - System.nanoTime();
        if (left <= 0) {
          break;
        }
        TimeUnit.NANOSECONDS.timedWait(this, left);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return new Settled(covered, over);
  }
}
