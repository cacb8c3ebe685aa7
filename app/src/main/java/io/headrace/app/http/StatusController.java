package io.headrace.app.http;

import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.http.sse.Event;
import java.util.List;
import org.reactivestreams.Publisher;

/** The status API: how the job stands, how it stood, and how it goes on. */
@Controller("/api/v1/status")
final class StatusController {
  private final JobStatusSource source;
  private final StatusFeed feed;

  StatusController(JobStatusSource source, StatusFeed feed) {
    this.source = source;
    this.feed = feed;
  }

  @Get
  JobStatus status() {
    return source.status();
  }

  @Get("/history")
  List<HistoryPoint> history() {
    return feed.history();
  }

  @Get(uri = "/stream", produces = MediaType.TEXT_EVENT_STREAM)
  Publisher<Event<?>> stream() {
    return feed.events();
  }
}
