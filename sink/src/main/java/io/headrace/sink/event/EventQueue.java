package io.headrace.sink.event;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.TrainEvent.MetricsTaken;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Iterator;
import java.util.Optional;

/**
 * A bounded queue of training events that conflates metrics when it is full: the oldest metrics in
 * it make room, and are counted. Other events are never dropped; where nothing else is in the queue
 * they wait for room. Thread-safe.
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

  /** Adds an event; waits only with an event that is not metrics in a queue without metrics. */
  synchronized void add(TrainEvent event) throws InterruptedException {
    while (events.size() >= capacity && !removeOldestMetrics()) {
      if (event instanceof MetricsTaken) {
        conflated++;
        return;
      }
      if (ended) {
        throw new IllegalStateException("the event queue has ended");
      }
      wait();
    }
    if (ended) {
      throw new IllegalStateException("the event queue has ended");
    }
    events.add(event);
    notifyAll();
  }

  private boolean removeOldestMetrics() {
    Iterator<TrainEvent> oldestFirst = events.iterator();
    while (oldestFirst.hasNext()) {
      if (oldestFirst.next() instanceof MetricsTaken) {
        oldestFirst.remove();
        conflated++;
        return true;
      }
    }
    return false;
  }

  /** Waits for the next event; empty once the queue has ended and all were taken. */
  synchronized Optional<TrainEvent> take() throws InterruptedException {
    while (events.isEmpty() && !ended) {
      wait();
    }
    Optional<TrainEvent> next = Optional.ofNullable(events.poll());
    notifyAll();
    return next;
  }

  /** Takes no more events. */
  synchronized void end() {
    ended = true;
    notifyAll();
  }

  /** Metrics left out so far. */
  synchronized long conflated() {
    return conflated;
  }
}
