package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.http.sse.Event;
import io.micronaut.security.annotation.Secured;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/** The status API: how the job stands, how it stood, and how it goes on. */
@Controller("/api/v1")
@Secured(Role.SEE)
final class StatusController {
  private static final String LAST = "Last-Event-ID";

  private final RequestedJob jobs;
  private final StatusFeed feed;
  private final Gatekeeper gatekeeper;

  StatusController(RequestedJob jobs, StatusFeed feed, Gatekeeper gatekeeper) {
    this.jobs = jobs;
    this.feed = feed;
    this.gatekeeper = gatekeeper;
  }

  /** How the job stands. */
  @Get(uris = {"/status", "/jobs/{job}/status"})
  @Secured({Role.SEE, Role.PUSH})
  JobStatus status(@PathVariable Optional<String> job) {
    return jobs.of(job).status().status();
  }

  /** How the figures stood, oldest first. */
  @Get(uris = {"/status/history", "/jobs/{job}/status/history"})
  List<HistoryPoint> history(@PathVariable Optional<String> job) {
    return feed.history(jobs.of(job));
  }

  /**
   * How the job goes on: an event each time that there is something new, and {@code alert} for what
   * a person should know of. Last-Event-ID has those told again that came since.
   */
  @Get(
      uris = {"/status/stream", "/jobs/{job}/status/stream"},
      produces = MediaType.TEXT_EVENT_STREAM)
  @ApiResponse(
      responseCode = "200",
      description = "Events whose data are JSON: status as GET /status has it",
      content =
          @Content(
              mediaType = MediaType.TEXT_EVENT_STREAM,
              schema = @Schema(type = "string"),
              examples =
                  @ExampleObject(name = "an event", value = "event: status\ndata: {...}\n\n")))
  Publisher<Event<?>> stream(HttpRequest<?> request, @PathVariable Optional<String> job) {
    ServedJob served = jobs.of(job);
    if (!feed.hasRoom()) {
      throw new HttpStatusException(
          HttpStatus.SERVICE_UNAVAILABLE,
          "As many pages listen as may. Close some, or ask GET /api/v1/status from time to time.");
    }
    Flux<Event<?>> events = feed.events(served, lastHeard(request.getHeaders().get(LAST)));
    return Callers.known(request)
        .<Publisher<Event<?>>>map(caller -> events.takeWhile(event -> gatekeeper.holds(caller)))
        .orElse(events);
  }

  /** What is no id is as good as none. */
  private static OptionalLong lastHeard(@Nullable String id) {
    try {
      return id == null ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(id));
    } catch (NumberFormatException e) {
      return OptionalLong.empty();
    }
  }
}
