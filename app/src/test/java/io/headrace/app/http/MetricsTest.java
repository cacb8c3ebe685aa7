package io.headrace.app.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.yaml.snakeyaml.Yaml;

/** Holds metrics, their table, the alerts, their runbook and the board to each other. */
class MetricsTest {
  private static final Path HOME = CommandLineRun.HOME;
  private static final Pattern METRIC = Pattern.compile("\\bheadrace_[a-z_]+");
  private static final Pattern ROW =
      Pattern.compile(
          "^\\| `(headrace_[a-z_]+)` \\| (gauge|counter) \\| ([a-z, ]*) ?\\|", Pattern.MULTILINE);

  /** A metric's type and the names of its labels. */
  private record Told(String type, Set<String> labels) {}

  private static SortedMap<String, Told> documented() throws IOException {
    var all = new TreeMap<String, Told>();
    for (MatchResult row :
        ROW.matcher(Files.readString(HOME.resolve("docs/operations.md"))).results().toList()) {
      Set<String> labels = new TreeSet<>(List.of(row.group(3).strip().split(", ")));
      labels.remove("");
      labels.add("job_name"); // as the text above the table says of all
      all.put(row.group(1), new Told(row.group(2), labels));
    }
    return all;
  }

  private static SortedMap<String, Told> exposed() throws IOException, InterruptedException {
    var job = new MovingJob();
    var model = new JobStatus.Model("checkpoint-000000000007.safetensors", 7, 448L, 3);
    job.following =
        new JobStatus.Following(model, model, 0, 0L, 1, 2, 3, Map.of("unsigned", 4L), true);
    for (int i = 0; i < 60; i++) {
      job.status(); // until it has rejected something, and written a checkpoint
    }
    String text;
    try (var service = HttpService.start("127.0.0.1", 0, job.served());
        var client = HttpClient.newHttpClient()) {
      HttpRequest scrape = HttpRequest.newBuilder(service.uri().resolve("/prometheus")).build();
      text = client.send(scrape, BodyHandlers.ofString()).body();
    }
    var all = new TreeMap<String, Told>();
    for (String line : text.lines().toList()) {
      if (line.startsWith("# TYPE headrace_")) {
        String[] words = line.split(" ", -1);
        all.put(words[2], new Told(words[3], new TreeSet<>()));
      } else if (line.startsWith("headrace_")) {
        Told told = requireNonNull(all.get(line.split("[{ ]", 2)[0]), line);
        Pattern.compile("([a-z_]+)=\"")
            .matcher(line)
            .results()
            .forEach(label -> told.labels().add(label.group(1)));
      }
    }
    return all;
  }

  @Test
  void theTableHasEveryMetricThatIsExposedAndNoOther() throws Exception {
    assertThat(documented()).isNotEmpty().isEqualTo(exposed());
  }

  private static List<Map<String, Object>> alerts() throws IOException {
    Map<String, List<Map<String, List<Map<String, Object>>>>> file =
        new Yaml().load(Files.readString(HOME.resolve("docker/prometheus/alerts.yml")));
    List<Map<String, Object>> rules = new ArrayList<>();
    for (Map<String, List<Map<String, Object>>> group : file.getOrDefault("groups", List.of())) {
      rules.addAll(group.getOrDefault("rules", List.of()));
    }
    return rules;
  }

  private static Set<String> metricsIn(String query) {
    return METRIC.matcher(query).results().map(MatchResult::group).collect(Collectors.toSet());
  }

  @Test
  void everyAlertHasARunbookSectionATestAndMetricsThatExist() throws Exception {
    String operations = Files.readString(HOME.resolve("docs/operations.md"));
    String tests = Files.readString(HOME.resolve("docker/prometheus/alerts-test.yml"));
    Set<String> names = new TreeSet<>();
    for (Map<String, Object> rule : alerts()) {
      String name = String.valueOf(rule.get("alert"));
      names.add(name);
      assertThat(operations).contains("\n### " + name + "\n");
      assertThat(String.valueOf(rule.get("annotations")))
          .contains("runbook=docs/operations.md#" + name.toLowerCase(Locale.ROOT));
      assertThat(documented().keySet()).containsAll(metricsIn(String.valueOf(rule.get("expr"))));
      assertThat(tests).contains("alertname: " + name + "\n", "alertname: " + name + ",");
    }
    assertThat(names).hasSizeGreaterThan(10);
    assertThat(
            Pattern.compile("^### (Headrace\\w+)$", Pattern.MULTILINE)
                .matcher(operations)
                .results())
        .extracting(heading -> heading.group(1))
        .containsExactlyInAnyOrderElementsOf(names);
  }

  @Test
  void theBoardAsksForMetricsThatExistWithLabelsThatTheyHave() throws Exception {
    JsonNode board =
        new ObjectMapper()
            .readTree(HOME.resolve("docker/grafana/dashboards/headrace.json").toFile());
    List<String> queries = board.findValuesAsText("expr");
    assertThat(queries).hasSizeGreaterThan(15);
    SortedMap<String, Told> documented = documented();
    Set<String> drawn = new TreeSet<>();
    for (String query : queries) {
      for (String metric : metricsIn(query)) {
        Told told = requireNonNull(documented.get(metric), query);
        drawn.add(metric);
        Pattern.compile(metric + "\\{([^}]*)}")
            .matcher(query)
            .results()
            .flatMap(m -> Pattern.compile("([a-z_]+)[=!]").matcher(m.group(1)).results())
            .map(label -> label.group(1))
            .filter(label -> !label.equals("instance"))
            .forEach(label -> assertThat(told.labels()).as(query).contains(label));
      }
    }
    assertThat(drawn).hasSizeGreaterThan(20);
  }
}
