package io.headrace.app.http;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.micronaut.core.type.Argument;
import io.micronaut.serde.ObjectMapper;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class HttpServiceTest {
  private final MovingJob job = new MovingJob();
  private final HttpClient client = HttpClient.newHttpClient();
  private HttpService service;

  @BeforeAll
  void start() {
    service = HttpService.start("127.0.0.1", 0, job.served(), Duration.ofMillis(50));
  }

  @AfterAll
  void stop() {
    service.close();
    client.close();
  }

  @AfterEach
  void repair() {
    job.failing = false;
    job.state = JobState.RUNNING;
    job.message = "";
  }

  @Test
  void answersTheStatusAsJsonWithEveryPart() throws IOException, InterruptedException {
    HttpResponse<String> response = fetch("/api/v1/status");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/json");
    Map<String, Object> status = json(response.body());
    assertThat(status)
        .containsOnlyKeys(
            "timeMillis",
            "job",
            "progress",
            "ledger",
            "partitions",
            "metrics",
            "flow",
            "checkpoints",
            "predictions",
            "archive",
            "following",
            "events");
    assertThat(part(status, "job"))
        .containsEntry("name", "flight-delay")
        .containsEntry("state", "running");
    assertThat(part(status, "metrics"))
        .extractingByKey("window")
        .asInstanceOf(InstanceOfAssertFactories.MAP)
        .containsOnlyKeys("loss", "logLoss", "accuracy", "auc", "calibrationError");
  }

  @Test
  void ledgerInTheStatusAddsUp() throws IOException, InterruptedException {
    Map<String, Object> ledger = part(json(fetch("/api/v1/status").body()), "ledger");

    assertThat(number(ledger, "read"))
        .isEqualTo(
            number(ledger, "trained")
                + number(ledger, "rejected")
                + number(ledger, "filtered")
                + number(ledger, "inFlight"));
  }

  @Test
  void saysWhatIsNotKnownAsNull() throws IOException, InterruptedException {
    try (var fresh =
        HttpService.start("127.0.0.1", 0, new MovingJob().served(), Duration.ofMinutes(1))) {
      Map<String, Object> status = json(fetch(fresh, "/api/v1/status").body());

      assertThat(part(status, "checkpoints")).containsEntry("last", null);
    }
  }

  @Test
  void streamsThePastAndThenEachTick() throws IOException, InterruptedException {
    HttpResponse<InputStream> response =
        client.send(request(service, "/api/v1/status/stream"), BodyHandlers.ofInputStream());
    assertThat(response.headers().firstValue("Content-Type")).contains("text/event-stream");

    try (var lines =
        new BufferedReader(new InputStreamReader(response.body(), StandardCharsets.UTF_8))) {
      List<String> events =
          lines.lines().filter(line -> line.startsWith("event:")).limit(4).toList();

      assertThat(events)
          .containsExactly("event: history", "event: status", "event: status", "event: status");
    }
  }

  @Test
  void streamsWhatHappensAndWhatAListenerMissed() throws Exception {
    var happened = new MovingJob();
    try (var own = HttpService.start("127.0.0.1", 0, happened.served(), Duration.ofMillis(20))) {
      try (var lines = stream(own, "0")) {
        assertThat(alert(lines)).startsWith("id: 1|event: alert|data: {\"id\":1,");
      }
      try (var lines = stream(own, "no id")) {
        assertThat(lines.readLine()).isNotNull(); // listens, and hears of none of before
        happened.events =
            List.of(
                new JobStatus.Event(9, 8, "diverged", "The loss is no number."),
                new JobStatus.Event(
                    7,
                    8,
                    "drift",
                    "The world has changed.",
                    new JobStatus.Drift("loss", 0.25, 0.5, 0.375, 2_048)));
        assertThat(alert(lines)).contains("\"code\":\"drift\"");
        assertThat(alert(lines)).contains("\"code\":\"diverged\"").startsWith("id: 9|");
      }
      assertThat(fetch(own, "/api/v1/events?after=7").body())
          .contains("diverged")
          .doesNotContain("The world has changed.");
      assertThat(fetch(own, "/api/v1/events?code=drift").body())
          .isEqualTo(
              "[{\"id\":7,\"timeMillis\":8,\"code\":\"drift\",\"message\":\"The world has changed.\","
                  + "\"drift\":{\"what\":\"loss\",\"before\":0.25,\"now\":0.5,\"threshold\":0.375,\"samples\":2048}}]");
    }
  }

  private BufferedReader stream(HttpService of, String lastHeard)
      throws IOException, InterruptedException {
    HttpRequest listen =
        HttpRequest.newBuilder(of.uri().resolve("/api/v1/status/stream"))
            .header("Last-Event-ID", lastHeard)
            .build();
    return new BufferedReader(
        new InputStreamReader(
            client.send(listen, BodyHandlers.ofInputStream()).body(), StandardCharsets.UTF_8));
  }

  /** The next alert's lines. */
  private static String alert(BufferedReader lines) throws IOException {
    var event = new StringJoiner("|");
    for (String line = lines.readLine(); ; line = requireNonNull(lines.readLine())) {
      if (requireNonNull(line).isEmpty()) {
        if (event.toString().contains("event: alert")) {
          return event.toString();
        }
        event = new StringJoiner("|");
      } else {
        event.add(line);
      }
    }
  }

  @Test
  void historyHoldsOnePointForEachTickInOrder() throws IOException, InterruptedException {
    Thread.sleep(200);
    String body = fetch("/api/v1/status/history").body();

    List<Long> times =
        Pattern.compile("\"timeMillis\":(\\d+)")
            .matcher(body)
            .results()
            .map(r -> Long.valueOf(r.group(1)))
            .toList();
    assertThat(times).hasSizeGreaterThan(1).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void isHealthyWhileTheJobRuns() throws IOException, InterruptedException {
    HttpResponse<String> response = fetch("/health");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\"status\":\"UP\"", "\"state\":\"running\"");
  }

  @Test
  void isNotHealthyOnceTheJobHasFailed() throws IOException, InterruptedException {
    job.state = JobState.FAILED;
    job.message = "Loss is not a number at step 12.";

    HttpResponse<String> response = fetch("/health");

    assertThat(response.statusCode()).isEqualTo(503);
    assertThat(response.body()).contains("\"status\":\"DOWN\"", "Loss is not a number at step 12.");
  }

  @Test
  void staysHealthyAndSaysSoWhileTheJobIsPaused() throws IOException, InterruptedException {
    job.state = JobState.PAUSED;

    HttpResponse<String> health = fetch("/health");
    assertThat(health.statusCode()).isEqualTo(200);
    assertThat(health.body()).contains("\"status\":\"UP\"", "\"state\":\"paused\"");
    assertThat(fetch("/prometheus").body())
        .contains("\nheadrace_paused{job_name=\"flight-delay\"} 1");
  }

  @Test
  void resumesAPausedJobAndRefusesAnyOther() throws IOException, InterruptedException {
    HttpResponse<String> refused = resume("same-origin");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("The job is not paused but running");

    job.state = JobState.PAUSED;
    assertThat(resume("cross-site").statusCode()).isEqualTo(403);
    assertThat(job.state).isEqualTo(JobState.PAUSED);

    HttpResponse<String> resumed =
        client.send(
            HttpRequest.newBuilder(service.uri().resolve("/api/v1/resume"))
                .POST(HttpRequest.BodyPublishers.noBody())
                .build(),
            BodyHandlers.ofString());
    assertThat(resumed.statusCode()).isEqualTo(200);
    assertThat(part(json(resumed.body()), "job")).containsEntry("state", "running");
  }

  private HttpResponse<String> resume(String site) throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(service.uri().resolve("/api/v1/resume"))
            .header("Sec-Fetch-Site", site)
            .POST(HttpRequest.BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "headrace_paused{job_name=\"flight-delay\"} 0",
        "headrace_samples_total{job_name=\"flight-delay\",outcome=\"trained\",partition=\"flights-0\"} ",
        "headrace_samples_total{job_name=\"flight-delay\",outcome=\"rejected\",partition=\"flights-1\"} ",
        "headrace_samples_total{job_name=\"flight-delay\",outcome=\"filtered\",partition=\"flights-1\"} ",
        "headrace_lost_positions_total{job_name=\"flight-delay\",partition=\"flights-0\"} 1234",
        "headrace_records_read_total{job_name=\"flight-delay\"} ",
        "headrace_in_flight_records{job_name=\"flight-delay\"} ",
        "headrace_steps_total{job_name=\"flight-delay\"} ",
        "headrace_step_seconds{job_name=\"flight-delay\"} ",
        "headrace_learning_rate{job_name=\"flight-delay\"} ",
        "headrace_samples_per_second{job_name=\"flight-delay\"} ",
        "headrace_loss{job_name=\"flight-delay\",scope=\"window\"} ",
        "headrace_loss{job_name=\"flight-delay\",scope=\"total\"} ",
        "headrace_metric{job_name=\"flight-delay\",name=\"auc\",scope=\"window\"} ",
        "headrace_calibration_weight{from=\"0.0\",job_name=\"flight-delay\",scope=\"window\"} ",
        "headrace_calibration_predicted{from=\"0.1\",job_name=\"flight-delay\",scope=\"total\"} 0.15",
        "headrace_calibration_observed{from=\"0.6\",job_name=\"flight-delay\",scope=\"total\"} 0.6",
        "headrace_baseline{job_name=\"flight-delay\",name=\"majorityClassAccuracy\"} ",
        "headrace_ring_slots{job_name=\"flight-delay\"} 64",
        "headrace_ring_occupied_slots{job_name=\"flight-delay\"} ",
        "headrace_demand_blocks{job_name=\"flight-delay\"} 8",
        "headrace_source_lag_records{job_name=\"flight-delay\",partition=\"flights-0\"} ",
        "headrace_checkpoints_total{job_name=\"flight-delay\"} ",
        "headrace_rejections_total{job_name=\"flight-delay\",reason=\"malformed\"} ",
        "headrace_metrics_conflated_total{job_name=\"flight-delay\"} ",
        "headrace_events_undelivered_total{job_name=\"flight-delay\"} ",
        "jvm_memory_used_bytes{",
      })
  void exposesToPrometheus(String series) throws IOException, InterruptedException {
    HttpResponse<String> response = fetch("/prometheus");

    assertThat(response.statusCode()).isEqualTo(200);
    assertThat(response.body()).contains("\n" + series);
  }

  @Test
  void exposesTheCheckpointsAgeOnceThereIsOne() throws IOException, InterruptedException {
    for (int i = 0; i < 20; i++) {
      job.status();
    }

    assertThat(fetch("/prometheus").body())
        .contains("\nheadrace_checkpoint_age_seconds{job_name=\"flight-delay\"} ");
  }

  @Test
  void tellsOfAnUnknownPathAsProblemDetails() throws IOException, InterruptedException {
    HttpResponse<String> response = fetch("/api/v1/nothing");

    assertThat(response.statusCode()).isEqualTo(404);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(json(response.body()))
        .containsEntry("type", "about:blank")
        .containsEntry("title", "Not Found")
        .containsEntry("status", 404)
        .extractingByKey("detail")
        .asString()
        .contains("/api/v1/jobs/NAME/status");
    assertThat(json(response.body())).containsEntry("instance", "/api/v1/nothing");
  }

  @Test
  void keepsTheCauseOfAFailureToItself() throws IOException, InterruptedException {
    job.failing = true;

    HttpResponse<String> response = fetch("/api/v1/status");

    assertThat(response.statusCode()).isEqualTo(500);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(response.body()).contains("its log says why").doesNotContain("secret");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/",
        "/page.js",
        "/uplot/uPlot.esm.js",
        "/api/v1/status",
        "/health",
        "/prometheus",
        "/nothing"
      })
  void sendsSecurityHeadersWith(String path) throws IOException, InterruptedException {
    HttpResponse<String> response = fetch(path);

    assertThat(response.headers().firstValue("X-Content-Type-Options")).contains("nosniff");
    assertThat(response.headers().firstValue("X-Frame-Options")).contains("DENY");
    assertThat(response.headers().firstValue("Content-Security-Policy"))
        .hasValueSatisfying(
            policy ->
                assertThat(policy)
                    .startsWith("default-src 'none'")
                    .doesNotContain("unsafe", "http"));
  }

  @Test
  void servesEveryResourceThatThePageNames() throws IOException, InterruptedException {
    HttpResponse<String> page = fetch("/");
    assertThat(page.headers().firstValue("Content-Type"))
        .hasValueSatisfying(type -> assertThat(type).startsWith("text/html"));

    Matcher named = Pattern.compile("(?:href|src)=\"(/[^\"]+)\"").matcher(page.body());
    assertThat(named.results().map(result -> result.group(1)))
        .hasSizeGreaterThan(4)
        .allSatisfy(path -> assertThat(fetch(path).statusCode()).isEqualTo(200));
    assertThat(page.body()).doesNotContain("http://", "https://", "style=\"");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/beans", "/env", "/stop", "/refresh", "/loggers", "/routes", "/threaddump"})
  void offersNoOtherManagementEndpoint(String path) throws IOException, InterruptedException {
    assertThat(fetch(path).statusCode()).isEqualTo(404);
  }

  @Test
  void saysWhichPortIsTakenAndHowToChooseAnother() throws IOException {
    try (var other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      int port = other.getLocalPort();

      assertThatThrownBy(() -> HttpService.start("127.0.0.1", port, job.served()))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContainingAll("127.0.0.1:" + port, "--port")
          .hasMessageNotContaining("\n");
    }
  }

  @Test
  void refusesAPortThatIsNone() {
    assertThatThrownBy(() -> HttpService.start("127.0.0.1", 70_000, job.served()))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("--port 70000");
  }

  @Test
  void freesItsPortWhenClosed() throws InterruptedException {
    HttpService first = HttpService.start("127.0.0.1", 0, job.served());
    int port = first.uri().getPort();
    first.close();

    try (var second = MovingJob.serveAgain(port, job)) {
      assertThat(second.uri().getPort()).isEqualTo(port);
    }
  }

  private HttpResponse<String> fetch(String path) throws IOException, InterruptedException {
    return fetch(service, path);
  }

  private HttpResponse<String> fetch(HttpService from, String path)
      throws IOException, InterruptedException {
    return client.send(request(from, path), BodyHandlers.ofString());
  }

  private static HttpRequest request(HttpService of, String path) {
    return HttpRequest.newBuilder(of.uri().resolve(path)).timeout(Duration.ofSeconds(20)).build();
  }

  private static Map<String, Object> json(String text) throws IOException {
    return ObjectMapper.getDefault().readValue(text, Argument.mapOf(String.class, Object.class));
  }

  @SuppressWarnings("unchecked") // A JSON object has no other keys than strings.
  private static Map<String, Object> part(Map<String, Object> of, String name) {
    return (Map<String, Object>) requireNonNull(of.get(name), name);
  }

  private static long number(Map<String, Object> of, String name) {
    return ((Number) requireNonNull(of.get(name), name)).longValue();
  }
}
