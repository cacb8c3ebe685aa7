package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** The reference job through a real broker. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaRunTest {
  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @BeforeAll
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private CommandLineRun produce(String topic, int partitions, Path file) {
    return CommandLineRun.of(
        "produce",
        "--topic",
        topic,
        "--from",
        file,
        "--partitions",
        partitions,
        "--bootstrap",
        broker.bootstrapServers());
  }

  private CommandLineRun train(String topic, Path report, String... more) {
    List<Object> arguments =
        new ArrayList<>(
            List.of(
                "run",
                FLIGHTS.resolve("job-kafka.yaml"),
                "--set",
                "source.kafka.bootstrap=" + broker.bootstrapServers(),
                "--set",
                "source.kafka.topic=" + topic,
                "--set",
                "source.kafka.stop-at-end=true",
                "--set",
                "checkpoints.directory=" + folder.resolve(topic),
                "--set",
                "dead-letters.file=" + folder.resolve(topic + "-dead.avro"),
                "--report",
                report));
    arguments.addAll(List.of(more));
    return CommandLineRun.of(arguments.toArray());
  }

  @Test
  void endsWithTheSameBytesFromATopicAsFromTheFile() {
    assertThat(produce("flights", 1, FLIGHTS.resolve("flights.avro")).out())
        .contains("300,000 records");
    Path fromTopic = folder.resolve("topic.json");
    CommandLineRun run = train("flights", fromTopic);
    run.mustSucceed();

    Path fromFile = folder.resolve("file.json");
    CommandLineRun.of(
            "run",
            FLIGHTS.resolve("job.yaml"),
            "--set",
            "checkpoints.directory=" + folder.resolve("file"),
            "--report",
            fromFile)
        .mustSucceed();
    assertThat(CommandLineRun.report(fromTopic).path("parametersSha256"))
        .isEqualTo(CommandLineRun.report(fromFile).path("parametersSha256"));
  }

  @Test
  void accountsForEveryRecordOfSeveralPartitionsAndARestart() {
    produce("spread", 3, FLIGHTS.resolve("flights.avro")).mustSucceed();
    Path report = folder.resolve("spread.json");
    train("spread", report).mustSucceed();
    assertThat(CommandLineRun.report(report).path("samplesTrained").asLong()).isEqualTo(300_000);

    produce("spread", 3, FLIGHTS.resolve("flights.avro")).mustSucceed();
    CommandLineRun second = train("spread", report);
    assertThat(second.out()).contains("goes on behind 300,000 samples");
    JsonNode after = CommandLineRun.report(report);
    assertThat(after.path("samplesRead").asLong()).isEqualTo(600_000);
    assertThat(after.path("samplesTrained").asLong()).isEqualTo(600_000);
  }

  @Test
  void rebuildsAModelFromManyPartitionsOfATopic() throws Exception {
    produce("again", 3, FLIGHTS.resolve("flights.avro")).mustSucceed();
    String keep = "checkpoints.keep-journal=all";
    Path report = folder.resolve("again.json");
    train("again", report, "--set", keep).mustSucceed();
    List<Path> checkpoints;
    try (var files = Files.list(folder.resolve("again"))) {
      checkpoints = files.filter(f -> f.toString().endsWith(".safetensors")).sorted().toList();
    }
    assertThat(checkpoints).hasSizeGreaterThan(1);

    CommandLineRun whole = replay("again", "start", folder.resolve("again"));
    assertThat(whole.out())
        .as(whole.err())
        .contains(CommandLineRun.report(report).path("parametersSha256").asText())
        .contains("the same, and so are the rest of the state and the ledger");
    whole.mustSucceed();
    String first = checkpoints.getFirst().getFileName().toString();
    CommandLineRun part = replay("again", first, checkpoints.get(1));
    assertThat(part.out()).as(part.err()).contains("the same, and so");

    deleteRecordsOf("again", 10);
    CommandLineRun gone = replay("again", "start", folder.resolve("again"));
    assertThat(gone.status()).isOne();
    assertThat(gone.err()).contains("again", "10 positions were deleted");
  }

  private void deleteRecordsOf(String topic, long before) throws Exception {
    var settings = Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers());
    try (var admin = Admin.create(settings)) {
      admin
          .deleteRecords(Map.of(new TopicPartition(topic, 0), RecordsToDelete.beforeOffset(before)))
          .all()
          .get();
    }
  }

  private CommandLineRun replay(String topic, String from, Path to) {
    return CommandLineRun.of(
        "replay",
        FLIGHTS.resolve("job-kafka.yaml"),
        "--from",
        from,
        "--to",
        to,
        "--set",
        "source.kafka.bootstrap=" + broker.bootstrapServers(),
        "--set",
        "source.kafka.topic=" + topic);
  }

  @Test
  void saysWhatTheTopicLostBetweenTwoRuns() throws Exception {
    produce("short", 2, FLIGHTS.resolve("flights.avro")).mustSucceed();
    Path report = folder.resolve("short.json");
    train("short", report).mustSucceed();
    var first = new TopicPartition("short", 0);
    long lost = 5_000;
    try (var admin =
        Admin.create(Map.<String, Object>of("bootstrap.servers", broker.bootstrapServers()))) {
      var ends = admin.listOffsets(Map.of(first, OffsetSpec.latest()));
      long trained = ends.partitionResult(first).get().offset();
      produce("short", 2, FLIGHTS.resolve("flights.avro")).mustSucceed();
      admin.deleteRecords(Map.of(first, RecordsToDelete.beforeOffset(trained + lost))).all().get();
    }
    CommandLineRun refused = train("short", report);
    assertThat(refused.status()).isOne();
    assertThat(refused.err())
        .contains("5000 positions were deleted", "on-lost-positions: earliest");

    CommandLineRun run = train("short", report, "--set", "source.kafka.on-lost-positions=earliest");
    run.mustSucceed();
    assertThat(run.out())
        .contains("read 595,000 = trained 595,000 + rejected 0 + filtered 0; lost 5,000");
    JsonNode account = CommandLineRun.report(report);
    assertThat(account.path("samplesLost").asLong()).isEqualTo(lost);
    assertThat(account.path("samplesTrained").asLong()).isEqualTo(600_000 - lost);
  }

  @Test
  void rejectsWhatIsNoSampleAndGoesOn() throws IOException {
    Path garbage = folder.resolve("garbage.txt");
    Files.writeString(
        garbage, "no avro\n\u00c3\u0001 12345678 nor this\n" + "x".repeat(10_000_000));
    assertThat(produce("mixed", 1, garbage).out()).contains("3 records");
    produce("mixed", 1, FLIGHTS.resolve("flights.avro")).mustSucceed();
    Path report = folder.resolve("mixed.json");
    CommandLineRun run = train("mixed", report);
    run.mustSucceed();
    JsonNode account = CommandLineRun.report(report);
    assertThat(account.path("samplesRead").asLong()).isEqualTo(300_003);
    assertThat(account.path("samplesRejected").asLong()).isEqualTo(3);
    assertThat(account.path("samplesTrained").asLong()).isEqualTo(300_000);
    assertThat(folder.resolve("mixed-dead.avro")).isNotEmptyFile();
  }

  @Test
  void saysThatATopicIsMissingWhenAskedToFailFast() {
    CommandLineRun run =
        train(
            "nowhere",
            folder.resolve("nowhere.json"),
            "--fail-fast",
            "--set",
            "source.kafka.connect-timeout-ms=2000");
    assertThat(run.status()).isOne();
    assertThat(run.err()).startsWith("headrace: ").contains("nowhere").hasLineCount(1);
  }

  @Test
  void saysThatNoBrokerAnswersWhenAskedToFailFast() {
    CommandLineRun run =
        train(
            "flights",
            folder.resolve("unreachable.json"),
            "--fail-fast",
            "--set",
            "source.kafka.connect-timeout-ms=2000",
            "--set",
            "source.kafka.bootstrap=127.0.0.1:1",
            "--set",
            "metrics.topic=headrace-metrics",
            "--set",
            "checkpoints.directory=" + folder.resolve("unreachable"));
    assertThat(run.status()).isOne();
    assertThat(run.err()).startsWith("headrace: ").contains("127.0.0.1:1").hasLineCount(1);
  }
}
