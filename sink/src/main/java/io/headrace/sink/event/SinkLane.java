package io.headrace.sink.event;

import io.headrace.engine.TrainEvent;
import io.headrace.sink.EventSink;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sink, the queue before it and the thread between them, so that neither its slowness nor its
 * failures are anybody else's. Failures are counted, and told once until it works again.
 * Thread-safe; the lane owns its sink.
 */
final class SinkLane {
  private static final Logger LOG = LoggerFactory.getLogger(SinkLane.class);

  private final EventSink sink;
  private final EventQueue queue;
  private final Thread thread;
  private volatile long failures;
  private boolean failing;

  /** Starts the thread. */
  SinkLane(EventSink sink, int capacity) {
    this.sink = sink;
    this.queue = new EventQueue(capacity);
    this.thread = Thread.ofPlatform().daemon().name("headrace-events").start(this::run);
  }

  /** Takes an event at once. */
  void add(TrainEvent event) {
    queue.add(event);
  }

  /** Events left out because newer ones took their place. */
  long conflated() {
    return queue.conflated();
  }

  /** Events that the sink failed to take. */
  long failures() {
    return failures;
  }

  /** Takes no more events; the sink is closed behind the last one. */
  void end() {
    queue.end();
  }

  /** Waits for the end, and gives what still waits then up. */
  void join(Duration longest) throws InterruptedException {
    if (!thread.join(longest)) {
      thread.interrupt();
    }
  }

  void giveUp() {
    thread.interrupt();
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the lane's thread alone
  private void run() {
    try {
      Optional<TrainEvent> event = queue.take();
      while (event.isPresent()) {
        accept(event.get());
        event = queue.take();
      }
    } catch (InterruptedException e) {
      long left = queue.clear();
      failures += left;
      LOG.warn("{} was given up on; {} events that waited for it are lost.", sink, left);
    } finally {
      close();
    }
  }

  @SuppressWarnings("NonAtomicVolatileUpdate") // written by the lane's thread alone
  private void accept(TrainEvent event) {
    try {
      sink.accept(event);
      if (failing) {
        failing = false;
        LOG.info("{} works again after {} failed events.", sink, failures);
      }
    } catch (RuntimeException e) {
      failures++;
      if (!failing) {
        failing = true;
        LOG.warn("{} failed; further failures are only counted. {}", sink, e.getMessage(), e);
      }
    }
  }

  private void close() {
    try {
      sink.close();
    } catch (RuntimeException e) {
      LOG.warn("{} could not be closed. {}", sink, e.getMessage(), e);
    }
  }
}
