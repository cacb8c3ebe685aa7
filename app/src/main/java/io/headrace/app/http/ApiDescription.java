package io.headrace.app.http;

import java.util.Collection;
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
    var options = new DumperOptions();
    options.setDefaultFlowStyle(DumperOptions.FlowStyle.BLOCK);
    var plain = new Representer(options);
    options.setDereferenceAliases(true);
    return new Yaml(plain, options).dump(whole);
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
