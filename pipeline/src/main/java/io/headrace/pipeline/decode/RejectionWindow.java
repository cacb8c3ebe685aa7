package io.headrace.pipeline.decode;

import java.util.ArrayDeque;
import java.util.Deque;

/** Counts the latest records of a stream in steps of a hundredth of the window. Not thread-safe. */
final class RejectionWindow {
  private static final int STEPS = 100;

  private final long size;
  private final Deque<Step> steps = new ArrayDeque<>();
  private long records;
  private long rejected;

  private static final class Step {
    long records;
    long rejected;
  }

  /**
   * @param size the records to look back on
   */
  RejectionWindow(long size) {
    this.size = size;
  }

  void add(long moreRecords, long moreRejected) {
    Step last = steps.peekLast();
    if (last == null || last.records >= Math.max(1, size / STEPS)) {
      last = new Step();
      steps.add(last);
    }
    last.records += moreRecords;
    last.rejected += moreRejected;
    records += moreRecords;
    rejected += moreRejected;
    while (records - steps.element().records >= size) {
      Step oldest = steps.remove();
      records -= oldest.records;
      rejected -= oldest.rejected;
    }
  }

  void clear() {
    steps.clear();
    records = 0;
    rejected = 0;
  }

  /** At least the window's size once so many came. */
  long records() {
    return records;
  }

  long rejected() {
    return rejected;
  }
}
