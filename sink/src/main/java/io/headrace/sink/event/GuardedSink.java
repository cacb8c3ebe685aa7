package io.headrace.sink.event;

import io.headrace.engine.TrainEvent;
import io.headrace.sink.EventSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink whose failures stay its own: counted, and told once until it works again. Used by the
 * pump's thread; {@link #failures} by any.
 */
final class GuardedSink implements EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(GuardedSink.class);

  private final EventSink sink;
  private volatile long failures;
  private boolean failing;

  GuardedSink(EventSink sink) {
    this.sink = sink;
  }

  long failures() {
    return failures;
  }

  @Override
  @SuppressWarnings({"NonAtomicVolatileUpdate"}) // written by the pump's thread alone
  public void accept(TrainEvent event) {
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

  @Override
  public void close() {
    try {
      sink.close();
    } catch (RuntimeException e) {
      LOG.warn("{} could not be closed. {}", sink, e.getMessage(), e);
    }
  }
}
