package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Ledger;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What an operator may do over HTTP, and what a stranger may not. */
class ControlTest {
  private static final String FIRST = "checkpoint-000000000003.safetensors";
  private static final String LAST = "checkpoint-000000000007.safetensors";

  private final MovingJob job = new MovingJob();
  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir private Path folder;
  private HttpService service;

  @BeforeEach
  void start() throws IOException {
    Path stored = Files.createDirectories(folder.resolve("stored"));
    var store = DirectoryCheckpointStore.forWriting(stored, 9);
    for (long step : List.of(3L, 7L)) {
      store.write(
          new Checkpoint(
              "flight-delay",
              "spec",
              step,
              1_767_225_600_000L,
              Ledger.EMPTY,
              new TreeMap<>(),
              new TreeMap<>()));
    }
    store.markBest(FIRST);
    Files.writeString(folder.resolve("secret"), "of this machine");
    job.checkpoints = Optional.of(stored);
    job.stored = store.list();
    service = HttpService.start("127.0.0.1", 0, job.served(), Duration.ofSeconds(1));
  }

  @AfterEach
  void stop() {
    service.close();
    client.close();
  }

  @Test
  void pausesARunningJobOnceAndResumesIt() throws Exception {
    assertThat(post("/api/v1/pause").body()).contains("\"state\":\"paused\"");
    HttpResponse<String> again = post("/api/v1/pause");
    assertThat(again.statusCode()).isEqualTo(409);
    assertThat(again.headers().firstValue("Content-Type")).contains("application/problem+json");
    assertThat(again.body()).contains("The job is not running but paused");
    assertThat(post("/api/v1/resume").body()).contains("\"state\":\"running\"");
  }

  @Test
  void writesDownWhatWasDoneAlsoWhereNobodyIsAsked() throws Exception {
    post("/api/v1/pause");
    post("/api/v1/pause");
    assertThat(Files.readAllLines(folder.resolve("stored/audit.jsonl")))
        .satisfiesExactly(
            line -> assertThat(line).contains("\"anonymous\"", "/api/v1/pause", "\"done\""),
            line -> assertThat(line).contains("\"anonymous\"", "\"status\":409", "\"refused\""));
  }

  @Test
  void writesACheckpointAndSaysWhere() throws Exception {
    HttpResponse<String> written = post("/api/v1/checkpoints");
    assertThat(written.statusCode()).isEqualTo(201);
    assertThat(written.headers().firstValue("Location")).contains("/api/v1/checkpoints/" + LAST);
    assertThat(written.body()).contains("\"step\":7");
  }

  @Test
  void goesBackToACheckpointOfTheListAndSaysWhyNot() throws Exception {
    HttpResponse<String> restored = post("/api/v1/checkpoints/" + FIRST + "/restore");
    assertThat(restored.statusCode()).isEqualTo(200);
    assertThat(restored.body()).contains("\"state\":\"running\"");
    assertThat(job.restored).isEqualTo(FIRST);

    assertThat(post("/api/v1/checkpoints/..%2Fsecret/restore").statusCode()).isEqualTo(404);
    assertThat(job.restored).isEqualTo(FIRST);
    job.refusal = job.checkpoints.orElseThrow() + "/" + LAST + " is damaged.";
    HttpResponse<String> refused = post("/api/v1/checkpoints/" + LAST + "/restore");
    assertThat(refused.statusCode()).isEqualTo(409);
    assertThat(refused.body()).contains("\"" + LAST + " is damaged.\"");
    job.state = JobState.FAILED;
    assertThat(post("/api/v1/checkpoints/" + LAST + "/restore").statusCode()).isEqualTo(503);
  }

  @Test
  void isAuditedThoughNobodyIsAskedWhoTheyAre() throws Exception {
    var _ = post("/api/v1/pause");
    var _ = post("/api/v1/samples");
    var _ = post("/api/v1/predict");
    assertThat(Files.readAllLines(job.checkpoints.orElseThrow().resolve("audit.jsonl")))
        .singleElement(InstanceOfAssertFactories.STRING)
        .contains("\"who\":\"anonymous\"", "\"path\":\"/api/v1/pause\"", "\"outcome\":\"done\"");
  }

  @Test
  void saysWhyThereIsNoCheckpoint() throws Exception {
    job.diskFull = true;
    HttpResponse<String> full = post("/api/v1/checkpoints");
    assertThat(full.statusCode()).isEqualTo(503);
    assertThat(full.body()).contains("No space left");

    job.state = JobState.FINISHED;
    HttpResponse<String> ended = post("/api/v1/checkpoints");
    assertThat(ended.statusCode()).isEqualTo(409);
    assertThat(ended.body()).contains("The job has ended");

    job.checkpoints = Optional.empty();
    try (var without = HttpService.start("127.0.0.1", 0, job.served())) {
      HttpResponse<String> none = send(request(without, "/api/v1/checkpoints"));
      assertThat(none.statusCode()).isEqualTo(409);
      assertThat(none.body()).contains("keeps no checkpoints");
    }
  }

