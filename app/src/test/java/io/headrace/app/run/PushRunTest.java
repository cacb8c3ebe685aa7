package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.engine.StepResult;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.schemas.RejectedSample;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
import java.lang.management.ManagementFactory;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that clients push samples to, over real connections. */
class PushRunTest {
  private static final Path EXAMPLE = HOME.resolve("examples/push");
  private static final String LINES = "application/x-ndjson";
  private static final long HEAP_SLACK_BYTES = 40L << 20;

  @TempDir private Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
  }

  private JobSpec job(String... overrides) {
    List<String> all = new ArrayList<>();
    all.add("source.http.port=0");
    all.add("source.http.directory=" + folder.resolve("push"));
    all.add("checkpoints.directory=" + folder.resolve("checkpoints"));
    all.add("dead-letters.file=" + folder.resolve("dead.avro"));
    all.addAll(List.of(overrides));
    return JobFile.read(EXAMPLE.resolve("job.yaml"), all);
  }

  private static Attendant attend(JobSpec job) {
    return Attendant.start(
        job,
        false,
        false,
        "127.0.0.1",
        OptionalInt.empty(),
        false,
        new PrintWriter(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8));
  }

  private static URI samples(HttpService service) {
    return service.uri().resolve("/api/v1/samples");
  }

  private HttpResponse<String> post(URI uri, byte[] body, String... headers)
      throws IOException, InterruptedException {
    var request = HttpRequest.newBuilder(uri).POST(BodyPublishers.ofByteArray(body));
    if (headers.length > 0) {
      request.headers(headers);
    }
    return client.send(request.build(), BodyHandlers.ofString());
  }

  private HttpResponse<String> post(URI uri, String body, String... headers)
      throws IOException, InterruptedException {
    return post(uri, body.getBytes(StandardCharsets.UTF_8), headers);
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  private static void assertProblem(HttpResponse<String> response, int status, String detail)
      throws IOException {
    assertThat(response.statusCode()).as(response.body()).isEqualTo(status);
    assertThat(response.headers().firstValue("Content-Type")).contains("application/problem+json");
    JsonNode problem = json(response);
    assertThat(problem.path("status").asInt()).isEqualTo(status);
    assertThat(problem.path("instance").asText()).isEqualTo("/api/v1/samples");
    assertThat(problem.path("detail").asText()).contains(detail);
  }

  private static void awaitSettled(Attendant attendant, long records) throws InterruptedException {
    for (int i = 0; i < 3000 && attendant.settled() < records; i++) {
      Thread.sleep(10);
    }
    assertThat(attendant.settled()).isEqualTo(records);
  }

  @Test
  void theExampleLearnsWhatItsReadmePushes() throws Exception {
    byte[] flights = Files.readAllBytes(EXAMPLE.resolve("flights.jsonl"));
    try (Attendant attendant = attend(job())) {
      HttpService service = attendant.page().orElseThrow();
      HttpResponse<String> answer = post(samples(service), flights, "Content-Type", LINES);
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body())
          .isEqualTo("{\"partition\":\"http-0\",\"first\":0,\"next\":8,\"duplicate\":false}");
      assertThat(Files.readString(EXAMPLE.resolve("README.md"))).contains(answer.body());
      awaitSettled(attendant, 8);

      HttpRequest asked = HttpRequest.newBuilder(service.uri().resolve("/api/v1/status")).build();
      JsonNode status = json(client.send(asked, BodyHandlers.ofString()));
      assertThat(status.path("job").path("source").asText()).isEqualTo("POST /api/v1/samples");
      JsonNode partition = status.path("partitions").path(0);
      assertThat(partition.path("partition").asText()).isEqualTo("http-0");
      assertThat(partition.path("trained").asLong()).isEqualTo(8);
      assertThat(partition.path("lagRecords").asLong()).isZero();
    }
  }

  @Test
  void badRowsGoToTheDeadLettersAndTheOthersAreLearned() throws Exception {
    String good = Files.readAllLines(EXAMPLE.resolve("flights.jsonl")).getFirst();
    String bad = "{\"origin\":\"ORD\",\"late\":\"perhaps\"}";
    try (Attendant attendant = attend(job())) {
      URI uri = samples(attendant.page().orElseThrow());
      String body = good + "\n" + bad + "\n" + good + "\n" + "no json\n";
      assertThat(post(uri, body, "Content-Type", LINES).statusCode()).isEqualTo(200);
      awaitSettled(attendant, 4);
    }
    List<RejectedSample> letters = new ArrayList<>();
    try (var reader =
        new DataFileReader<>(
            folder.resolve("dead.avro").toFile(),
            new SpecificDatumReader<>(RejectedSample.class))) {
      reader.forEach(letters::add);
    }
    assertThat(letters).extracting(RejectedSample::getPosition).containsExactly(1L, 3L);
    assertThat(letters)
        .extracting(letter -> StandardCharsets.UTF_8.decode(letter.getPayload()).toString())
        .containsExactly(bad, "no json");
    assertThat(letters).extracting(letter -> letter.getSource().toString()).containsOnly("http");
  }

  @Test
  void aSecondTryWithItsKeyIsNotLearnedTwice() throws Exception {
    String flight = Files.readAllLines(EXAMPLE.resolve("flights.jsonl")).getFirst();
    String[] headers = {"Content-Type", LINES, "Idempotency-Key", "one"};
    try (Attendant attendant = attend(job())) {
      URI uri = samples(attendant.page().orElseThrow());
      assertThat(json(post(uri, flight, headers)).path("duplicate").asBoolean()).isFalse();
      assertThat(json(post(uri, flight, headers)).path("duplicate").asBoolean()).isTrue();
      assertProblem(post(uri, flight + "\n" + flight, headers), 422, "a key of its own");
      awaitSettled(attendant, 1);
    }
    try (Attendant attendant = attend(job())) {
      URI uri = samples(attendant.page().orElseThrow());
      HttpResponse<String> again = post(uri, flight, headers);
      assertThat(again.body())
          .isEqualTo("{\"partition\":\"http-0\",\"first\":0,\"next\":1,\"duplicate\":true}");
      post(uri, flight, "Content-Type", LINES);
      awaitSettled(attendant, 2);
    }
  }

  @Test
  void refusesWhatItCannotUseAndSaysWhatToDo() throws Exception {
    try (Attendant attendant = attend(job("source.http.max-request-bytes=20000"))) {
      URI uri = samples(attendant.page().orElseThrow());
      assertProblem(post(uri, "\n\n", "Content-Type", LINES), 400, "one on each line");
      assertProblem(post(uri, "", "Content-Type", LINES), 400, "Body");
      assertProblem(
          post(uri, "a=1", "Content-Type", "application/x-www-form-urlencoded"),
          415,
          "Say Content-Type: application/x-ndjson");
      assertProblem(post(uri, "x", "Content-Type", "text/plain"), 415, "not text/plain");
      String[] gzipped = {"Content-Type", LINES, "Content-Encoding", "gzip"};
      assertProblem(post(uri, gzip(new byte[1 << 20]), gzipped), 413, "maximum");
      String[] otherwise = {"Content-Type", LINES, "Content-Encoding", "compress"};
      assertProblem(post(uri, "x", otherwise), 415, "or unpacked");
      assertThat(post(uri, "x".repeat(20_001), "Content-Type", LINES).statusCode()).isEqualTo(413);
      assertThat(attendant.settled()).isZero();

      byte[] flight = Files.readAllBytes(EXAMPLE.resolve("flights.jsonl"));
      assertThat(post(uri, gzip(flight), gzipped).statusCode()).isEqualTo(200);
      awaitSettled(attendant, 8);
    }
  }

  private static byte[] gzip(byte[] bytes) throws IOException {
    var packed = new ByteArrayOutputStream();
    try (var gzip = new GZIPOutputStream(packed)) {
      gzip.write(bytes);
    }
    return packed.toByteArray();
  }

  @Test
  void aPushedContainerTeachesTheSameAsItsFile() throws Exception {
    long wholeBatches = 300_000 / 64 * 64;
    String yaml =
        Files.readString(EXAMPLE.resolve("job.yaml"))
            .replaceFirst("http: \\{[^}]*}", "file: {path: flights.avro, format: avro}");
    JobSpec file =
        JobFile.parse(
            "file.yaml",
            yaml,
            List.of(
                "checkpoints.directory=" + folder.resolve("file"),
                "dead-letters.file=" + folder.resolve("file.avro")),
            FLIGHTS);
    String expected;
    try (JobRun run =
        JobRun.start(
            file, new JobRun.Options(List.of(), OptionalLong.of(wholeBatches), step -> {}))) {
      run.await();
      expected = run.trainer().parametersSha256();
    }

    JobSpec pushed =
        job(
            "source.http.format=avro",
            "source.http.max-request-bytes=67108864",
            "batch.linger-ms=600000");
    byte[] flights = Files.readAllBytes(FLIGHTS.resolve("flights.avro"));
    try (Attendant attendant = attend(pushed)) {
      URI uri = samples(attendant.page().orElseThrow());
      byte[] half = Arrays.copyOf(flights, flights.length / 2);
      assertProblem(
          post(uri, half, "Content-Type", "application/avro"), 400, "no whole Avro container");
      HttpResponse<String> answer = post(uri, flights, "Content-Type", "application/avro");
      assertThat(json(answer).path("next").asLong()).as(answer.body()).isEqualTo(300_000);
      awaitSettled(attendant, wholeBatches);
      attendant.attend(() -> true);
      assertThat(attendant.finish(null).parametersSha256()).isEqualTo(expected);
    }
  }

  @Test
  void answersThatItIsFullWhileTheEngineIsSlowAndKeepsTheHeapFlat() throws Exception {
    var go = new CountDownLatch(1);
    JobSpec job =
        job("source.http.max-backlog-bytes=1000000", "source.http.max-request-bytes=100000");
    var options = new JobRun.Options(List.of(), OptionalLong.empty(), step -> hold(go, step));
    String flight = Files.readAllLines(EXAMPLE.resolve("flights.jsonl")).getFirst() + "\n";
    byte[] body = flight.repeat(500).getBytes(StandardCharsets.UTF_8);
    try (JobRun run = JobRun.start(job, options);
        HttpService service =
            HttpService.start(Exposure.local(0), new RunView(run, new LastCheckpoint()).served())) {
      URI uri = samples(service);
      long accepted = 0;
      HttpResponse<String> answer = post(uri, body, "Content-Type", LINES);
      while (answer.statusCode() != 429) {
        accepted += answer.statusCode() == 200 ? 500 : 0;
        answer = post(uri, body, "Content-Type", LINES);
      }
      assertProblem(answer, 429, "max-backlog-bytes is 1000000");
      assertThat(answer.headers().firstValue("Retry-After")).contains("1");

      long heap = usedHeap();
      for (int i = 0; i < 2000; i++) {
        int status = post(uri, body, "Content-Type", LINES).statusCode();
        accepted += status == 200 ? 500 : 0;
        assertThat(status).isIn(200, 429);
      }
      assertThat(usedHeap() - heap).isLessThan(HEAP_SLACK_BYTES);
      assertThat(run.push().orElseThrow().status().backlogBytes()).isLessThan(1_000_001);

      go.countDown();
      TrainingStatus status = run.status();
      for (int i = 0; i < 3000 && status.ledger().trained() < accepted; i++) {
        Thread.sleep(10);
        status = run.status();
      }
      assertThat(status.ledger().trained()).isEqualTo(accepted);
      assertThat(post(uri, body, "Content-Type", LINES).statusCode()).isEqualTo(200);
    }
  }

  private static void hold(CountDownLatch until, StepResult step) {
    try {
      until.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the trainer at step " + step.step(), e);
    }
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  @Test
  void aJobWithAnotherSourceSaysThatItTakesNone() throws Exception {
    JobSpec job =
        JobFile.read(
            FLIGHTS.resolve("job.yaml"),
            List.of("checkpoints.directory=" + folder.resolve("checkpoints")));
    try (JobRun run = JobRun.start(job, JobRun.Options.NONE);
        HttpService service =
            HttpService.start(Exposure.local(0), new RunView(run, new LastCheckpoint()).served())) {
      assertProblem(post(samples(service), "x", "Content-Type", LINES), 404, "source: {http");
    }
  }
}
