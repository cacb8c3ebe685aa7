package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.StringReader;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.Date;
import java.util.List;
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
      Object description = description(service, client);
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

  private static Object description(HttpService service, HttpClient client) throws Exception {
    HttpResponse<String> answer =
        client.send(
            HttpRequest.newBuilder(service.uri().resolve("/api/v1/openapi.yaml")).build(),
            BodyHandlers.ofString());
    assertThat(answer.headers().firstValue("Content-Type")).contains("application/yaml");
    return new Yaml(new SafeConstructor(new LoaderOptions())).load(new StringReader(answer.body()));
  }

  @Test
  void everySchemaIsOfAnAnswerAndEachExampleFitsIts() throws Exception {
    try (var service = HttpService.start("127.0.0.1", 0, new MovingJob().served());
        var client = HttpClient.newHttpClient()) {
      Object description = description(service, client);
      Map<?, ?> schemas = part(part(description, "components"), "schemas");
      String text = description.toString();
      var softly = new SoftAssertions();
      for (Object name : schemas.keySet()) {
        softly.assertThat(text).contains("$ref=#/components/schemas/" + name + "}");
        softly
            .assertThat(name.toString())
            .doesNotContain("Http", "Conversion", "Cookie", "Mutable");
      }
      List<String> checked = new ArrayList<>();
      for (Map.Entry<?, ?> path : part(description, "paths").entrySet()) {
        for (Map.Entry<?, ?> method : ((Map<?, ?>) path.getValue()).entrySet()) {
          Map<?, ?> operation = (Map<?, ?>) method.getValue();
          String route = method.getKey() + " " + path.getKey();
          softly.assertThat(operation.get("summary")).as("summary of " + route).isNotNull();
          List<Object> bodies = new ArrayList<>(part(operation, "responses").values());
          if (operation.containsKey("requestBody")) {
            bodies.add(operation.get("requestBody"));
          }
          for (Object body : bodies) {
            for (Map.Entry<?, ?> content : content(body).entrySet()) {
              examples(content.getValue())
                  .forEach(
                      example -> {
                        checked.add(route);
                        softly
                            .assertThat(
                                misfit(
                                    example,
                                    part(content.getValue(), "schema"),
                                    schemas,
                                    content.getKey().toString()))
                            .as(route + " " + content.getKey() + " " + example)
                            .isEmpty();
                      });
            }
          }
        }
      }
      softly.assertAll();
      assertThat(checked)
          .contains("post /api/v1/predict", "post /api/v1/samples", "post /api/v1/checkpoints");
    }
  }

  private static Map<?, ?> content(Object body) {
    Object content = ((Map<?, ?>) body).get("content");
    return content == null ? Map.of() : (Map<?, ?>) content;
  }

  private static List<Object> examples(Object media) {
    List<Object> all = new ArrayList<>();
    if (((Map<?, ?>) media).get("examples") instanceof Map<?, ?> named) {
      named.values().forEach(one -> all.add(((Map<?, ?>) one).get("value")));
    }
    return all;
  }

  /** Why a value is none of a schema; empty if it is one. */
  private static String misfit(Object value, Map<?, ?> schema, Map<?, ?> schemas, String of) {
    if (schema.get("$ref") instanceof String reference) {
      String name = reference.substring(reference.lastIndexOf('/') + 1);
      return misfit(value, part(schemas, name), schemas, name);
    }
    boolean fits =
        switch (String.valueOf(schema.get("type"))) {
          case "object" -> value instanceof Map<?, ?>;
          case "array" -> value instanceof List<?>;
          case "string" -> value instanceof String || value instanceof Date;
          case "integer" -> value instanceof Integer || value instanceof Long;
          case "number" -> value instanceof Number;
          case "boolean" -> value instanceof Boolean;
          default -> false;
        };
    if (!fits) {
      return of + ": " + value + " is no " + schema.get("type");
    }
    if (value instanceof Map<?, ?> fields && schema.get("properties") instanceof Map<?, ?> known) {
      if (schema.get("required") instanceof List<?> required
          && !fields.keySet().containsAll(required)) {
        return of + " lacks some of " + required;
      }
      for (Map.Entry<?, ?> field : fields.entrySet()) {
        Object its = known.get(field.getKey());
        if (its == null) {
          return of + " has no " + field.getKey();
        }
        String inner =
            misfit(field.getValue(), (Map<?, ?>) its, schemas, of + "." + field.getKey());
        if (!inner.isEmpty()) {
          return inner;
        }
      }
    }
    return "";
  }

  private static Map<?, ?> part(Object of, String name) {
    return (Map<?, ?>) Objects.requireNonNull(((Map<?, ?>) of).get(name), name);
  }
}
