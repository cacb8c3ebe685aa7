package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.TrainEvent;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.StoredModel;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Running jobs that are taken back to an earlier checkpoint over HTTP. */
class RestoreTest {
  private static final String ROWS = "rows.csv";

  /**
   * Rows at the end that fill no batch: of a followed file the last row is not known to be whole.
   */
  private static final int PARTIAL = 3;

  private static final String COMMON =
      """
      sample:
        label: {field: label, classes: ["no", "yes"]}
        inputs:
          x: {sparse: {fields: [a, b], bits: 10}}
      model: [linear]
      loss: logistic
      optimizer: {ftrl: {learning-rate: 0.5}}
      batch: {size: 5, linger-ms: 600000}
      checkpoints: {every-samples: 1000000, keep: 3}
      """;

  @TempDir private Path folder;
  private final HttpClient client = HttpClient.newHttpClient();

  @AfterEach
  void close() {
    client.close();
  }

  @Test
  void aFollowedFileIsLearnedAgainFromThereToTheSameModel() throws Exception {
    try (JobRun run = followed("whole")) {
      appendAndLearn(run, 500);
    }
    String whole = parameters("whole");
    Files.delete(folder.resolve(ROWS));

    try (JobRun run = followed("restored");
        HttpService service = serve(run)) {
      threeCheckpoints(run);
      appendAndLearn(run, 400);
      String oldest = stored("restored").getFirst().name(); // the run's last would push it out
      assertThat(restore(service, oldest).body()).contains("\"state\":\"running\"");

      awaitTrained(run, 400);
      TrainingStatus again = run.status();
      assertThat(again.resumedSamples()).isEqualTo(100);
      assertThat(again.ledger().read()).isEqualTo(400);
      assertThat(again.recordsInFlight()).isBetween((long) PARTIAL - 1, (long) PARTIAL);
      assertThat(send("GET", service, "/api/v1/events?code=restored").body())
          .contains("checkpoint of step 20", "folder behind-20 beside it");
      assertThat(stored("restored/behind-20"))
          .extracting(CheckpointStore.Entry::step)
          .containsExactly(40L, 60L, 80L);
      appendAndLearn(run, 500);
    }
    assertThat(parameters("restored")).isEqualTo(whole);
  }

  @Test
  void aPausedJobIsPausedThereAndGoesOnWhenItIsResumed() throws Exception {
    try (JobRun run = followed("paused");
        HttpService service = serve(run)) {
      threeCheckpoints(run);
      assertThat(run.pause()).isTrue();
      assertThat(restore(service, stored("paused").get(1).name()).body())
          .contains("\"state\":\"paused\"");
      assertThat(run.status().ledger().trained()).isEqualTo(200);
      assertThat(send("POST", service, "/api/v1/resume").statusCode()).isEqualTo(200);
      awaitTrained(run, 300);
    }
  }

  @Test
  void saysWhyItDoesNotGoBackAndGoesOnAsItWas() throws Exception {
    try (JobRun run = followed("refused");
        HttpService service = serve(run)) {
      threeCheckpoints(run);
      String damaged = stored("refused").getFirst().name();
      Path file = folder.resolve("refused").resolve(damaged);
      byte[] bytes = Files.readAllBytes(file);
      bytes[bytes.length - 1] ^= 1;
      Files.write(file, bytes);
      refused(service, damaged, "damaged");

      CheckpointStore store = DirectoryCheckpointStore.forReading(folder.resolve("refused"));
      Checkpoint newest = store.newest().orElseThrow();
      var values = new TreeMap<>(newest.values());
      values.compute("job.fingerprint", (name, text) -> String.valueOf(text).replace("0.5", "0.1"));
      var other =
          new Checkpoint(
              newest.job(), newest.fingerprint(), 7, 1, newest.ledger(), values, newest.tensors());
      refused(service, store.write(other).name(), "learned something else:", "learning-rate");
      assertThat(run.status().state()).isEqualTo(State.RUNNING);
      appendAndLearn(run, 400);

      run.stop();
      var _ = run.await();
      refused(service, stored("refused").getLast().name(), "not running any more");
    }
  }

  @Test
  void aPrivateJobDoesNotForgetWhatItSpent() throws Exception {
    try (JobRun run = followed("private", "privacy: {noise: 1, delta: 1.0e-5, records: 1000}");
        HttpService service = serve(run)) {
      appendAndLearn(run, 100);
      refused(service, run.checkpoint().orElseThrow().name(), "the account of what was spent");
      appendAndLearn(run, 200);
    }
  }

  @Test
  void aJobThatSamplesArePushedToTakesThemAfterwardsAsBefore() throws Exception {
    String source =
        "http: {port: 0, format: csv, columns: [label, a, b], directory: %s}"
            .formatted(folder.resolve("push"));
    try (JobRun run = start("pushed", source);
        HttpService service = serve(run);
        var pusher = new PushClient(service)) {
      String[] first = {"Content-Type", "text/csv", "Idempotency-Key", "first"};
      assertThat(pusher.post(bytes(0, 100), first).statusCode()).isEqualTo(200);
      awaitTrained(run, 100);
      String back = run.checkpoint().orElseThrow().name();
      assertThat(pusher.post(bytes(100, 200), "Content-Type", "text/csv").statusCode())
          .isEqualTo(200);
      awaitTrained(run, 200);

      var _ = restore(service, back);
      assertThat(PushClient.json(pusher.post(bytes(0, 100), first)).path("duplicate").asBoolean())
          .isTrue();
      assertThat(pusher.post(bytes(200, 300), "Content-Type", "text/csv").statusCode())
          .isEqualTo(200);
      awaitTrained(run, 300);
      assertThat(run.status().ledger().read()).isEqualTo(300);
      assertThat(run.status().resumedSamples()).isEqualTo(100);
    }
  }

