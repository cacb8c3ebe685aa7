package io.headrace.app.run;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.ValidationScores;
import io.headrace.sink.EventSink;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Remembers the last checkpoint's duration, and says alerts in the log. Thread-safe. */
public final class LastCheckpoint implements EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(LastCheckpoint.class);

  private volatile long written;
  private volatile long millis;

  @Override
  public synchronized void accept(TrainEvent event) {
    switch (event) {
      case TrainEvent.CheckpointWritten checkpoint -> {
        written++;
        millis = Math.round(checkpoint.millis());
      }
      case TrainEvent.Alert alert -> LOG.warn("{}: {}", alert.job(), alert.message());
      case TrainEvent.Validated(ValidationScores scores) ->
          LOG.trace("validated at step {}", scores);
      case TrainEvent.MetricsTaken metrics -> LOG.trace("metrics at step {}", metrics);
    }
  }

  /** Checkpoints written by this run. */
  long written() {
    return written;
  }

  /** How long writing the last one took. */
  long millis() {
    return millis;
  }

  @Override
  public void close() {}
}
