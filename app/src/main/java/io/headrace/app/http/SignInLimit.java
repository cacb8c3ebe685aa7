package io.headrace.app.http;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;

/** Has an address wait that keeps sending tokens that are none. */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class SignInLimit implements Ordered {
  private final Gatekeeper gatekeeper;

  SignInLimit(Gatekeeper gatekeeper) {
    this.gatekeeper = gatekeeper;
  }

  /** The answer to an address that has to wait; null for one that may try. */
  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    if (!tries(request)) {
      return null;
    }
    long seconds = gatekeeper.failures().waitSeconds(Callers.address(request));
    return seconds == 0
        ? null
        : Problem.response(
                request,
                HttpStatus.TOO_MANY_REQUESTS,
                "Too many tokens from this address were none of ours. Wait %d s, then send one that headrace tokens list shows."
                    .formatted(seconds))
            .header(HttpHeaders.RETRY_AFTER, Long.toString(seconds));
  }

  @ResponseFilter
  void note(HttpRequest<?> request, MutableHttpResponse<?> response) {
    if (response.status() == HttpStatus.UNAUTHORIZED) {
      response.header(HttpHeaders.WWW_AUTHENTICATE, "Bearer");
      if (tries(request)) {
        gatekeeper.failures().failed(Callers.address(request));
      }
    }
  }

  /** Only tokens that are sent are tries: a session that has ended guesses nothing. */
  private static boolean tries(HttpRequest<?> request) {
    return request.getHeaders().contains(HttpHeaders.AUTHORIZATION);
  }

  @Override
  public int getOrder() {
    return ServerFilterPhase.SECURITY.before();
  }
}
