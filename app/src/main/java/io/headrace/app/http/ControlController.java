package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.security.annotation.Secured;

/** Lets a running job read no more, or a paused one read on, and answers how it stands then. */
@Controller("/api/v1")
@Secured(Role.OPERATE)
final class ControlController {
  private final JobControl control;
  private final JobStatusSource source;

  ControlController(JobControl control, JobStatusSource source) {
    this.control = control;
    this.source = source;
  }

  @Post("/pause")
  JobStatus pause() {
    return answer(control.pause(), "The job is not running but %s; there is nothing to pause.");
  }

  @Post("/resume")
  JobStatus resume() {
    return answer(control.resume(), "The job is not paused but %s; there is nothing to resume.");
  }

  private JobStatus answer(boolean done, String refusal) {
    JobStatus status = source.status();
    if (!done) {
      throw new HttpStatusException(
          HttpStatus.CONFLICT, refusal.formatted(status.job().state().code()));
    }
    return status;
  }
}
