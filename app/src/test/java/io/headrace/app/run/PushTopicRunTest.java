package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobSpec;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintWriter;
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
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that clients push samples to and that a real broker keeps them for. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class PushTopicRunTest {
  private static final Path EXAMPLE = HOME.resolve("examples/push");

  @TempDir private static Path folder;

  private final HttpClient client = HttpClient.newHttpClient();

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @BeforeAll
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
  }

  @AfterAll
  void stop() {
    client.close();
    broker.close();
  }

  private JobSpec job(String topic, String... overrides) {
    try (Topics topics = Topics.at(broker.bootstrapServers())) {
      topics.createIfMissing(topic, 1);
    }
    List<String> all = new ArrayList<>();
    all.add("source.http.port=0");
    all.add("source.http.acknowledge=kafka");
    all.add("source.http.topic=" + topic);
    all.add("source.http.bootstrap=" + broker.bootstrapServers());
    all.add("checkpoints.directory=" + folder.resolve(topic));
    all.add("dead-letters.file=" + folder.resolve(topic + ".avro"));
    all.addAll(List.of(overrides));
    return JobFile.read(EXAMPLE.resolve("job.yaml"), all);
  }

  private static Attendant attend(JobSpec job) {
    var out = new PrintWriter(new ByteArrayOutputStream(), false, StandardCharsets.UTF_8);
    return Attendant.start(job, false, false, "127.0.0.1", OptionalInt.empty(), false, out);
  }

  private HttpResponse<String> post(Attendant attendant, byte[] body, String type, String key)
      throws IOException, InterruptedException {
    URI uri = attendant.page().orElseThrow().uri().resolve("/api/v1/samples");
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .header("Content-Type", type)
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofByteArray(body))
            .build();
    return client.send(request, BodyHandlers.ofString());
  }

  private static JsonNode json(HttpResponse<String> response) throws IOException {
    return new ObjectMapper().readTree(response.body());
  }

  private static void awaitSettled(Attendant attendant, long records) throws InterruptedException {
    for (int i = 0; i < 6000 && attendant.settled() < records; i++) {
      Thread.sleep(10);
    }
    assertThat(attendant.settled()).isEqualTo(records);
  }

  @Test
  void learnsOnceWhatATopicKeepsAlsoAcrossARestart() throws Exception {
    byte[] flights = Files.readAllBytes(EXAMPLE.resolve("flights.jsonl"));
    String type = "application/x-ndjson";
    JobSpec job = job("pushed");
    try (Attendant attendant = attend(job)) {
      HttpResponse<String> answer = post(attendant, flights, type, "one");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(answer.body())
          .isEqualTo("{\"partition\":\"pushed-0\",\"first\":0,\"next\":8,\"duplicate\":false}");
      assertThat(json(post(attendant, flights, type, "one")).path("duplicate").asBoolean())
          .isTrue();
      assertThat(post(attendant, new byte[] {'x'}, type, "one").statusCode()).isEqualTo(422);
      awaitSettled(attendant, 8);
    }
    try (Attendant attendant = attend(job)) {
      JsonNode again = json(post(attendant, flights, type, "one"));
      assertThat(again.path("duplicate").asBoolean()).isTrue();
      assertThat(again.path("first").asLong()).isZero();
      JsonNode next = json(post(attendant, flights, type, "two"));
      assertThat(next.path("first").asLong()).as("behind the end of a transaction").isEqualTo(9);
      assertThat(next.path("next").asLong()).isEqualTo(17);
      awaitSettled(attendant, 16);
    }
  }

  @Test
  void makesMessagesOfTheRecordsOfAContainer() throws Exception {
    JobSpec job =
        job(
            "containers",
            "source.http.format=avro",
            "source.http.schema=" + FLIGHTS.resolve("flight.avsc"),
            "source.http.max-request-bytes=67108864");
    byte[] flights = Files.readAllBytes(FLIGHTS.resolve("flights.avro"));
    try (Attendant attendant = attend(job)) {
      HttpResponse<String> answer = post(attendant, flights, "application/avro", "all");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
      assertThat(json(answer).path("next").asLong()).isEqualTo(300_000);
      awaitSettled(attendant, 300_000);
      attendant.attend(() -> true);
      assertThat(attendant.finish(null).samplesRejected()).isZero();
    }
  }

  @Test
  void refusesARecordThatNoMessageHolds() throws Exception {
    String type = "application/x-ndjson";
    byte[] flights = Files.readAllBytes(EXAMPLE.resolve("flights.jsonl"));
    byte[] large =
        ("{\"origin\":\"" + "x".repeat(1 << 20) + "\"}").getBytes(StandardCharsets.UTF_8);
    try (Attendant attendant = attend(job("large"))) {
      HttpResponse<String> answer = post(attendant, large, type, "one");
      assertThat(answer.statusCode()).as(answer.body()).isEqualTo(413);
      assertThat(json(answer).path("detail").asText())
          .contains("Record 0 has 1048589 bytes", "may have 1047552", "max.request.size");
      assertThat(post(attendant, flights, type, "two").statusCode()).isEqualTo(200);
      awaitSettled(attendant, 8);
    }
  }

  @Test
  void refusesWhileTheBrokerIsAwayAndTakesItAgainBehindThat() throws Exception {
    byte[] flights = Files.readAllBytes(EXAMPLE.resolve("flights.jsonl"));
    String type = "application/x-ndjson";
    Path directory = folder.resolve("broker-that-stops");
    EmbeddedBroker first = EmbeddedBroker.start(directory, 0);
    int port = first.port();
    JobSpec job =
        job(
            "stopping",
            "source.http.bootstrap=" + first.bootstrapServers(),
            "source.http.properties.\"max.block.ms\"=2000",
            "source.http.properties.\"delivery.timeout.ms\"=2000",
            "source.http.properties.\"request.timeout.ms\"=1500");
    try (Topics topics = Topics.at(first.bootstrapServers())) {
      topics.createIfMissing("stopping", 1);
    }
    try (Attendant attendant = attend(job)) {
      assertThat(post(attendant, flights, type, "one").statusCode()).isEqualTo(200);
      first.close();
      HttpResponse<String> refused = post(attendant, flights, type, "two");
      assertThat(refused.statusCode()).as(refused.body()).isEqualTo(503);
      assertThat(refused.headers().firstValue("Retry-After")).contains("1");
      try (EmbeddedBroker second = EmbeddedBroker.start(directory, port)) {
        HttpResponse<String> taken = post(attendant, flights, type, "two");
        for (int i = 0; i < 60 && taken.statusCode() == 503; i++) {
          Thread.sleep(100);
          taken = post(attendant, flights, type, "two");
        }
        assertThat(taken.statusCode()).as(taken.body()).isEqualTo(200);
        awaitSettled(attendant, 16);
        attendant.attend(() -> true);
        assertThat(second.port()).isEqualTo(port);
      }
    }
  }
}
