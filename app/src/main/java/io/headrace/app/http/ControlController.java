package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.headrace.engine.error.HeadraceException;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import java.util.Optional;

/**
 * Lets a running job read no more, a paused one read on, stops a job and starts it again; answers
 * how it stands then.
 */
@Controller("/api/v1")
@Secured(Role.OPERATE)
final class ControlController {
  private final RequestedJob jobs;

  ControlController(RequestedJob jobs) {
    this.jobs = jobs;
  }

  /** Has it learn no more until it is resumed; what was begun is learned. */
  @Post(uris = {"/pause", "/jobs/{job}/pause"})
  JobStatus pause(@PathVariable Optional<String> job) {
    ServedJob served = jobs.of(job);
    return answer(
        served,
        served.control().pause(),
        "The job is not running but %s; there is nothing to pause.");
  }

  /** Has it go on learning. */
  @Post(uris = {"/resume", "/jobs/{job}/resume"})
  JobStatus resume(@PathVariable Optional<String> job) {
    ServedJob served = jobs.of(job);
    return answer(
        served,
        served.control().resume(),
        "The job is not paused but %s; there is nothing to resume.");
  }

  /** Where it can be started again, answers once it has drained and its checkpoint is durable. */
  @Post(uris = {"/stop", "/jobs/{job}/stop"})
  @ExecuteOn(TaskExecutors.BLOCKING)
  JobStatus stop(@PathVariable Optional<String> job) {
    ServedJob served = jobs.of(job);
    return answer(
        served,
        served.control().stop(),
        "The job does not run: it is %s; there is nothing to stop.");
  }

  /** Starts it from its file as that is now, and its newest checkpoint. */
  @Post(uris = {"/start", "/jobs/{job}/start"})
  @ExecuteOn(TaskExecutors.BLOCKING)
  JobStatus start(@PathVariable Optional<String> job) {
    ServedJob served = jobs.of(job);
    try {
      return answer(served, served.control().start(), "The job is %s; it cannot be started.");
    } catch (HeadraceException unable) {
      throw new HttpStatusException(HttpStatus.CONFLICT, String.valueOf(unable.getMessage()));
    }
  }

  private static JobStatus answer(ServedJob served, boolean done, String refusal) {
    JobStatus status = served.status().status();
    if (!done) {
      throw new HttpStatusException(
          HttpStatus.CONFLICT, refusal.formatted(status.job().state().code()));
    }
    return status;
  }
}
