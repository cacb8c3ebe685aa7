package io.headrace.app.http;

import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.exceptions.HttpStatusException;
import io.micronaut.http.server.exceptions.NotFoundException;
import io.micronaut.http.server.exceptions.response.Error;
import io.micronaut.http.server.exceptions.response.ErrorContext;
import io.micronaut.http.server.exceptions.response.ErrorResponseProcessor;
import jakarta.inject.Singleton;
import java.util.stream.Collectors;

/** Gives every failed request a {@link Problem} as its body. Thread-safe. */
@Singleton
final class ProblemResponses implements ErrorResponseProcessor<Problem> {
  static final String MEDIA_TYPE = "application/problem+json";

  @Override
  public MutableHttpResponse<Problem> processResponse(
      ErrorContext context, MutableHttpResponse<?> response) {
    HttpStatus status = response.status();
    String path = context.getRequest().getPath();
    var problem =
        new Problem(
            "about:blank", status.getReason(), status.getCode(), detail(context, status), path);
    return response.body(problem).contentType(MEDIA_TYPE);
  }

  private static String detail(ErrorContext context, HttpStatus status) {
    if (context.getRootCause().orElse(null) instanceof HttpStatusException ours
        && !(ours instanceof NotFoundException)) { // the framework's has nothing to say
      return String.valueOf(ours.getMessage());
    }
    if (status == HttpStatus.UNAUTHORIZED) {
      return "Say who you are: send Authorization: Bearer TOKEN with a token that is known, neither expired nor revoked. headrace tokens create makes one.";
    }
    if (status == HttpStatus.FORBIDDEN) {
      return "Your role does not permit that. GET /api/v1/session says what it permits.";
    }
    if (status == HttpStatus.NOT_FOUND) {
      return "Nothing is served at this path. There is /, /health, /prometheus, /api/v1/session, /api/v1/jobs and, of a job, /api/v1/jobs/NAME/status, /checkpoints and, to POST to, /samples, /predict, /pause, /resume, /stop and /start; with one job /api/v1/status and so on as well.";
    }
    if (status.getCode() >= 500) {
      // What the exception says is for the log: it may name what a stranger should not see.
      return "The service failed to answer; its log says why.";
    }
    return context.getErrors().stream().map(Error::getMessage).collect(Collectors.joining("; "));
  }
}
