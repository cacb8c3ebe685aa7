package io.headrace.app.http;

import io.headrace.engine.error.HeadraceException;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.serde.annotation.Serdeable;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What went wrong with a request, as RFC 9457 has it.
 *
 * @param title the HTTP status in words
 * @param detail what to do about it, for a person
 * @param instance path of the request
 */
@Serdeable
record Problem(String type, String title, int status, String detail, String instance) {
  /** Callers know things by name; where they lie is for the machine's own people. */
  static String withoutFolder(HeadraceException fault, Optional<Path> folder) {
    String message = String.valueOf(fault.getMessage());
    return folder.map(path -> message.replace(path + "/", "")).orElse(message);
  }

  /** The answer to {@code request} that says it. */
  static MutableHttpResponse<?> response(HttpRequest<?> request, HttpStatus status, String detail) {
    var problem =
        new Problem("about:blank", status.getReason(), status.getCode(), detail, request.getPath());
    return HttpResponse.status(status).body(problem).contentType(ProblemResponses.MEDIA_TYPE);
  }
}
