package io.headrace.app.http;

import java.util.ArrayDeque;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.yaml.snakeyaml.DumperOptions;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.Yaml;
import org.yaml.snakeyaml.constructor.SafeConstructor;
import org.yaml.snakeyaml.representer.Representer;

/** What the compiler cannot see of the API goes into its description here. Stateless. */
final class ApiDescription {
  /** Where one operation says what all of them answer when they fail. */
  static final String TEMPLATE = "500";

  private static final String FAILED = "default";

  private static final String DESCRIBED = "/api/v1/openapi.yaml";
  private static final String JOB = "job";
  private static final String SCHEMA = "#/components/schemas/";

  private ApiDescription() {}

  /**
   * The same, with the answer that one operation says it gives when it fails for all others, and a
   * job only in the paths that have its name.
   */
  static String completed(String generated) {
    Map<String, Object> whole = new Yaml(new SafeConstructor(new LoaderOptions())).load(generated);
    Map<String, Object> paths = part(whole, "paths");
    Object failed =
        Objects.requireNonNull(
            part(part(part(paths, DESCRIBED), "get"), "responses").remove(TEMPLATE));
    paths.forEach(
        (path, methods) ->
            values(methods)
                .forEach(
                    operation -> {
                      part(operation, "responses").put(FAILED, failed);
                      if (!path.contains("{" + JOB + "}")) {
                        forgetJob(operation);
                      }
                    }));
    keepReferred(whole);
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    var plain = new Representer(options);
    options.setDereferenceAliases(true);
    return new Yaml(plain, options).dump(whole);
  }

  /** The compiler adds the framework's own types, which no answer is made of. */
  private static void keepReferred(Map<String, Object> whole) {
    Map<String, Object> schemas = part(part(whole, "components"), "schemas");
    var referred = new HashSet<String>();
    var open = new ArrayDeque<Object>(List.of(part(whole, "paths")));
    while (!open.isEmpty()) {
      switch (open.pop()) {
        case Map<?, ?> map -> open.addAll(map.values().stream().filter(Objects::nonNull).toList());
        case List<?> list -> open.addAll(list);
        case String text when text.startsWith(SCHEMA) -> {
          String name = text.substring(SCHEMA.length());
          if (referred.add(name)) {
            open.push(Objects.requireNonNull(schemas.get(name), name));
          }
        }
        default -> {}
      }
    }
    schemas.keySet().retainAll(referred);
  }

  private static void forgetJob(Object operation) {
    if (((Map<?, ?>) operation).get("parameters") instanceof List<?> parameters) {
      parameters.removeIf(parameter -> JOB.equals(((Map<?, ?>) parameter).get("name")));
    }
  }

  private static Collection<Object> values(Object map) {
    @SuppressWarnings("unchecked") // YAML's names are text
    var typed = (Map<String, Object>) map;
    return typed.values();
  }

  private static Map<String, Object> part(Object of, String name) {
    @SuppressWarnings("unchecked") // YAML's names are text
    var typed = (Map<String, Object>) ((Map<?, ?>) of).get(name);
    return Objects.requireNonNull(typed, name);
  }
}
