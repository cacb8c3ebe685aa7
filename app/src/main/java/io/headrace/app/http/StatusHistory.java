package io.headrace.app.http;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/** The last points of the charts, so that a page opened late shows the past. Thread-safe. */
final class StatusHistory {
  /** Ten minutes at one a second. */
  static final int CAPACITY = 600;

  private final Deque<HistoryPoint> points = new ArrayDeque<>(CAPACITY);

  synchronized void add(HistoryPoint point) {
    if (points.size() == CAPACITY) {
      points.removeFirst();
    }
    points.addLast(point);
  }

  /** Oldest first. */
  synchronized List<HistoryPoint> points() {
    return List.copyOf(points);
  }
}
