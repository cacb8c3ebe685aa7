package io.headrace.app.http;

import io.headrace.app.access.AuditEntry;
import io.headrace.app.access.AuditLog;
import io.micronaut.core.annotation.Nullable;
import io.micronaut.core.order.Ordered;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.RequestFilter;
import io.micronaut.http.annotation.ResponseFilter;
import io.micronaut.http.annotation.ServerFilter;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.regex.Pattern;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Writes down every request that changes something, done or refused, before it is answered. While
 * that cannot be written nothing is changed. Outermost of the filters, so it sees what each says.
 */
@ServerFilter(ServerFilter.MATCH_ALL_PATTERN)
final class AuditGate implements Ordered {
  private static final int LONGEST_PATH = 500;
  private static final Pattern PREDICTS = Pattern.compile("/api/v1/(jobs/[^/]+/)?predict");
  private static final Pattern PUSHES = Pattern.compile("/api/v1/(jobs/[^/]+/)?samples");

  private final Gatekeeper gatekeeper;

  AuditGate(Gatekeeper gatekeeper) {
    this.gatekeeper = gatekeeper;
  }

  /** The refusal of a request that could not be written down; null for one that goes on. */
  @RequestFilter
  @Nullable HttpResponse<?> check(HttpRequest<?> request) {
    Optional<AuditLog> failing = gatekeeper.audit().filter(AuditLog::failing);
    if (failing.isEmpty() || !changes(request)) {
      return null;
    }
    CompletableFuture<Boolean> _ = // it tries again to write
        failing.get().add(entry(request, HttpStatus.SERVICE_UNAVAILABLE.getCode()));
    return unwritten(request, "Nothing was changed: the audit log cannot be written.");
  }

  @ResponseFilter
  Publisher<MutableHttpResponse<?>> note(HttpRequest<?> request, MutableHttpResponse<?> response) {
    Optional<AuditLog> log = gatekeeper.audit();
    if (log.isEmpty() || !changes(request)) {
      return Mono.just(response);
    }
    return Mono.fromFuture(log.get().add(entry(request, response.code())))
        .map(
            written ->
                written || response.code() >= 400
                    ? response
                    : unwritten(request, "It was done, but the audit log could not be written."));
  }

  private static MutableHttpResponse<?> unwritten(HttpRequest<?> request, String what) {
    return Problem.response(
        request, HttpStatus.SERVICE_UNAVAILABLE, what + " The service's log says why.");
  }

  private AuditEntry entry(HttpRequest<?> request, int status) {
    var caller = Callers.known(request);
    String path = request.getPath();
    return new AuditEntry(
        gatekeeper.clock().instant(),
        caller.map(known -> known.getName()).orElse("anonymous"),
        caller
            .map(known -> known.getAttributes().get(TokenSignIn.ID))
            .map(Object::toString)
            .orElse(""),
        request.getMethodName(),
        path.length() > LONGEST_PATH ? path.substring(0, LONGEST_PATH) : path,
        Callers.address(request),
        status,
        status < 400 ? "done" : status < 500 ? "refused" : "failed");
  }

  /**
   * Predicting is asked for with POST, and changes nothing. Samples that anybody may push would all
   * be from nobody: their own log has them.
   */
  private boolean changes(HttpRequest<?> request) {
    return switch (request.getMethod()) {
      case GET, HEAD, OPTIONS -> false;
      default ->
          !PREDICTS.matcher(request.getPath()).matches()
              && (gatekeeper.exposure().authenticates()
                  || !PUSHES.matcher(request.getPath()).matches());
    };
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }
}
