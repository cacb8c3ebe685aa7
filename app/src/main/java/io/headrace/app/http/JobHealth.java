package io.headrace.app.http;

import io.micronaut.health.HealthStatus;
import io.micronaut.management.health.indicator.HealthIndicator;
import io.micronaut.management.health.indicator.HealthResult;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** The job's part of {@code /health}: DOWN once it has failed, else UP, with its state. */
@Singleton
final class JobHealth implements HealthIndicator {
  private final JobStatusSource source;

  JobHealth(JobStatusSource source) {
    this.source = source;
  }

  @Override
  public Publisher<HealthResult> getResult() {
    return Mono.fromSupplier(
        () -> {
          JobStatus.Job job = source.status().job();
          boolean failed = job.state() == JobState.FAILED;
          return HealthResult.builder("job", failed ? HealthStatus.DOWN : HealthStatus.UP)
              .details(
                  Map.of("name", job.name(), "state", job.state().code(), "message", job.message()))
              .build();
        });
  }
}
