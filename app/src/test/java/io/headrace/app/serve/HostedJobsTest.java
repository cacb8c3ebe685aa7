package io.headrace.app.serve;

import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Real jobs beside each other in one process. */
class HostedJobsTest {
  private static final Path FLIGHTS = HOME.resolve("examples/push/flights.jsonl");

  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
  }

  /** A job on flights, whose checkpoints are in a folder of its name. */
  private Path job(String file, String name, String source, String more) throws IOException {
    return Files.writeString(
        folder.resolve(file),
        """
        name: %s
        source: {%s}
        sample:
          label: {field: late, classes: [on-time, late]}
          inputs:
            features: {sparse: {fields: [origin, destination, distance, hour, weekday], scale: {distance: %s}, bits: 18}}
        model:
          - linear: {input: features}
        loss: logistic
        checkpoints: {directory: %s}
        batch: {size: 4, linger-ms: 5}
        %s
        """
            .formatted(
                name,
                source,
                more.equals(DIVERGING) ? 1e30 : 0.001,
                folder.resolve("checkpoints-" + name),
                more));
  }

  private String pushed() {
    return "http: {format: jsonl, directory: " + folder.resolve("log") + "}";
  }

  private static String file() {
    return "file: {path: " + FLIGHTS + ", format: jsonl}";
  }

  private static final String SOUND = "optimizer: {ftrl: {learning-rate: 1.0}}";
  private static final String DIVERGING =
      "optimizer: {sgd: {learning-rate: 1.0e6}}\non-divergence: {action: stop}\nepochs: 50";

  private JsonNode send(HttpService http, String method, String path, int expected)
      throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(http.uri().resolve(path))
            .method(
                method,
                path.endsWith("/samples")
                    ? BodyPublishers.ofFile(FLIGHTS)
                    : BodyPublishers.noBody())
            .build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).as(path + " " + answer.body()).isEqualTo(expected);
    return new ObjectMapper().readTree(answer.body());
  }

  private String text(HttpService http, String path) throws IOException, InterruptedException {
    return client
        .send(HttpRequest.newBuilder(http.uri().resolve(path)).build(), BodyHandlers.ofString())
        .body();
  }

  private static HostedJobs open(Path... given) {
    return HostedJobs.read(List.of(given), JobOverrides.NONE, Optional.empty());
  }

  private JsonNode awaitState(HttpService http, String job, String state)
      throws IOException, InterruptedException {
    for (int i = 0; ; i++) {
      JsonNode status = send(http, "GET", "/api/v1/jobs/" + job + "/status", 200);
      if (status.at("/job/state").asText().equals(state)) {
        return status;
      }
      assertThat(i).as(status.toString()).isLessThan(1000);
      Thread.sleep(20);
    }
  }

  private void awaitTrained(HttpService http, String job, long samples)
      throws IOException, InterruptedException {
    for (int i = 0; ; i++) {
      JsonNode status = send(http, "GET", "/api/v1/jobs/" + job + "/status", 200);
      if (status.at("/ledger/trained").asLong() == samples) {
        return;
      }
      assertThat(i).as(status.toString()).isLessThan(1000);
      Thread.sleep(20);
    }
  }

  @Test
  void oneJobFailsAnotherEndsAThirdIsStoppedAndStartedAgainAndNoneMindsTheOthers()
      throws Exception {
    Path finite = job("finite.yaml", "finite", file(), SOUND + "\nserve: {refresh-ms: 10}");
    job("a.yaml", "pushed", pushed(), SOUND);
    job("b.yaml", "diverging", file(), DIVERGING);
    Path named = Files.move(finite, Files.createDirectory(folder.resolve("x")).resolve("f.yaml"));
    var out = new StringWriter();
    var stop = new AtomicBoolean();
    try (var jobs = open(named, folder)) {
      jobs.start(new PrintWriter(out));
      try (var http = HttpService.start(Exposure.local(0), jobs)) {
        var end =
            CompletableFuture.supplyAsync(
                () -> jobs.attend(stop::get, false, new PrintWriter(out)));

        JsonNode failed = awaitState(http, "diverging", "failed");
        assertThat(failed.at("/job/message").asText()).contains("loss");
        JsonNode finished = awaitState(http, "finite", "finished");
        assertThat(finished.at("/ledger/trained").asLong()).isEqualTo(8);

        send(http, "POST", "/api/v1/jobs/pushed/samples", 200);
        awaitTrained(http, "pushed", 8);
        assertThat(send(http, "POST", "/api/v1/jobs/finite/samples", 404).at("/detail").asText())
            .contains("takes no samples");
        assertThat(send(http, "GET", "/api/v1/status", 404).at("/detail").asText())
            .contains("/api/v1/jobs/NAME/", "finite, pushed, diverging");
        send(http, "GET", "/api/v1/jobs/nobody/status", 404);

        assertThat(send(http, "GET", "/api/v1/jobs", 200))
            .extracting(line -> line.path("name").asText() + " " + line.path("state").asText())
            .containsExactly("finite finished", "pushed running", "diverging failed");
        assertThat(send(http, "GET", "/health", 200).toString())
            .contains("\"status\":\"UP\"", "\"state\":\"failed\"", "\"state\":\"running\"");
        assertThat(text(http, "/prometheus"))
            .contains(
                "headrace_steps_total{job_name=\"finite\"} 2",
                "headrace_steps_total{job_name=\"pushed\"} 2",
                "headrace_state{job_name=\"diverging\",state=\"failed\"} 1",
                "headrace_state{job_name=\"pushed\",state=\"failed\"} 0");

        JsonNode stopped = send(http, "POST", "/api/v1/jobs/pushed/stop", 200);
        assertThat(stopped.at("/job/state").asText()).isEqualTo("stopped");
        assertThat(send(http, "POST", "/api/v1/jobs/pushed/stop", 409).at("/detail").asText())
            .contains("it is stopped");
        send(http, "POST", "/api/v1/jobs/pushed/samples", 503);
        send(http, "POST", "/api/v1/jobs/pushed/start", 200);
        send(http, "POST", "/api/v1/jobs/pushed/start", 409);
        assertThat(send(http, "POST", "/api/v1/jobs/pushed/pause", 200).at("/job/state").asText())
            .isEqualTo("paused");
        send(http, "POST", "/api/v1/jobs/pushed/resume", 200);
        send(http, "POST", "/api/v1/jobs/pushed/samples", 200);
        awaitTrained(http, "pushed", 16);
        assertThat(send(http, "POST", "/api/v1/jobs/pushed/checkpoints", 201).at("/step").asInt())
            .isEqualTo(4);
        assertThat(send(http, "GET", "/api/v1/jobs/finite/checkpoints", 200)).hasSize(1);

        stop.set(true);
        assertThat(end.get()).as("whether none failed").isFalse();
        assertThat(out.toString())
            .containsOnlyOnce("finite  8 samples")
            .contains("diverging", "failed", "finished", "pushed  16 samples", "stopped");
      }
    }
  }

  @Test
  void aJobFileThatComesLaterIsListedAndStartedWhenSomebodyAsks() throws Exception {
    job("a.yaml", "first", pushed(), SOUND);
    var out = new PrintWriter(new StringWriter());
    try (var jobs = open(folder)) {
      jobs.start(out);
      try (var http = HttpService.start(Exposure.local(0), jobs)) {
        send(http, "GET", "/api/v1/status", 200); // of the only job
        job("later.yaml", "second", file(), SOUND);
        Files.writeString(folder.resolve("wrong.yaml"), "name: third\nsauce: {}\n");

        assertThat(send(http, "GET", "/api/v1/jobs", 200))
            .extracting(line -> line.path("name").asText() + " " + line.path("state").asText())
            .containsExactly("first running", "second stopped", "wrong failed");
        assertThat(send(http, "POST", "/api/v1/jobs/wrong/start", 409).at("/detail").asText())
            .contains("sauce");
        send(http, "POST", "/api/v1/jobs/second/start", 200);
        awaitState(http, "second", "finished");
        job("wrong.yaml", "third", file(), SOUND);
        send(http, "POST", "/api/v1/jobs/wrong/start", 200);
        awaitState(http, "third", "finished");

        Files.delete(folder.resolve("later.yaml"));
        assertThat(send(http, "GET", "/api/v1/jobs", 200)).hasSize(2);
      }
    }
  }

  @Test
  void aJobLearnsTheSameInCompany() throws Exception {
    Path alone = job("alone.yaml", "alone", file(), SOUND + "\nepochs: 20");
    job("company.yaml", "company", file(), SOUND + "\nepochs: 20");
    Path report = folder.resolve("report.json");
    CommandLineRun.of("run", alone, "--report", report).mustSucceed();
    Files.delete(alone);
    job("beside.yaml", "beside", file(), SOUND + "\nepochs: 20");
    try (var jobs = open(folder)) {
      jobs.start(new PrintWriter(new StringWriter()));
      assertThat(jobs.attend(() -> false, true, new PrintWriter(new StringWriter()))).isTrue();
      assertThat(jobs.all())
          .hasSize(2)
          .allSatisfy(
              job ->
                  assertThat(job.status().status().metrics().total().get("loss"))
                      .isEqualTo(CommandLineRun.report(report).path("loss").asDouble()));
    }
  }

  @Test
  void theCommandEndsWithItsJobsWhereThatIsAskedFor() throws Exception {
    Path sound = job("sound.yaml", "sound", file(), SOUND);
    Path diverging = job("diverging.yaml", "diverging", file(), DIVERGING);
    CommandLineRun well = CommandLineRun.of("serve", sound, "--port", 0, "--exit");
    well.mustSucceed();
    assertThat(well.out()).contains("Page: http://127.0.0.1:", "sound  8 samples", "finished");
    CommandLineRun half = CommandLineRun.of("serve", sound, diverging, "--port", 0, "--exit");
    assertThat(half.status()).isEqualTo(1);
    assertThat(half.out()).contains("sound  8 samples", "finished", "diverging", "failed");
  }

  @Test
  void settingsDataAndReportsAreForEachJob() throws Exception {
    String relative = "file: {path: flights.jsonl, format: jsonl}";
    String test = "\ntest: {file: {path: flights.jsonl, format: jsonl}}";
    Path twice = job("twice.yaml", "two", relative, SOUND + test);
    Path once = job("once.yaml", "one", relative, SOUND);
    Path reports = folder.resolve("reports");
    List<Object> common =
        List.of("serve", twice, once, "--port", 0, "--exit", "--data", FLIGHTS.getParent());
    List<Object> all = new ArrayList<>(common);
    all.addAll(List.of("--report", reports, "--set", "twice/epochs=2", "--set", "batch.size=2"));

    CommandLineRun run = CommandLineRun.of(all.toArray());

    assertThat(run.status()).as(run.err() + run.out()).isZero();
    assertThat(run.out()).contains("two  16 samples", "one  8 samples").containsOnlyOnce("test: ");
    JsonNode two = CommandLineRun.report(reports.resolve("two.json"));
    assertThat(two.path("samplesTrained").asInt()).isEqualTo(16);
    assertThat(two.path("steps").asInt()).isEqualTo(8);
    assertThat(two.at("/test/samples").asInt()).isEqualTo(8);
    JsonNode one = CommandLineRun.report(reports.resolve("one.json"));
    assertThat(one.path("samplesTrained").asInt()).isEqualTo(8);
    assertThat(one.has("test")).isFalse();

    List<Object> nobody = new ArrayList<>(common);
    nobody.addAll(List.of("--set", "thrice/epochs=3"));
    CommandLineRun refused = CommandLineRun.of(nobody.toArray());
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains("--set thrice/epochs=3", "thrice.yaml", "twice, once");
  }

  @Test
  void whatHappenedIsKnownWhenTheJobIsStoppedAndStartedAgain() throws Exception {
    job("a.yaml", "pushed", pushed(), SOUND);
    try (var jobs = open(folder)) {
      jobs.start(new PrintWriter(new StringWriter()));
      try (var http = HttpService.start(Exposure.local(0), jobs)) {
        send(http, "POST", "/api/v1/samples", 200);
        awaitTrained(http, "pushed", 8);
        String name = send(http, "POST", "/api/v1/checkpoints", 201).path("name").asText();
        send(http, "POST", "/api/v1/checkpoints/" + name + "/restore", 200);
        JsonNode told = send(http, "GET", "/api/v1/events", 200);
        assertThat(told).extracting(event -> event.path("code").asText()).contains("restored");

        send(http, "POST", "/api/v1/stop", 200);
        assertThat(send(http, "GET", "/api/v1/events", 200)).containsAll(told);
        send(http, "POST", "/api/v1/start", 200);
        assertThat(send(http, "GET", "/api/v1/events", 200)).containsAll(told);
        assertThat(send(http, "GET", "/api/v1/status", 200).path("events")).containsAll(told);
      }
    }
  }

  @Test
  void jobsThatWouldGetInEachOthersWayAreRefusedBeforeOneStarts() throws Exception {
    Path first = job("first.yaml", "one", file(), SOUND);
    Path same = job("same.yaml", "one", file(), SOUND);
    assertRefused(first, same, "same.yaml: name: one is the name of the job in", "first.yaml");

    String letters = "\ndead-letters: {file: " + folder.resolve("dead.avro") + "}";
    Path left = job("left.yaml", "left", file(), SOUND + letters);
    Path right = job("right.yaml", "right", file(), SOUND + letters);
    assertRefused(left, right, "right.yaml: dead-letters.file:", "belongs to left");

    Path ours = job("ours.yaml", "ours", file(), SOUND + "\naccess: {tokens: a.json}");
    Path theirs = job("theirs.yaml", "theirs", file(), SOUND + "\naccess: {tokens: b.json}");
    assertRefused(ours, theirs, "theirs.yaml: access: differs", "Give all the same");

    Path empty = Files.createDirectory(folder.resolve("empty"));
    CommandLineRun none = CommandLineRun.of("serve", empty);
    assertThat(none.status()).isEqualTo(1);
    assertThat(none.err()).contains("no job file (*.yaml)", "Put one there");
  }

  private static void assertRefused(Path first, Path second, String... why) {
    CommandLineRun refused = CommandLineRun.of("serve", first, second, "--port", 0);
    assertThat(refused.status()).isEqualTo(1);
    assertThat(refused.err()).contains(why);
  }
}
