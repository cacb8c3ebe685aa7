package io.headrace.app.http;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import io.micronaut.management.health.indicator.annotation.Readiness;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Flux;

/**
 * The part of {@code /health} and {@code /health/readiness} that says whether every job that is
 * trained elsewhere has a model to predict by; {@code /health/liveness} does not ask.
 */
@Singleton
@Readiness
final class ModelReadiness implements HealthIndicator {
  private final ServedJobs jobs;

  ModelReadiness(ServedJobs jobs) {
    this.jobs = jobs;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Flux.defer(
        () ->
            Flux.fromStream(jobs.all().stream().map(job -> job.status().status()))
                .filter(status -> status.following() != null)
                .map(ModelReadiness::result));
  }

  private static HealthResult result(JobStatus status) {
    boolean served = status.following() != null && status.following().served() != null;
    return HealthResult.builder("model", served ? HealthStatus.UP : HealthStatus.DOWN)
        .details(Map.of("name", status.job().name(), "message", status.job().message()))
        .build();
  }
}
