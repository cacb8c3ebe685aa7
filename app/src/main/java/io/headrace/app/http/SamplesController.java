package io.headrace.app.http;

import io.headrace.app.access.Role;
import io.headrace.ingest.push.PushOutcome;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.micronaut.http.HttpHeaders;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.HttpResponse;
import io.micronaut.http.HttpStatus;
import io.micronaut.http.MediaType;
import io.micronaut.http.MutableHttpResponse;
import io.micronaut.http.annotation.Body;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.PathVariable;
import io.micronaut.http.annotation.Post;
import io.micronaut.scheduling.TaskExecutors;
import io.micronaut.scheduling.annotation.ExecuteOn;
import io.micronaut.security.annotation.Secured;
import io.swagger.v3.oas.annotations.Parameter;
import io.swagger.v3.oas.annotations.enums.ParameterIn;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import java.util.Optional;
import java.util.concurrent.CompletionStage;

/** Takes samples in: answers with their positions once they are durable, or says why not. */
@Controller("/api/v1")
@Secured(Role.PUSH)
final class SamplesController {
  private static final String KEY = "Idempotency-Key";
  private static final String RETRY_SECONDS = "1";

  private final RequestedJob jobs;

  SamplesController(RequestedJob jobs) {
    this.jobs = jobs;
  }

  /**
   * Takes samples in, and answers once they are durable.
   *
   * @param body records as the job's source says: lines, or an Avro container
   */
  @Post(
      uris = {"/samples", "/jobs/{job}/samples"},
      consumes = MediaType.ALL)
  @ExecuteOn(TaskExecutors.BLOCKING)
  @Parameter(
      name = KEY,
      in = ParameterIn.HEADER,
      description = "Samples that come again under the same key are taken in once",
      schema = @Schema(type = "string"))
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = "application/x-ndjson",
            schema = @Schema(type = "string"),
            examples =
                @ExampleObject(
                    name = "two flights",
                    value =
                        "{\"origin\": \"JFK\", \"late\": \"late\"}\n{\"origin\": \"BOS\", \"late\": \"on-time\"}")),
        @Content(
            mediaType = "application/avro",
            schema = @Schema(type = "string", format = "binary"))
      })
  @ApiResponse(
      responseCode = "200",
      description = "Where they are in the stream",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(implementation = PushReceipt.class),
              examples =
                  @ExampleObject(
                      name = "two samples",
                      value =
                          """
                          {"partition": "http/0", "first": 40, "next": 42, "duplicate": false}""")))
  CompletionStage<MutableHttpResponse<?>> push(
      HttpRequest<?> request, @PathVariable Optional<String> job, @Body byte[] body) {
    return jobs.of(job)
        .intake()
        .orElseThrow() // the gate lets nobody through without one
        .push(body, Optional.ofNullable(request.getHeaders().get(KEY)))
        .thenApply(outcome -> answer(request, outcome));
  }

  private static MutableHttpResponse<?> answer(HttpRequest<?> request, PushOutcome outcome) {
    return switch (outcome) {
      case PushOutcome.Accepted a ->
          HttpResponse.ok(new PushReceipt(a.partition(), a.first(), a.next(), a.duplicate()));
      case PushOutcome.Refused(Reason reason, String detail) -> {
        MutableHttpResponse<?> response = Problem.response(request, status(reason), detail);
        boolean passing = reason == Reason.FULL || reason == Reason.UNAVAILABLE;
        yield passing ? response.header(HttpHeaders.RETRY_AFTER, RETRY_SECONDS) : response;
      }
    };
  }

  private static HttpStatus status(Reason reason) {
    return switch (reason) {
      case UNREADABLE -> HttpStatus.BAD_REQUEST;
      case TOO_LARGE -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
      case OTHER_FORMAT -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
      case KEY_REUSED -> HttpStatus.UNPROCESSABLE_ENTITY;
      case FULL -> HttpStatus.TOO_MANY_REQUESTS;
      case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
    };
  }
}
