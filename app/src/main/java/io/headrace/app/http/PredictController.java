package io.headrace.app.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.headrace.app.access.Role;
import io.headrace.app.report.PredictionJson;
import io.headrace.ingest.push.BodyRecords.Form;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.pipeline.serve.Prediction;
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
import io.micronaut.security.annotation.Secured;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.ExampleObject;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.parameters.RequestBody;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import jakarta.inject.Named;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;

/** Predicts by the model that is being learned; all rows of a request by one state of it. */
@Controller("/api/v1")
@Secured(Role.SEE)
final class PredictController {
  private static final JsonFactory JSON = new JsonFactory();
  private static final Map<String, Form> FORMS =
      Map.of(
          "application/json", Form.JSON,
          "application/x-ndjson", Form.JSON_LINES,
          "application/jsonl", Form.JSON_LINES,
          "application/avro", Form.AVRO,
          "avro/binary", Form.AVRO,
          "application/octet-stream", Form.AVRO);

  /**
   * Bytes up to which a body is answered on the server's own thread: to hand it over takes longer.
   */
  private static final int SMALL = 4 << 10;

  private final RequestedJob jobs;
  private final Executor others;

  PredictController(RequestedJob jobs, @Named(TaskExecutors.BLOCKING) ExecutorService others) {
    this.jobs = jobs;
    this.others = others;
  }

  /**
   * Predicts by the model as it is now: a record, or several, without their label.
   *
   * @param body a JSON object or an array of them, one JSON object a line, an Avro container, or a
   *     record in Avro's single-object encoding
   */
  @Post(
      uris = {"/predict", "/jobs/{job}/predict"},
      consumes = MediaType.ALL,
      produces = MediaType.APPLICATION_JSON)
  @RequestBody(
      required = true,
      content = {
        @Content(
            mediaType = MediaType.APPLICATION_JSON,
            schema = @Schema(type = "object"),
            examples =
                @ExampleObject(
                    name = "a flight",
                    value =
                        """
                        {"origin": "JFK", "destination": "BOS", "distance": 187, "hour": 17}""")),
        @Content(mediaType = "application/x-ndjson", schema = @Schema(type = "string")),
        @Content(
            mediaType = "application/avro",
            schema = @Schema(type = "string", format = "binary"))
      })
  @ApiResponse(
      responseCode = "200",
      description = "A prediction for each record, in their order, all by the model of one step",
      content =
          @Content(
              mediaType = MediaType.APPLICATION_JSON,
              schema = @Schema(type = "object"),
              examples =
                  @ExampleObject(
                      name = "of classes",
                      value =
                          """
                          {"job": "flight-delay", "step": 1200, "trained": 76800, "positions": {"flights/0": 76800},
                           "predictions": [{"prediction": "late", "probabilities": {"on-time": 0.25, "late": 0.75}}]}""")))
  CompletionStage<MutableHttpResponse<?>> predict(
      HttpRequest<?> request, @PathVariable Optional<String> job, @Body byte[] body) {
    ServedJob served = jobs.of(job);
    boolean small =
        body.length <= SMALL
            && served.predictions().map(live -> !live.model().isBusy()).orElse(true);
    return small
        ? CompletableFuture.completedFuture(answer(request, served, body))
        : CompletableFuture.supplyAsync(() -> answer(request, served, body), others);
  }

  private static MutableHttpResponse<?> answer(
      HttpRequest<?> request, ServedJob served, byte[] body) {
    if (served.predictions().isEmpty()) {
      return Problem.response(
          request,
          HttpStatus.NOT_FOUND,
          "This job does not predict. Give it serve: {} to have it predict while it learns.");
    }
    ServedPredictions predictions = served.predictions().get();
    String type = request.getContentType().map(MediaType::getName).orElse("application/json");
    Form form = FORMS.get(type);
    if (form == null) {
      return Problem.response(
          request,
          HttpStatus.UNSUPPORTED_MEDIA_TYPE,
          "%s is none of the types that are read: %s."
              .formatted(type, String.join(", ", FORMS.keySet().stream().sorted().toList())));
    }
    return switch (predictions.model().predict(form, body)) {
      case Prediction.Made made -> HttpResponse.ok(json(predictions, made));
      case Prediction.Refused(Reason reason, String detail) -> {
        var refused = Problem.response(request, status(reason), detail);
        yield reason == Reason.UNAVAILABLE ? refused.header(HttpHeaders.RETRY_AFTER, "1") : refused;
      }
    };
  }

  private static HttpStatus status(Reason reason) {
    return switch (reason) {
      case TOO_LARGE -> HttpStatus.REQUEST_ENTITY_TOO_LARGE;
      case OTHER_FORMAT -> HttpStatus.UNSUPPORTED_MEDIA_TYPE;
      case UNAVAILABLE -> HttpStatus.SERVICE_UNAVAILABLE;
      case UNREADABLE, KEY_REUSED, FULL -> HttpStatus.BAD_REQUEST;
    };
  }

  private static byte[] json(ServedPredictions of, Prediction.Made made) {
    var bytes = new ByteArrayOutputStream(256 + 64 * made.rows());
    try (JsonGenerator json = JSON.createGenerator(bytes)) {
      json.writeStartObject();
      json.writeStringField("job", of.job());
      json.writeNumberField("step", made.step());
      json.writeNumberField("trained", made.trained());
      json.writeObjectFieldStart("positions");
      for (var position : made.positions().entrySet()) {
        json.writeNumberField(position.getKey().toString(), position.getValue());
      }
      json.writeEndObject();
      json.writeArrayFieldStart("predictions");
      for (int row = 0; row < made.rows(); row++) {
        json.writeStartObject();
        if (Float.isNaN(made.outputs()[row * made.width()])) {
          json.writeBooleanField("filtered", true);
        } else {
          PredictionJson.write(json, of.label(), made.outputs(), row * made.width(), made.width());
        }
        json.writeEndObject();
      }
      json.writeEndArray();
      json.writeEndObject();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }
}
