package io.headrace.pipeline.job;

import io.headrace.engine.TrainEvent;
import io.headrace.ingest.SourceAlerts;
import io.headrace.sink.EventSink;
import java.time.InstantSource;
import java.util.function.Consumer;

/**
 * Makes events of what a job's source and decoders tell, which are made before there is anywhere to
 * pass events to. Thread-safe; nothing is told before the run starts.
 */
final class JobAlerts implements SourceAlerts {
  private final String job;
  private volatile Consumer<TrainEvent> events = event -> {};

  JobAlerts(String job) {
    this.job = job;
  }

  void passTo(EventSink sink) {
    events = sink::accept;
  }

  @Override
  public void alert(String code, String message) {
    events.accept(new TrainEvent.Alert(job, code, message, InstantSource.system().millis()));
  }
}
