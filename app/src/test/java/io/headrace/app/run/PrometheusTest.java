package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.app.access.ApiToken;
import io.headrace.app.access.Role;
import io.headrace.app.access.TokenFile;
import io.headrace.app.broker.Ports;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.StreamSupport;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Debian's Prometheus scrapes a running job and evaluates the alerts; skipped where there is none.
 */
class PrometheusTest {
  private static final Path RULES = CommandLineRun.HOME.resolve("docker/prometheus");

  @TempDir private Path folder;

  @BeforeEach
  void needsPrometheus() {
    assumeTrue(isThere("prometheus") && isThere("promtool"), "no Prometheus on this machine");
  }

  private static boolean isThere(String program) {
    return List.of(System.getenv().getOrDefault("PATH", "").split(":")).stream()
        .anyMatch(place -> Files.isExecutable(Path.of(place, program)));
  }

  private static void assertRuns(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(RULES.toFile()).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(said).isZero();
  }

  /** The one of the containers, for another target, with what they mount beside it. */
  private Path config(String target, Path token) throws IOException {
    return Files.writeString(
        folder.resolve("prometheus.yml"),
        Files.readString(RULES.resolve("prometheus.yml"))
            .replace("/run/headrace/token", token.toString())
            .replace("headrace:8081", target)
            .replaceAll("_interval: \\d+s", "_interval: 1s")
            .replace("[alerts.yml]", "[\"" + RULES.resolve("alerts.yml") + "\"]"));
  }

  @Test
  void rulesAndTheirTestsHold() throws Exception {
    Path token = Files.writeString(folder.resolve("token"), "never sent");
    assertRuns("promtool", "check", "config", config("headrace:8081", token).toString());
    assertRuns("promtool", "test", "rules", "alerts-test.yml");
  }

  @Test
  void scrapesAJobThatRunsByATokenAndSeesThatItIsPaused() throws Exception {
    var job =
        JobFile.read(
            FLIGHTS.resolve("job.yaml"),
            List.of(
                "serve.refresh-ms=100",
                "epochs=1000",
                "checkpoints.directory=" + folder.resolve("checkpoints")));
    Path file = folder.resolve("tokens.json");
    var tokens = new TokenFile(file);
    Instant now = Instant.now();
    ApiToken.Made token =
        tokens.create("prometheus", Role.VIEWER, now, now.plus(Duration.ofDays(1)));
    Path credentials = Files.writeString(folder.resolve("token"), token.secret());
    var access =
        new AccessSettings(Optional.of(file), Optional.empty(), Optional.empty(), Optional.empty());
    try (var run = JobRun.start(job, JobRun.Options.NONE);
        var service =
            HttpService.start(
                new Exposure("127.0.0.1", 0, Optional.of(access), false),
                new RunView(run, new LastCheckpoint()).served());
        var prometheus = new Prometheus(service, credentials)) {
      prometheus.await(
          "query",
          "headrace_samples_total{outcome=\"trained\"} > 100000",
          found -> !found.isEmpty());
      JsonNode scraped = prometheus.ask("query", "scrape_samples_scraped{job=\"headrace\"}");
      assertThat(scraped.path("result").path(0).path("value").path(1).asInt()).isGreaterThan(40);
      JsonNode rules =
          prometheus.await(
              "rules",
              "",
              all ->
                  all.findValuesAsText("health").stream()
                          .filter(health -> !health.equals("up"))
                          .allMatch("ok"::equals)
                      && all.findValuesAsText("name").size() > 10);
      assertThat(rules.findValuesAsText("lastError")).allMatch(String::isEmpty);

      assertThat(run.pause()).isTrue();
      prometheus.await(
          "rules",
          "",
          all ->
              StreamSupport.stream(all.path("groups").path(0).path("rules").spliterator(), false)
                  .anyMatch(
                      rule ->
                          rule.path("name").asText().equals("HeadracePaused")
                              && rule.path("state").asText().matches("pending|firing")));

      tokens.revoke(token.token().id());
      prometheus.await("query", "up{job=\"headrace\"} == 0", found -> !found.isEmpty());
    }
  }

  /** A Prometheus of this test alone. */
  private final class Prometheus implements AutoCloseable {
    private final HttpClient client = HttpClient.newHttpClient();
    private final Process process;
    private final URI api;

    Prometheus(HttpService scraped, Path credentials) throws IOException {
      Path file = config(scraped.uri().getAuthority(), credentials);
      int port = Ports.free(0);
      api = URI.create("http://127.0.0.1:" + port + "/api/v1/");
      process =
          new ProcessBuilder(
                  "prometheus",
                  "--config.file=" + file,
                  "--storage.tsdb.path=" + folder.resolve("tsdb"),
                  "--web.listen-address=127.0.0.1:" + port)
              .redirectErrorStream(true)
              .redirectOutput(folder.resolve("prometheus.log").toFile())
              .start();
    }

    JsonNode ask(String what, String query) throws IOException, InterruptedException {
      String parameter = "?query=" + URLEncoder.encode(query, StandardCharsets.UTF_8);
      HttpRequest request = HttpRequest.newBuilder(api.resolve(what + parameter)).build();
      return new ObjectMapper()
          .readTree(client.send(request, BodyHandlers.ofString()).body())
          .path("data");
    }

    /** Asks until the answer is as it should be. */
    JsonNode await(String what, String query, Predicate<JsonNode> good) throws Exception {
      JsonNode last = new ObjectMapper().createObjectNode();
      for (int i = 0; i < 300 && process.isAlive(); i++) {
        try {
          last = ask(what, query);
          if (good.test(query.isEmpty() ? last : last.path("result"))) {
            return last;
          }
        } catch (IOException notYet) {
          // it has not begun to listen
        }
        Thread.sleep(100);
      }
      throw new AssertionError(last + "\n" + Files.readString(folder.resolve("prometheus.log")));
    }

    @Override
    public void close() {
      client.close();
      process.destroyForcibly(); // what it has stored goes with the folder
      process.onExit().join();
    }
  }
}
