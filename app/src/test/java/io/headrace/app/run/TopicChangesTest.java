package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.NewPartitions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Topics that change under a job: deleted and created anew, or given partitions. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class TopicChangesTest {
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

  private void create(String topic, int partitions) {
    try (Topics topics = Topics.at(broker.bootstrapServers())) {
      topics.createIfMissing(topic, partitions);
    }
  }

  private TopicJob job(String topic, String folderName) {
    return new TopicJob(broker.bootstrapServers(), topic, folder.resolve(folderName));
  }

  private void send(String topic, int partition, int from, int to) {
    TopicJob.send(broker.bootstrapServers(), topic, partition, from, to);
  }

  private void recreate(String topic, int partitions) throws Exception {
    try (var admin = TopicJob.admin(broker.bootstrapServers())) {
      admin.deleteTopics(List.of(topic)).all().get();
      TopicJob.await(
          "the topic to be gone",
          () -> {
            try {
              return !admin.listTopics().names().get().contains(topic);
            } catch (Exception e) {
              throw new AssertionError(e);
            }
          });
    }
    create(topic, partitions);
  }

  @Test
  void aModelDoesNotGoOnInATopicThatWasCreatedAnew() throws Exception {
    create("anew", 2);
    send("anew", 1, 0, 50);
    assertThat(job("anew", "anew").finish().ledger().trained()).isEqualTo(50);
    recreate("anew", 2);
    send("anew", 1, 0, 80);

    TopicJob again = job("anew", "anew");
    assertThatThrownBy(again::finish)
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("topic anew in Kafka at " + broker.bootstrapServers())
        .hasMessageContaining("was deleted and created anew")
        .hasMessageContaining("--fresh");
    assertThat(again.newestCheckpoint().ledger().trained()).isEqualTo(50);

    assertThat(job("anew", "fresh").finish().ledger().trained()).isEqualTo(80);
    create("elsewhere", 1);
    send("elsewhere", 0, 0, 30);
    TrainingStatus moved = job("elsewhere", "anew").finish();
    assertThat(moved.ledger().trained()).isEqualTo(80);
    assertThat(moved.ledger().entries())
        .containsEntry(new SourcePartition("anew", 1), new Ledger.Entry(50, 50, 0, 0))
        .containsEntry(new SourcePartition("elsewhere", 0), new Ledger.Entry(30, 30, 0, 0));
    assertThat(job("elsewhere", "anew").finish().ledger()).isEqualTo(moved.ledger());
  }

  @Test
  void aRunEndsWhenItsTopicIsCreatedAnew() throws Exception {
    create("under", 1);
    send("under", 0, 0, 50);
    TopicJob job = job("under", "under");
    try (JobRun run = job.start(Long.MAX_VALUE)) {
      TopicJob.await("the records", () -> run.status().ledger().trained() == 50);
      recreate("under", 1);
      send("under", 0, 0, 200);
      assertThatThrownBy(run::await).hasMessageContaining("was deleted and created anew");
      assertThat(run.status().ledger().trained()).isEqualTo(50);
    }
    assertThatThrownBy(() -> job("under", "under").finish()).hasMessageContaining("created anew");
  }

  @Test
  void aCheckpointWithPartitionsThatTheTopicLacksIsRefused() throws Exception {
    create("fewer", 3);
    send("fewer", 2, 0, 50);
    assertThat(job("fewer", "fewer").finish().ledger().trained()).isEqualTo(50);
    recreate("fewer", 1);
    send("fewer", 0, 0, 50);
    assertThatThrownBy(() -> job("fewer", "fewer").finish())
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("topic fewer in Kafka at");
  }

  /** The order in which old and new partitions came is in the journal, from before they grew. */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void partitionsAddedWhileItTrainsAreInLedgerCheckpointsAndJournal(boolean subscribe)
      throws Exception {
    String topic = subscribe ? "grown-in-a-group" : "grown";
    create(topic, 1);
    send(topic, 0, 0, 50);
    TopicJob job = grown(topic, subscribe, topic);
    String whole;
    try (JobRun run = job.start(500);
        var admin = TopicJob.admin(broker.bootstrapServers())) {
      TopicJob.await("the first records", () -> run.status().ledger().trained() == 50);
      TopicJob.await("a checkpoint", () -> job.checkpointed() > 0);
      admin.createPartitions(Map.of(topic, NewPartitions.increaseTo(3))).all().get();
      send(topic, 2, 0, 150);
      TopicJob.await("the new partition", () -> run.status().ledger().trained() == 200);
      send(topic, 0, 50, 250);
      send(topic, 1, 0, 100);
      assertThat(run.await().ledger()).isEqualTo(grownLedger(topic));
      whole = run.trainer().parametersSha256();
    }
    assertThat(job.newestCheckpoint().ledger()).isEqualTo(grownLedger(topic));

    job.forgetAllButFirstCheckpoint();
    assertThat(job.newestCheckpoint().ledger().entries()).hasSize(1);
    TopicJob resumed = grown(topic, subscribe, topic + "-again");
    try (JobRun run = resumed.start(500)) {
      assertThat(run.await().ledger()).isEqualTo(grownLedger(topic));
      assertThat(run.trainer().parametersSha256()).isEqualTo(whole);
    }
    assertThat(resumed.alerts).extracting(TrainEvent.Alert::message).isEmpty();
  }

  private TopicJob grown(String topic, boolean subscribe, String group) {
    TopicJob job = job(topic, topic);
    return subscribe
        ? job.set("source.kafka.subscribe=true").set("source.kafka.group=" + group)
        : job;
  }

  private static Ledger grownLedger(String topic) {
    var entries = new TreeMap<SourcePartition, Ledger.Entry>();
    entries.put(new SourcePartition(topic, 0), new Ledger.Entry(250, 250, 0, 0));
    entries.put(new SourcePartition(topic, 1), new Ledger.Entry(100, 100, 0, 0));
    entries.put(new SourcePartition(topic, 2), new Ledger.Entry(150, 150, 0, 0));
    return new Ledger(entries);
  }
}
