package io.headrace.sink.event;

import io.headrace.engine.TrainEvent;
import io.headrace.sink.EventSink;
import java.time.Duration;
import java.util.List;

/**
 * Hands training events to several sinks, each on a thread of its own, so that no sink holds up
 * training or another sink.
 *
 * <p>{@link #accept} may be called by several threads and never waits. While a sink is slow or its
 * broker is away, newer events take the place of older ones of their kind, metrics first; they are
 * counted. A sink that throws is counted and warned of once until it works again. The pump owns its
 * sinks and closes them.
 */
public final class EventPump implements EventSink {
  private static final Duration CLOSE = Duration.ofSeconds(10);

  private final List<SinkLane> lanes;

  /**
   * Starts the pump.
   *
   * @param capacity events that may wait for each sink, at least 1
   */
  public EventPump(List<EventSink> sinks, int capacity) {
    this.lanes = sinks.stream().map(sink -> new SinkLane(sink, capacity)).toList();
  }

  @Override
  public void accept(TrainEvent event) {
    lanes.forEach(lane -> lane.add(event));
  }

  /** Events that a sink never saw because newer ones took their place, over all sinks. */
  public long conflated() {
    return lanes.stream().mapToLong(SinkLane::conflated).sum();
  }

  /** Events that a sink failed to take, over all sinks. */
  public long failures() {
    return lanes.stream().mapToLong(SinkLane::failures).sum();
  }

  /** Waits until the sinks have taken every event, up to 10 s, and closes them. */
  @Override
  public void close() {
    lanes.forEach(SinkLane::end);
    long end = System.nanoTime() + CLOSE.toNanos();
    try {
      for (SinkLane lane : lanes) {
        lane.join(Duration.ofNanos(Math.max(1, end - System.nanoTime())));
      }
    } catch (InterruptedException _) {
      lanes.forEach(SinkLane::giveUp);
      Thread.currentThread().interrupt();
    }
  }
}
