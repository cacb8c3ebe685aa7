package io.headrace.app.run;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Ports;
import io.headrace.app.broker.Topics;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.schemas.ModelAnnouncement;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.WholeTopic;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.Config;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that announce their checkpoints. */
@Timeout(value = 120, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class AnnouncementsTest {
  @TempDir private Path folder;
  private final LastCheckpoint told = new LastCheckpoint();

  private JobRun start(String name, String bootstrap) {
    String text =
        """
        name: %s
        source: {file: {path: rows.csv, format: csv, follow: true}}
        sample:
          label: {field: y, type: number}
          inputs: {x: {dense: {fields: [a]}}}
        model: [linear]
        loss: squared
        optimizer: sgd
        batch: {size: 10}
        metrics: {window-samples: 100}
        checkpoints:
          directory: %s
          every-samples: 1000000
          announce: {topic: models, bootstrap: "%s", properties: {default.api.timeout.ms: 1000, request.timeout.ms: 900, delivery.timeout.ms: 2000}}
        """
            .formatted(name, folder.resolve(name), bootstrap);
    return JobRun.start(
        JobFile.parse("job.yaml", text, List.of(), folder),
        new JobRun.Options(List.of(told), OptionalLong.empty(), step -> {}));
  }

  /** Appends rows, and one more that is not known to be whole. */
  private void append(int rows) throws IOException {
    var csv = new StringBuilder(Files.exists(folder.resolve("rows.csv")) ? "" : "a,y\n");
    for (int i = 0; i < rows; i++) {
      csv.append(i % 7).append(',').append(i % 7 * 2).append('\n');
    }
    Files.writeString(
        folder.resolve("rows.csv"), csv, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
  }

  private static void await(BooleanSupplier condition) throws InterruptedException {
    while (!condition.getAsBoolean()) {
      Thread.sleep(10);
    }
  }

  private static CheckpointStore.Entry learnTo(JobRun run, long trained)
      throws InterruptedException {
    await(() -> run.status().ledger().trained() >= trained);
    return run.checkpoint().orElseThrow();
  }

  private static void awaitAnnounced(JobRun run, long step) throws InterruptedException {
    await(() -> run.announcements().orElseThrow().step() == step);
  }

  private static List<ModelAnnouncement> announced(EmbeddedBroker broker, String job)
      throws IOException {
    List<ModelAnnouncement> all = new ArrayList<>();
    for (var message :
        WholeTopic.read(broker.bootstrapServers(), "models", new StringDeserializer())) {
      ModelAnnouncement record = ModelAnnouncement.getDecoder().decode(message.value());
      assertThat(message.key()).isEqualTo(record.getJob());
      if (record.getJob().equals(job)) {
        all.add(record);
      }
    }
    return all;
  }

  private static String cleanupPolicy(EmbeddedBroker broker) throws Exception {
    var topic = new ConfigResource(ConfigResource.Type.TOPIC, "models");
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      Config config = admin.describeConfigs(List.of(topic)).all().get().get(topic);
      return requireNonNull(config).get(TopicConfig.CLEANUP_POLICY_CONFIG).value();
    }
  }

  @Test
  void tellEachDurableCheckpointAndWhereAJobWentBackTo() throws Exception {
    append(1_000);
    try (var broker = EmbeddedBroker.start(folder.resolve("broker"), 0)) {
      CheckpointStore.Entry first;
      try (JobRun run = start("told", broker.bootstrapServers())) {
        first = learnTo(run, 500);
        awaitAnnounced(run, first.step());
        append(500);
        CheckpointStore.Entry second = learnTo(run, first.step() * 10 + 300);
        awaitAnnounced(run, second.step());
        assertThat(run.announcements().orElseThrow().failures()).isZero();
        run.restore(first.name());
        awaitAnnounced(run, first.step());
      }
      assertThat(cleanupPolicy(broker)).isEqualTo("compact");

      List<ModelAnnouncement> all = announced(broker, "told");
      List<ModelAnnouncement> back = all.stream().filter(ModelAnnouncement::getRestored).toList();
      assertThat(back).hasSize(1);
      assertThat(back.getFirst().getCheckpoint()).isEqualTo(first.name());
      assertThat(all.indexOf(back.getFirst())).as("behind the second").isGreaterThan(1);
      ModelAnnouncement one = all.getFirst();
      assertThat(one.getStep()).isEqualTo(first.step());
      assertThat(one.getSamples()).isEqualTo(first.step() * 10);
      assertThat(one.getBytes()).isEqualTo(first.bytes());
      assertThat(one.getWrittenAt().toEpochMilli()).isEqualTo(first.createdAtMillis());
      assertThat(one.getStore()).isEqualTo(folder.resolve("told").toString());
      assertThat(one.getMetrics()).containsKey("loss");
      assertThat(one.getEpsilon()).isNull();
      Path file = folder.resolve("told").resolve(first.name());
      assertThat(one.getSha256())
          .isEqualTo(DirectoryCheckpointStore.sha256(file, FileSeal.NONE))
          .isEqualTo(back.getFirst().getSha256());
      assertThat(DirectoryCheckpointStore.open(file, FileSeal.NONE, one.getSha256()).step())
          .isEqualTo(first.step());
      assertThat(told.alerts()).noneMatch(event -> event.code().startsWith("announce"));
    }
  }

  @Test
  void doNotHoldUpTrainingAndTellTheNewestWhenTheBrokersAreBack() throws Exception {
    append(1_000);
    int port = Ports.free(0);
    try (JobRun run = start("late", "127.0.0.1:" + port)) {
      learnTo(run, 100);
      await(() -> run.announcements().orElseThrow().failures() > 0);
      learnTo(run, 1_000);
      append(500);
      CheckpointStore.Entry newest = learnTo(run, 1_400);
      await(() -> run.announcements().orElseThrow().superseded() > 0);
      assertThat(told.alerts())
          .filteredOn(event -> event.code().equals("announcement-failed"))
          .singleElement()
          .satisfies(event -> assertThat(event.message()).contains("models", "Training goes on"));
      try (var broker = EmbeddedBroker.start(folder.resolve("broker"), port)) {
        try (var topics = Topics.at(broker.bootstrapServers())) {
          topics.createIfMissing("models", 1);
        }
        awaitAnnounced(run, newest.step());
        assertThat(announced(broker, "late").getLast().getStep()).isEqualTo(newest.step());
        assertThat(told.alerts())
            .anySatisfy(
                event ->
                    assertThat(event.message())
                        .contains(
                            "models has cleanup.policy=delete", "Set cleanup.policy=compact"));
      }
    }
  }
}
