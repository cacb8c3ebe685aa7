package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.sse.Event;
import io.micronaut.security.annotation.Secured;
import java.util.List;
import org.reactivestreams.Publisher;

/** The status API: how the job stands, how it stood, and how it goes on. */
@Controller("/api/v1/status")
@Secured(Role.SEE)
final class StatusController {
  private final JobStatusSource source;
  private final StatusFeed feed;
  private final Gatekeeper gatekeeper;

  StatusController(JobStatusSource source, StatusFeed feed, Gatekeeper gatekeeper) {
    this.source = source;
    this.feed = feed;
    this.gatekeeper = gatekeeper;
  }

  @Get
  @Secured({Role.SEE, Role.PUSH})
  JobStatus status() {
    return source.status();
  }

  @Get("/history")
  List<HistoryPoint> history() {
    return feed.history();
  }

  @Get(uri = "/stream", produces = MediaType.TEXT_EVENT_STREAM)
  Publisher<Event<?>> stream(HttpRequest<?> request) {
    return Callers.known(request)
        .map(caller -> feed.events().takeWhile(event -> gatekeeper.holds(caller)))
        .orElseGet(feed::events);
  }
}
