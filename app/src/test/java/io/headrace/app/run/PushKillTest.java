package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.app.Main;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Ports;
import io.headrace.app.broker.Topics;
import java.io.IOException;
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
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process that samples are pushed to is killed, with no chance to tidy up, and started again:
 * every sample is learned once, and the model ends as that of a process that was never killed.
 * {@code -Dpush.kills=N} sets how often.
 */
class PushKillTest {
  private static final int KILLS = Integer.getInteger("push.kills", 3);
  private static final long SEED = 20260401;
  private static final int REQUESTS = 100 * (KILLS + 1);
  private static final int ROWS = 64;
  private static final int SAMPLES = REQUESTS * ROWS;
  private static final String[] AIRPORTS = {"ORD", "LGA", "SFO", "LAX", "HNL", "OGG", "ATL", "MIA"};

  @TempDir private Path folder;

  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger tries = new AtomicInteger();

  @Test
  void everySampleThatALogKeepsIsLearnedOnceHoweverOftenItIsKilled() throws Exception {
    List<Long> firsts =
        killAndCompare(
            name ->
                List.of(
                    "source.http.directory=" + folder.resolve(name + "-log"),
                    "source.http.segment-bytes=50000"));
    for (int i = 0; i < REQUESTS; i++) {
      assertThat(firsts.get(i))
          .as("position of request %d, seed %d", i, SEED)
          .isEqualTo((long) i * ROWS);
    }
    assertThat(segments()).as("files of the log that checkpoints cover are deleted").isLessThan(10);
  }

