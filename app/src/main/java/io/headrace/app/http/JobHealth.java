package io.headrace.app.http;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import jakarta.inject.Singleton;
import java.util.List;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * The jobs' part of {@code /health}: each with its state, DOWN once it has failed. While another
 * one has not, that is only told, for whoever watches over the process would end that one too. A
 * job that is followed is DOWN until a model has come: see {@link ModelReadiness}.
 */
@Singleton
final class JobHealth implements HealthIndicator {
  private final ServedJobs jobs;

  JobHealth(ServedJobs jobs) {
    this.jobs = jobs;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Flux.defer(
        () -> {
          List<JobStatus.Job> all =
              jobs.all().stream().map(served -> served.status().status().job()).toList();
          boolean down = !all.isEmpty() && all.stream().allMatch(JobHealth::failed);
          return Flux.fromStream(
              all.stream().map(job -> result(all.size() == 1 ? "job" : job.name(), job, down)));
        });
  }

  private static boolean failed(JobStatus.Job job) {
    return job.state() == JobState.FAILED;
  }

  private static HealthResult result(String title, JobStatus.Job job, boolean down) {
    return HealthResult.builder(title, down ? HealthStatus.DOWN : HealthStatus.UP)
        .details(Map.of("name", job.name(), "state", job.state().code(), "message", job.message()))
        .build();
  }
}
