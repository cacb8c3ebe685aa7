package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.QueryValue;
import io.micronaut.security.annotation.Secured;
import java.util.List;
import java.util.Optional;

/** What happened to the job that a person should know of. */
@Controller("/api/v1")
@Secured(Role.SEE)
final class EventsController {
  private final RequestedJob jobs;

  EventsController(RequestedJob jobs) {
    this.jobs = jobs;
  }

  /**
   * The latest, newest first.
   *
   * @param after only those with a larger id
   * @param code only those of that kind
   */
  @Get(uris = {"/events", "/jobs/{job}/events"})
  List<JobStatus.Event> list(
      @PathVariable Optional<String> job,
      @QueryValue(defaultValue = "0") long after,
      @QueryValue Optional<String> code) {
    return jobs.of(job).events().stream()
        .filter(event -> event.id() > after)
        .filter(event -> code.isEmpty() || code.get().equals(event.code()))
        .toList();
  }
}
