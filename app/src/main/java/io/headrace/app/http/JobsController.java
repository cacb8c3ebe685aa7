package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.security.annotation.Secured;
import io.micronaut.serde.annotation.Serdeable;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Which jobs there are. What is served of one alone is below {@code /api/v1/jobs/NAME}. */
@Controller("/api/v1/jobs")
@Secured({Role.SEE, Role.PUSH})
final class JobsController {
  /**
   * One line of the list.
   *
   * @param loss over the window, as is accuracy; null where there is none
   * @param lagRecords waiting at the source; null where it does not know its end
   */
  @Serdeable
  record Line(
      String name,
      JobState state,
      String message,
      String source,
      String model,
      long uptimeMillis,
      long trained,
      long rejected,
      double samplesPerSecond,
      @Nullable Double loss,
      @Nullable Double accuracy,
      @Nullable Long lagRecords,
      boolean keepsDeadLetters) {}

  private final ServedJobs jobs;

  JobsController(ServedJobs jobs) {
    this.jobs = jobs;
  }

  /** Every job of this process. */
  @Get
  List<Line> list() {
    return jobs.all().stream().map(JobsController::line).toList();
  }

  private static Line line(ServedJob served) {
    JobStatus status = served.status().status();
    JobStatus.Job job = status.job();
    return new Line(
        served.name(),
        job.state(),
        job.message(),
        job.source(),
        job.model(),
        job.uptimeMillis(),
        status.ledger().trained(),
        status.ledger().rejected(),
        status.progress().samplesPerSecond(),
        status.metrics().window().get("loss"),
        status.metrics().window().get("accuracy"),
        status.lagRecords(),
        served.deadLetters().isPresent());
  }
}
