package io.headrace.app.http;

import io.micronaut.core.io.ResourceLoader;
import io.micronaut.http.annotation.Controller;
import io.micronaut.http.annotation.Get;
import io.micronaut.security.annotation.Secured;
import io.micronaut.security.rules.SecurityRule;
import io.swagger.v3.oas.annotations.OpenAPIDefinition;
import io.swagger.v3.oas.annotations.enums.SecuritySchemeType;
import io.swagger.v3.oas.annotations.info.Info;
import io.swagger.v3.oas.annotations.media.Content;
import io.swagger.v3.oas.annotations.media.Schema;
import io.swagger.v3.oas.annotations.responses.ApiResponse;
import io.swagger.v3.oas.annotations.security.SecurityRequirement;
import io.swagger.v3.oas.annotations.security.SecurityScheme;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The description of the API, which the compiler makes of the controllers; no job is in it. */
@OpenAPIDefinition(
    info =
        @Info(
            title = "Headrace",
            version = "v1",
            description =
                "Jobs that learn from streams: how they stand, what they predict, and what operators may do with them. Paths without a job's name are of the only job."),
    security = {@SecurityRequirement(name = "token")})
@SecurityScheme(
    name = "token",
    type = SecuritySchemeType.HTTP,
    scheme = "bearer",
    description = "An API token, or one of an OpenID Connect provider; none where the API is open.")
@Controller("/api/v1/openapi.yaml")
@Secured(SecurityRule.IS_ANONYMOUS)
final class ApiController {
  private static final String FILE = "classpath:META-INF/swagger/openapi.yml";

  private final String description;

  ApiController(ResourceLoader resources) {
    try (InputStream in = resources.getResourceAsStream(FILE).orElseThrow()) {
      description = ApiDescription.completed(new String(in.readAllBytes(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** This description, as OpenAPI 3. */
  @Get(produces = "application/yaml")
  @ApiResponse(
      responseCode = "200",
      description = "The description",
      content = @Content(mediaType = "application/yaml", schema = @Schema(type = "string")))
  @ApiResponse(
      responseCode = ApiDescription.TEMPLATE,
      description =
          "Not done: the status is that of the answer, and detail says why and what to do about it.",
      content =
          @Content(
              mediaType = ProblemResponses.MEDIA_TYPE,
              schema = @Schema(implementation = Problem.class)))
  String show() {
    return description;
  }
}
