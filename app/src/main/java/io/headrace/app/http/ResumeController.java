package io.headrace.app.http;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Header;
import io.micronaut.http.annotation.Post;
import io.micronaut.http.exceptions.HttpStatusException;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** Lets a paused job read on, and answers how it stands then. */
@Controller("/api/v1/resume")
final class ResumeController {
  private final JobControl control;
  private final JobStatusSource source;

  ResumeController(JobControl control, JobStatusSource source) {
    this.control = control;
    this.source = source;
  }

  /**
   * @param site what a browser says of the page that asks; other programs say nothing
   */
  @Post
  JobStatus resume(@Header("Sec-Fetch-Site") @Nullable String site) {
    if (site != null && !site.equals("same-origin")) {
      throw new HttpStatusException(
          HttpStatus.FORBIDDEN, "Only this service's own page may resume the job.");
    }
    if (!control.resume()) {
      throw new HttpStatusException(
          HttpStatus.CONFLICT,
          "The job is not paused but %s; there is nothing to resume."
              .formatted(source.status().job().state().code().toLowerCase(Locale.ROOT)));
    }
    return source.status();
  }
}
