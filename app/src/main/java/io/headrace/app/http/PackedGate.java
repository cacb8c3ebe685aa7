package io.headrace.app.http;

import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;
import org.jspecify.annotations.Nullable;

/**
 * Refuses bodies that nobody unpacks. Those that the server does unpack, up to the size that a body
 * may have, come here without their length, so they count as the largest.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class PackedGate implements Ordered {
  /** The answer to a request whose body is packed; null for one that goes on. */
  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    String encoding = request.getHeaders().get(HttpHeaders.CONTENT_ENCODING);
    return encoding == null || encoding.equalsIgnoreCase("identity")
        ? null
        : Problem.response(
            request,
            HttpStatus.UNSUPPORTED_MEDIA_TYPE,
            "The body is packed with %s. Send it packed with gzip, or unpacked."
                .formatted(encoding));
  }

  /** Behind the question who the caller is. */
  @Override
  public int getOrder() {
    return ServerFilterPhase.SECURITY.after();
  }
}
