package io.headrace.app.http;

import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ServerFilter;
import io.micronaut.http.filter.ServerFilterPhase;
import java.net.URI;
import java.util.regex.Pattern;

/**
 * Refuses requests that change something and that a page of another site had a browser send, and on
 * a service that is open to this machine alone all that were sent to a name that somebody else may
 * own. Browsers say where a request comes from; other programs say nothing and may pass.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class OriginGate implements Ordered {
  /**
   * Hosts that no stranger can own. A name that somebody else owns may point here for a while (DNS
   * rebinding), and their page would then be of the same origin; where callers have to sign in that
   * page gets nowhere.
   */
  private static final Pattern OURS =
      Pattern.compile("(localhost|[\\d.]+|\\[[0-9a-fA-F:.]+])(:\\d+)?");

  private final boolean open;
  private final boolean hereAlone;

  OriginGate(Gatekeeper gatekeeper) {
    this.open = !gatekeeper.exposure().authenticates();
    this.hereAlone = open && gatekeeper.exposure().loopback();
  }

  /** The answer to a request that is refused; null for one that goes on. */
  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    String host = request.getHeaders().get(HttpHeaders.HOST);
    if (hereAlone && host != null && !OURS.matcher(host).matches()) {
      return Problem.response(
          request,
          HttpStatus.FORBIDDEN,
          "This service is open to its machine alone: open it by address or as localhost. To reach it by a name, give the job access: {tokens: FILE}.");
    }
    boolean changes =
        switch (request.getMethod()) {
          case GET, HEAD, OPTIONS -> false;
          default -> true;
        };
    if (!changes || fromHere(request.getHeaders())) {
      return null;
    }
    return Problem.response(
        request,
        HttpStatus.FORBIDDEN,
        "Only this service's own page may ask for that from a browser, opened by address or as localhost.");
  }

  private boolean fromHere(HttpHeaders headers) {
    String site = headers.get("Sec-Fetch-Site");
    String origin = headers.get(HttpHeaders.ORIGIN);
    if (site != null && !site.equals("same-origin")) {
      return false;
    }
    String host = headers.get(HttpHeaders.HOST);
    return origin == null
        || (host != null
            && (!open || OURS.matcher(host).matches())
            && host.equals(authority(origin)));
  }

  /** Behind the question who it is, so that the audit log knows it. */
  @Override
  public int getOrder() {
    return ServerFilterPhase.SECURITY.after();
  }

  private static @Nullable String authority(String origin) {
    try {
      return URI.create(origin).getRawAuthority();
    } catch (IllegalArgumentException unreadable) {
      return null;
    }
  }
}
