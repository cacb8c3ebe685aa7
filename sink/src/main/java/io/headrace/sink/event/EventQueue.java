package io.headrace.sink.event;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.TrainEvent.Alert;
import io.headrace.engine.TrainEvent.MetricsTaken;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A bounded queue of training events that never makes anybody wait for room. When it is full, what
 * is missed least makes it, and is counted: the oldest metrics; else the oldest event that a newer
 * one of its kind supersedes (a checkpoint, a validation, an alert of the same code); else the
 * oldest. Thread-safe.
 */
final class EventQueue {
  private final int capacity;
  private final Deque<TrainEvent> events = new ArrayDeque<>();
  private long conflated;
  private boolean ended;

  EventQueue(int capacity) {
    if (capacity < 1) {
      throw new IllegalArgumentException("capacity " + capacity + " is not >= 1");
    }
    this.capacity = capacity;
  }

  /** Adds an event at once, at the cost of another where the queue is full. */
  synchronized void add(TrainEvent event) {
    if (ended) {
      throw new IllegalStateException("the event queue has ended");
    }
    if (events.size() >= capacity) {
      conflated++;
      if (!removeOldestMetrics()) {
        if (event instanceof MetricsTaken) {
          return;
        }
        removeForNewer(event);
      }
    }
    events.add(event);
    notifyAll();
  }

  private boolean removeOldestMetrics() {
    Iterator<TrainEvent> oldestFirst = events.iterator();
    while (oldestFirst.hasNext()) {
      if (oldestFirst.next() instanceof MetricsTaken) {
        oldestFirst.remove();
        return true;
      }
    }
    return false;
  }

  private void removeForNewer(TrainEvent event) {
    Set<Object> newer = new HashSet<>(Set.of(kind(event)));
    TrainEvent superseded = null;
    Iterator<TrainEvent> newestFirst = events.descendingIterator();
    while (newestFirst.hasNext()) {
      TrainEvent older = newestFirst.next();
      if (!newer.add(kind(older))) {
        superseded = older;
      }
    }
    remove(superseded);
  }

  private void remove(@Nullable TrainEvent superseded) {
    if (superseded == null) {
      events.remove();
    } else {
      events.removeFirstOccurrence(superseded);
    }
  }

  private static Object kind(TrainEvent event) {
    return event instanceof Alert alert ? alert.code() : event.getClass();
  }

  /** Waits for the next event; empty once the queue has ended and all were taken. */
  synchronized Optional<TrainEvent> take() throws InterruptedException {
    if (Thread.interrupted()) {
      throw new InterruptedException("the sink was given up on");
    }
    while (events.isEmpty() && !ended) {
      wait();
    }
    return Optional.ofNullable(events.poll());
  }

  /** Removes what waits, and tells how many events that was. */
  synchronized long clear() {
    long left = events.size();
    events.clear();
    return left;
  }

  /** Takes no more events. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Events left out so far. */
  synchronized long conflated() {
    return conflated;
  }
}
