package io.headrace.app.http;

import io.headrace.ingest.push.PushIntake;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;
import java.util.Optional;

/** Turns pushed samples away by their headers, before anything reads their bodies. */
@ServerFilter({"/api/v1/samples", "/api/v1/jobs/*/samples"})
final class SamplesGate implements Ordered {
  private final RequestedJob jobs;
  private final ReceivingBudget budget;

  SamplesGate(RequestedJob jobs, ReceivingBudget budget) {
    this.jobs = jobs;
    this.budget = budget;
  }

  /** The answer to a request that cannot be taken; null for one that goes on. */
  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    ServedJob job = jobs.of(request);
    if (job.intake().isEmpty()) {
      return Problem.response(
          request,
          HttpStatus.NOT_FOUND,
          "This job takes no samples here. Give it source: {http: {...}} to push to it.");
    }
    PushIntake intake = job.intake().get();
    Optional<String> misfit = misfit(request.getHeaders(), intake);
    if (misfit.isPresent()) {
      return Problem.response(request, HttpStatus.UNSUPPORTED_MEDIA_TYPE, misfit.get());
    }
    long length = request.getHeaders().contentLength().orElse(intake.maxRequestBytes());
    long bytes = Math.min(length, intake.maxRequestBytes()); // longer ones are refused as they are
    return budget.refusal(
        request,
        bytes,
        intake.maxReceivingBytes(),
        " within max-receiving-bytes, %,d".formatted(intake.maxReceivingBytes()));
  }

  /** Whatever the answer is, and whoever gave it. */
  @ResponseFilter
  void giveBack(HttpRequest<?> request) {
    budget.giveBack(request);
  }

  /** Behind the question who the caller is. */
  @Override
  public int getOrder() {
    return ServerFilterPhase.SECURITY.after();
  }

  private static Optional<String> misfit(HttpHeaders headers, PushIntake intake) {
    Optional<MediaType> type = headers.contentType();
    if (type.isEmpty() || intake.mediaTypes().contains(type.get().getName())) {
      return Optional.empty();
    }
    return Optional.of(
        "This job takes %s, not %s. Say Content-Type: %s if it is that."
            .formatted(
                String.join(" or ", intake.mediaTypes()),
                type.get().getName(),
                intake.mediaTypes().getFirst()));
  }
}