  @Test
  void aMemberOfAGroupLearnsAgainWhatItHadCommitted() throws Exception {
    try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      String brokers = broker.bootstrapServers();
      try (var topics = Topics.at(brokers)) {
        topics.createIfMissing("rows", 1);
      }
      TopicJob.send(brokers, "rows", 0, 0, 100);
      var job =
          new TopicJob(brokers, "rows", folder.resolve("member"))
              .set("source.kafka.group=restored")
              .set("source.kafka.subscribe=true");
      try (JobRun run = job.start(Long.MAX_VALUE)) {
        awaitTrained(run, 100);
        String back = run.checkpoint().orElseThrow().name();
        TopicJob.send(brokers, "rows", 0, 100, 200);
        awaitTrained(run, 200);
        run.restore(back);
        assertThat(run.status().resumedSamples()).isEqualTo(100);
        awaitTrained(run, 200);
        TopicJob.send(brokers, "rows", 0, 200, 300);
        awaitTrained(run, 300);
        assertThat(run.status().ledger().read()).isEqualTo(300);
      }
      assertThat(committed(broker)).isEqualTo(300);
      assertThat(job.alerts).extracting(TrainEvent.Alert::code).containsExactly("restored");
      var _ = new TopicJob(brokers, "rows", folder.resolve("whole")).finish();
      assertThat(parameters("member")).isEqualTo(parameters("whole"));
    }
  }

  private static long committed(EmbeddedBroker broker) throws Exception {
    try (var admin = TopicJob.admin(broker.bootstrapServers())) {
      Map<TopicPartition, OffsetAndMetadata> offsets =
          admin.listConsumerGroupOffsets("restored").partitionsToOffsetAndMetadata().get();
      return offsets.values().iterator().next().offset();
    }
  }

  private void refused(HttpService service, String checkpoint, String... why) throws Exception {
    HttpResponse<String> refused =
        send("POST", service, "/api/v1/checkpoints/" + checkpoint + "/restore");
    assertThat(refused.statusCode()).as(refused.body()).isEqualTo(409);
    assertThat(refused.body()).contains(why).doesNotContain(folder.toString());
  }

  private HttpResponse<String> restore(HttpService service, String checkpoint) throws Exception {
    HttpResponse<String> restored =
        send("POST", service, "/api/v1/checkpoints/" + checkpoint + "/restore");
    assertThat(restored.statusCode()).as(restored.body()).isEqualTo(200);
    return restored;
  }

  private void threeCheckpoints(JobRun run) throws Exception {
    for (int rows : List.of(100, 200, 300)) {
      appendAndLearn(run, rows);
      assertThat(run.checkpoint()).isPresent();
    }
  }

  private JobRun followed(String name, String... more) throws IOException {
    if (!Files.exists(folder.resolve(ROWS))) {
      Files.writeString(folder.resolve(ROWS), rows(0, PARTIAL));
    }
    return start(
        name, "file: {path: rows.csv, format: csv, columns: [label, a, b], follow: true}", more);
  }

  /** Lengthens the followed file to so many rows and a few that fill no batch. */
  private void appendAndLearn(JobRun run, int rows) throws Exception {
    Path file = folder.resolve(ROWS);
    int before;
    try (Stream<String> lines = Files.lines(file)) {
      before = (int) lines.count();
    }
    Files.writeString(file, rows(before, rows + PARTIAL), StandardOpenOption.APPEND);
    awaitTrained(run, rows);
  }

  private JobRun start(String name, String source, String... more) {
    String yaml = "name: numbered\nsource:\n  " + source + "\n" + COMMON + String.join("\n", more);
    var job =
        JobFile.parse(name, yaml, List.of("checkpoints.directory=" + folder.resolve(name)), folder);
    return JobRun.start(job, new JobRun.Options(List.of(events), OptionalLong.empty(), step -> {}));
  }

  private String parameters(String name) {
    try (var model = StoredModel.open(folder.resolve(name))) {
      return model.trainer().parametersSha256();
    }
  }

  private final LastCheckpoint events = new LastCheckpoint();

  private HttpService serve(JobRun run) {
    return HttpService.start(Exposure.local(0), new RunView(run, events).served());
  }

  private List<CheckpointStore.Entry> stored(String name) {
    return DirectoryCheckpointStore.forReading(folder.resolve(name)).list();
  }

  private static void awaitTrained(JobRun run, long samples) throws InterruptedException {
    for (int i = 0; i < 3000 && run.status().ledger().trained() < samples; i++) {
      assertThat(run.status().state()).as(run.status().failure()).isNotEqualTo(State.FAILED);
      Thread.sleep(10);
    }
    assertThat(run.status().ledger().trained()).isEqualTo(samples);
  }

  private HttpResponse<String> send(String method, HttpService service, String path)
      throws IOException, InterruptedException {
    return client.send(
        HttpRequest.newBuilder(service.uri().resolve(path))
            .method(method, BodyPublishers.noBody())
            .build(),
        BodyHandlers.ofString());
  }

  private static byte[] bytes(int from, int to) {
    return rows(from, to).getBytes(StandardCharsets.UTF_8);
  }

  private static String rows(int from, int to) {
    return IntStream.range(from, to)
        .mapToObj(i -> (i % 3 == 0 ? "yes" : "no") + "," + i % 17 + "," + i * 7 % 23 + "\n")
        .collect(Collectors.joining());
  }
}