  @Test
  void listsShowsAndVerifiesCheckpoints() throws Exception {
    assertThat(get("/api/v1/checkpoints").body())
        .containsSubsequence(
            FIRST,
            "\"step\":3",
            "\"created\":\"2026-01-01T00:00:00Z\"",
            "\"best\":true",
            LAST,
            "\"best\":false");
    HttpResponse<String> shown = get("/api/v1/checkpoints/" + LAST);
    assertThat(shown.headers().firstValue("Content-Type")).contains("application/json");
    assertThat(shown.body()).contains("\"job\" : \"flight-delay\"", "\"step\" : 7", "\"tensors\"");
    assertThat(get("/api/v1/checkpoints/" + LAST + "/verify").body())
        .contains("\"whole\":true", "\"step\":7", "\"detail\":\"\"");
  }

  @Test
  void saysWhatIsWrongWithADamagedCheckpointButNotWhereItLies() throws Exception {
    Path file = folder.resolve("stored").resolve(LAST);
    byte[] bytes = Files.readAllBytes(file);
    bytes[bytes.length / 2] ^= 4;
    Files.write(file, bytes);

    HttpResponse<String> verified = get("/api/v1/checkpoints/" + LAST + "/verify");
    assertThat(verified.statusCode()).isEqualTo(200);
    assertThat(verified.body()).contains("\"whole\":false", LAST + " is damaged");
    HttpResponse<String> shown = get("/api/v1/checkpoints/" + LAST);
    assertThat(shown.statusCode()).isEqualTo(409);
    assertThat(List.of(verified.body(), shown.body()))
        .allSatisfy(body -> assertThat(body).doesNotContain(folder.toString()));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "..%2Fsecret",
        "..%2F..%2F..%2Fetc%2Fpasswd",
        "%2Fetc%2Fpasswd",
        "%2e%2e%2fsecret",
        "..%5Csecret",
        "..%252Fsecret",
        "checkpoint-000000000007.safetensors%00",
        "best",
        "..",
        "checkpoint-000000000099.safetensors"
      })
  void namesLeadToNoOtherFile(String name) throws Exception {
    for (String path :
        List.of("/api/v1/checkpoints/" + name, "/api/v1/checkpoints/" + name + "/verify")) {
      HttpResponse<String> response = get(path);
      assertThat(response.statusCode()).as(path).isIn(400, 404);
      assertThat(response.body()).doesNotContain("of this machine", "root:", folder.toString());
    }
  }

  @ParameterizedTest
  @CsvSource({
    "Origin, http://evil.example",
    "Origin, null",
    "Origin, http://127.0.0.1:1",
    "Origin, not a uri",
    "Sec-Fetch-Site, cross-site",
    "Sec-Fetch-Site, same-site",
    "Sec-Fetch-Site, none",
  })
  void pagesOfOtherSitesChangeNothing(String header, String value) throws Exception {
    for (String path :
        List.of("/api/v1/pause", "/api/v1/resume", "/api/v1/checkpoints", "/api/v1/samples")) {
      HttpResponse<String> refused =
          send(
              HttpRequest.newBuilder(uri(path))
                  .header(header, value)
                  .POST(HttpRequest.BodyPublishers.noBody())
                  .build());
      assertThat(refused.statusCode()).as(path).isEqualTo(403);
      if (header.startsWith("Sec")) { // the server itself refuses origins that are not this machine
        assertThat(refused.body()).contains("Only this service's own page");
      }
    }
    assertThat(job.state).isEqualTo(JobState.RUNNING);
  }

  @Test
  void ownPageMayAsk() throws Exception {
    String own = "http://127.0.0.1:" + service.uri().getPort();
    HttpRequest request =
        HttpRequest.newBuilder(uri("/api/v1/pause"))
            .header("Origin", own)
            .header("Sec-Fetch-Site", "same-origin")
            .POST(HttpRequest.BodyPublishers.noBody())
            .build();
    assertThat(send(request).statusCode()).isEqualTo(200);
  }

  private URI uri(String path) {
    return service.uri().resolve(path);
  }

  private HttpResponse<String> get(String path) throws IOException, InterruptedException {
    return send(HttpRequest.newBuilder(uri(path)).build());
  }

  private HttpResponse<String> post(String path) throws IOException, InterruptedException {
    return send(request(service, path));
  }

  private static HttpRequest request(HttpService of, String path) {
    return HttpRequest.newBuilder(of.uri().resolve(path))
        .POST(HttpRequest.BodyPublishers.noBody())
        .build();
  }

  private HttpResponse<String> send(HttpRequest request) throws IOException, InterruptedException {
    return client.send(request, BodyHandlers.ofString());
  }
}
