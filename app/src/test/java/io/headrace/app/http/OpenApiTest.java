package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;

/** The description of the API that is served, held to the router that answers. */
class OpenApiTest {
  @Test
  void everyRouteOfTheApiIsDescribedWithWhatItAnswersWhenItFails() throws Exception {
    try (var service = HttpService.start("127.0.0.1", 0, new MovingJob().served());
        var client = HttpClient.newHttpClient()) {
      HttpResponse<String> answer =
          client.send(
              HttpRequest.newBuilder(service.uri().resolve("/api/v1/openapi.yaml")).build(),
              BodyHandlers.ofString());
      assertThat(answer.headers().firstValue("Content-Type")).contains("application/yaml");
      Object description =
          new Yaml(new SafeConstructor(new LoaderOptions())).load(new StringReader(answer.body()));
      Map<?, ?> paths = part(description, "paths");

      var routes =
          service.routes().stream()
              .filter(route -> route.contains(" /api/v1/"))
              .filter(route -> !route.startsWith("HEAD ") && !route.startsWith("OPTIONS "))
              .map(route -> route.replaceAll("\\{\\?.*?}", ""))
              .collect(Collectors.toCollection(TreeSet::new));
      var described = new TreeSet<String>();
      var softly = new SoftAssertions();
      paths.forEach(
          (path, methods) ->
              ((Map<?, ?>) methods)
                  .forEach(
                      (method, operation) -> {
                        String route = method.toString().toUpperCase(Locale.ROOT) + " " + path;
                        described.add(route);
                        Map<?, ?> responses = part(operation, "responses");
                        softly
                            .assertThat(part(responses, "default").toString())
                            .as(route)
                            .contains("application/problem+json", "#/components/schemas/Problem");
                        softly
                            .assertThat(responses.keySet().toString())
                            .as(route)
                            .containsPattern("20\\d");
                        softly
                            .assertThat(String.valueOf(((Map<?, ?>) operation).get("parameters")))
                            .as(route)
                            .doesNotContain("name=job, in=query");
                      }));
      softly.assertAll();
      assertThat(described).containsExactlyElementsOf(routes);
      Map<?, ?> problem = part(part(part(description, "components"), "schemas"), "Problem");
      assertThat(part(problem, "properties").keySet().toString())
          .isEqualTo("[type, title, status, detail, instance]");
    }
  }

  private static Map<?, ?> part(Object of, String name) {
    return (Map<?, ?>) Objects.requireNonNull(((Map<?, ?>) of).get(name), name);
  }
}
