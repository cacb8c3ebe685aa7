package io.headrace.sink.event;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.EventSink;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands training events to several sinks on a thread of its own, so that no sink holds up training.
 *
 * <p>{@link #accept} may be called by several threads. It waits only where the queue is full of
 * events that may not be dropped (checkpoints, alerts); metrics are conflated instead. A sink that
 * throws is counted and warned of once until it works again; the others go on. The pump owns its
 * sinks and closes them.
 */
public final class EventPump implements EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(EventPump.class);
  private static final long CLOSE_MILLIS = 30_000;

  private final EventQueue queue;
  private final List<GuardedSink> sinks;
  private final Thread thread;

  /**
   * Starts the pump.
   *
   * @param capacity events that may wait, at least 1
   */
  public EventPump(List<EventSink> sinks, int capacity) {
    this.queue = new EventQueue(capacity);
    this.sinks = sinks.stream().map(GuardedSink::new).toList();
    this.thread = Thread.ofPlatform().daemon().name("headrace-events").start(this::run);
  }

  @Override
  public void accept(TrainEvent event) {
    try {
      queue.add(event);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new HeadraceException("interrupted while an event waited for the sinks: " + event, e);
    }
  }

  /** Metrics that were left out because a sink was slow. */
  public long conflated() {
    return queue.conflated();
  }

  /** Events that a sink did not take, over all sinks. */
  public long failures() {
    return sinks.stream().mapToLong(GuardedSink::failures).sum();
  }

  private void run() {
    try {
      Optional<TrainEvent> event = queue.take();
      while (event.isPresent()) {
        for (GuardedSink sink : sinks) {
          sink.accept(event.get());
        }
        event = queue.take();
      }
    } catch (InterruptedException e) {
      LOG.warn("The event sinks were given up on; what waited for them is lost.", e);
    } finally {
      sinks.forEach(GuardedSink::close);
    }
  }

  /** Waits until the sinks have taken every event, up to 30 s, and closes them. */
  @Override
  public void close() {
    queue.end();
    try {
      if (!thread.join(java.time.Duration.ofMillis(CLOSE_MILLIS))) {
        thread.interrupt();
      }
    } catch (InterruptedException _) {
      thread.interrupt();
      Thread.currentThread().interrupt();
    }
  }
}