  @Test
  void everySampleThatATopicKeepsIsLearnedOnceHoweverOftenItIsKilled() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
        Topics topics = Topics.at(broker.bootstrapServers())) {
      List<Long> firsts =
          killAndCompare(
              name -> {
                topics.createIfMissing(name, 1);
                return List.of(
                    "source.http.acknowledge=kafka",
                    "source.http.topic=" + name,
                    "source.http.bootstrap=" + broker.bootstrapServers());
              });
      assertThat(firsts).as("positions, seed %d", SEED).isSorted().doesNotHaveDuplicates();
    }
  }

  /**
   * Gives the first positions of all requests.
   *
   * @param place settings of what keeps the samples of a run
   */
  private List<Long> killAndCompare(Function<String, List<String>> place) throws Exception {
    JsonNode whole = runWhole(place.apply("whole"));

    var random = new Random(SEED);
    int port = Ports.free(0);
    List<String> settings = place.apply("killed");
    Process process = start("killed", port, settings);
    CompletableFuture<List<Long>> pushed = pushAll(port);
    int killed = 0;
    for (int i = 0; i < KILLS; i++) {
      int until = 100 * i + 10 + random.nextInt(80);
      while (answered.get() < until) {
        assertThat(pushed.isCompletedExceptionally()).isFalse();
        Thread.sleep(1);
      }
      Thread.sleep(random.nextInt(5));
      killed += process.isAlive() && !pushed.isDone() ? 1 : 0;
      process.destroyForcibly().waitFor();
      process = start("killed", port, settings);
    }
    List<Long> firsts = pushed.get(5, TimeUnit.MINUTES);
    JsonNode resumed = finish("killed", process, port);

    assertThat(killed).as("kills while a client pushed, seed %d", SEED).isEqualTo(KILLS);
    assertThat(tries.get()).as("tries that a kill cut off").isGreaterThan(REQUESTS);
    assertThat(resumed.path("samplesTrained").asLong()).isEqualTo(SAMPLES);
    assertThat(resumed.path("samplesRead").asLong()).isEqualTo(SAMPLES);
    assertThat(resumed.path("samplesRejected").asLong()).isZero();
    assertThat(resumed.path("metrics")).isEqualTo(whole.path("metrics"));
    assertThat(resumed.path("parametersSha256")).isEqualTo(whole.path("parametersSha256"));
    return firsts;
  }

  private JsonNode runWhole(List<String> settings) throws Exception {
    int port = Ports.free(0);
    Process process = start("whole", port, settings);
    pushAll(port).get(5, TimeUnit.MINUTES);
    JsonNode report = finish("whole", process, port);
    answered.set(0);
    tries.set(0);
    return report;
  }

  /** Stops the process in order once it has trained everything. */
  private JsonNode finish(String name, Process process, int port) throws Exception {
    URI status = URI.create("http://127.0.0.1:" + port + "/api/v1/status");
    long trained = 0;
    try (HttpClient client = HttpClient.newHttpClient()) {
      HttpRequest ask = HttpRequest.newBuilder(status).build();
      while (trained < SAMPLES) {
        assertThat(process.isAlive()).as(() -> read(name)).isTrue();
        Thread.sleep(20);
        String now = client.send(ask, BodyHandlers.ofString()).body();
        trained = new ObjectMapper().readTree(now).path("ledger").path("trained").asLong();
      }
    }
    process.destroy();
    assertThat(process.waitFor(1, TimeUnit.MINUTES)).isTrue();
    return CommandLineRun.report(folder.resolve(name + ".json"));
  }

  private Process start(String name, int port, List<String> settings) throws IOException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    command.addAll(
        List.of(
            "-XX:TieredStopAtLevel=1",
            "-cp",
            System.getProperty("java.class.path"),
            Main.class.getName(),
            "run",
            HOME.resolve("examples/push/job.yaml").toString(),
            "--report",
            folder.resolve(name + ".json").toString()));
    for (String override :
        List.of(
            "source.http.port=" + port,
            "dead-letters.file=" + folder.resolve(name + "-dead.avro"),
            "checkpoints.directory=" + folder.resolve(name),
            "checkpoints.every-samples=1000",
            "checkpoints.keep=2",
            "batch.linger-ms=600000")) {
      command.addAll(List.of("--set", override));
    }
    settings.forEach(setting -> command.addAll(List.of("--set", setting)));
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(folder.resolve(name + ".log").toFile()))
        .start();
  }

  /** Pushes every request in turn, each until it is answered; gives their first positions. */
  private CompletableFuture<List<Long>> pushAll(int port) {
    URI uri = URI.create("http://127.0.0.1:" + port + "/api/v1/samples");
    var random = new Random(SEED);
    List<String> bodies = new ArrayList<>();
    for (int i = 0; i < REQUESTS; i++) {
      bodies.add(body(random));
    }
    return CompletableFuture.supplyAsync(
        () -> {
          List<Long> firsts = new ArrayList<>();
          try (HttpClient client = HttpClient.newHttpClient()) {
            for (int i = 0; i < REQUESTS; i++) {
              firsts.add(pushUntilAnswered(client, uri, bodies.get(i), "request-" + i));
              answered.incrementAndGet();
            }
          } catch (InterruptedException e) {
            throw new IllegalStateException(e);
          }
          return firsts;
        });
  }

  private long pushUntilAnswered(HttpClient client, URI uri, String body, String key)
      throws InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(uri)
            .timeout(Duration.ofSeconds(10))
            .header("Content-Type", "application/x-ndjson")
            .header("Idempotency-Key", key)
            .POST(BodyPublishers.ofString(body))
            .build();
    while (true) {
      tries.incrementAndGet();
      try {
        HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
        if (answer.statusCode() == 200) {
          return new ObjectMapper().readTree(answer.body()).path("first").asLong();
        }
        assertThat(answer.statusCode()).as(answer.body()).isIn(429, 503);
      } catch (IOException e) {
        // It was killed, or is not there yet.
      }
      Thread.sleep(20);
    }
  }

  private static String body(Random random) {
    var body = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      int hour = random.nextInt(24);
      body.append(
          """
          {"origin":"%s","destination":"%s","distance":%d,"hour":%d,"weekday":%d,"late":"%s"}
          """
              .formatted(
                  AIRPORTS[random.nextInt(AIRPORTS.length)],
                  AIRPORTS[random.nextInt(AIRPORTS.length)],
                  100 + random.nextInt(2000),
                  hour,
                  1 + random.nextInt(7),
                  random.nextInt(24) < hour ? "late" : "on-time"));
    }
    return body.toString();
  }

  private long segments() throws IOException {
    try (Stream<Path> files = Files.list(folder.resolve("killed-log"))) {
      return files.filter(file -> file.toString().endsWith(".log")).count();
    }
  }

  private String read(String name) {
    try {
      return Files.readString(folder.resolve(name + ".log"), StandardCharsets.UTF_8);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
