package io.headrace.app.http;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;
import org.jspecify.annotations.Nullable;

/** Keeps bodies of repaired dead letters few while they come in. */
@ServerFilter({"/api/v1/dead-letters/replay", "/api/v1/jobs/*/dead-letters/replay"})
final class RepairsGate implements Ordered {
  /** Bytes of bodies under way, all together. */
  static final long MOST_RECEIVED = 32 << 20;

  private final long largest;
  private final ReceivingBudget budget = new ReceivingBudget();

  RepairsGate(ServedJobs jobs) {
    this.largest = HttpSettings.largestBody(jobs);
  }

  /** The answer to a request that cannot be taken; null for one that goes on. */
  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    long length = request.getHeaders().contentLength().orElse(largest);
    return budget.refusal(request, Math.min(length, largest), Math.max(MOST_RECEIVED, largest), "");
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
