package io.headrace.app.run;

import io.headrace.app.http.JobStatus;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.ValidationScores;
import io.headrace.engine.metric.Drift;
import io.headrace.sink.EventSink;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Remembers the last checkpoint's duration, and the latest alerts of all runs that it was given to,
 * which it says in the log. Thread-safe.
 */
public final class LastCheckpoint implements EventSink {
  private static final int ALERTS_KEPT = 500;
  private static final Logger LOG = LoggerFactory.getLogger(LastCheckpoint.class);

  private final Deque<JobStatus.Event> alerts = new ArrayDeque<>();
  private long lastId;
  private volatile long drifts;
  private volatile long written;
  private volatile long millis;

  /** Has checkpoints counted anew, for a run that is about to start. */
  public synchronized void startRun() {
    written = 0;
    millis = 0;
  }

  @Override
  public synchronized void accept(TrainEvent event) {
    switch (event) {
      case TrainEvent.CheckpointWritten checkpoint -> {
        written++;
        millis = Math.round(checkpoint.millis());
      }
      case TrainEvent.Alert alert -> {
        LOG.warn("{}: {}", alert.job(), alert.message());
        remember(alert.timeMillis(), alert.code(), alert.message(), null);
      }
      case TrainEvent.Drifted(String job, Drift drift, long _, long timeMillis) -> {
        LOG.warn("{}: {}", job, drift.message());
        drifts++;
        remember(timeMillis, JobStatus.Event.DRIFT, drift.message(), figures(drift));
      }
      case TrainEvent.Validated(ValidationScores scores) ->
          LOG.trace("validated at step {}", scores);
      case TrainEvent.MetricsTaken metrics -> LOG.trace("metrics at step {}", metrics);
    }
  }

  /** Ids go on growing when the process starts again, as long as the clock does. */
  private synchronized void remember(
      long timeMillis, String code, String message, JobStatus.@Nullable Drift drift) {
    lastId = Math.max(lastId + 1, timeMillis * 1000);
    alerts.addFirst(new JobStatus.Event(lastId, timeMillis, code, message, drift));
    if (alerts.size() > ALERTS_KEPT) {
      alerts.removeLast();
    }
  }

  private static JobStatus.Drift figures(Drift found) {
    return new JobStatus.Drift(
        found.what(), found.before(), found.now(), found.threshold(), found.samples());
  }

  /** The latest alerts, drift among them, newest first. */
  public synchronized List<JobStatus.Event> alerts() {
    return List.copyOf(alerts);
  }

  /** Times that something drifted. */
  long drifts() {
    return drifts;
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
