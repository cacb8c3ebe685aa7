package io.headrace.app.http;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;
import org.jspecify.annotations.Nullable;

/** Turns requests for predictions away by their headers, before anything reads their bodies. */
@ServerFilter({"/api/v1/predict", "/api/v1/jobs/*/predict"})
final class PredictGate implements Ordered {
  /** Bytes of bodies under way, all together, or one of the largest. */
  static final long MOST_RECEIVED = 64 << 20;

  /** A connection's own buffers hold so much, counted or not. */
  private static final int UNCOUNTED = 4 << 10;

  private final RequestedJob jobs;
  private final ReceivingBudget budget = new ReceivingBudget();

  PredictGate(RequestedJob jobs) {
    this.jobs = jobs;
  }

  /** The answer to a request that cannot be taken; null for one that goes on. */
  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    int largest =
        jobs.of(request).predictions().map(live -> live.model().maxRequestBytes()).orElse(0);
    long length = request.getHeaders().contentLength().orElse(largest);
    long bytes = Math.min(length, largest); // longer ones are refused as they are
    return bytes <= UNCOUNTED
        ? null
        : budget.refusal(request, bytes, Math.max(MOST_RECEIVED, largest), "");
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
}
