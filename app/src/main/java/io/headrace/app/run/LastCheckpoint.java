package io.headrace.app.run;

import io.headrace.app.http.JobStatus;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.ValidationScores;
import io.headrace.sink.EventSink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the last checkpoint's duration and the latest alerts, which it says in the log.
 * Thread-safe.
 */
public final class LastCheckpoint implements EventSink {
  private static final int ALERTS_KEPT = 20;
  private static final Logger LOG = LoggerFactory.getLogger(LastCheckpoint.class);

  private final Deque<JobStatus.Event> alerts = new ArrayDeque<>();
  private volatile long written;
  private volatile long millis;

  @Override
  public synchronized void accept(TrainEvent event) {
    switch (event) {
      case TrainEvent.CheckpointWritten checkpoint -> {
        written++;
        millis = Math.round(checkpoint.millis());
      }
      case TrainEvent.Alert alert -> {
        LOG.warn("{}: {}", alert.job(), alert.message());
        remember(new JobStatus.Event(alert.timeMillis(), alert.code(), alert.message()));
      }
      case TrainEvent.Validated(ValidationScores scores) ->
          LOG.trace("validated at step {}", scores);
      case TrainEvent.MetricsTaken metrics -> LOG.trace("metrics at step {}", metrics);
    }
  }

  private synchronized void remember(JobStatus.Event alert) {
    alerts.addFirst(alert);
    if (alerts.size() > ALERTS_KEPT) {
      alerts.removeLast();
    }
  }

  /** The latest alerts, newest first. */
  synchronized List<JobStatus.Event> alerts() {
    return List.copyOf(alerts);
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
