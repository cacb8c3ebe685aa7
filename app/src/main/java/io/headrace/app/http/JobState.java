package io.headrace.app.http;

import com.fasterxml.jackson.annotation.JsonValue;
import io.micronaut.serde.annotation.Serdeable;
import java.util.Locale;

/**
 * Where a job is in its life: {@code STOPPED} if somebody stopped it or it was not started yet,
 * {@code FINISHED} if its source ended. In JSON and metrics the name is in lower case.
 */
@Serdeable
public enum JobState {
  STARTING,
  RUNNING,
  PAUSED,
  DRAINING,
  STOPPED,
  FINISHED,
  FAILED;

  @JsonValue
  public String code() {
    return name().toLowerCase(Locale.ROOT);
  }
}
