package io.headrace.sink;

import io.headrace.engine.TrainEvent;

/**
 * Takes training events, in order, from one thread. A sink that fails throws; the caller counts it,
 * says so once, and goes on with the next event.
 */
public interface EventSink extends AutoCloseable {
  void accept(TrainEvent event);

  @Override
  void close();
}
