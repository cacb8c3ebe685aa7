package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.app.http.Exposure;
import io.headrace.app.http.HttpService;
import io.headrace.engine.StepResult;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.sink.archive.ArchiveReader;
import io.headrace.sink.seal.FileSeal;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Archives of jobs that learn from topics, in groups, and from what is pushed. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchivedTopicTest {
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

  /** Positions that archives have, by partition, in order. */
  private static SortedMap<SourcePartition, List<Long>> positions(Path... archives) {
    SortedMap<SourcePartition, List<Long>> all = new TreeMap<>();
    for (Path archive : archives) {
      var reader = ArchiveReader.open(archive, FileSeal.NONE);
      assertThat(reader.verify(Optional.empty()).problems()).isEmpty();
      reader.forEach(
          0,
          Long.MAX_VALUE,
          sample ->
              all.computeIfAbsent(sample.partition(), p -> new ArrayList<>())
                  .add(sample.position()));
    }
    all.values().forEach(each -> each.sort(null));
    return all;
  }

  private static List<Long> upTo(long end) {
    return LongStream.range(0, end).boxed().toList();
  }

  @Test
  void everyPartitionIsThereOnceThoughARunLostItsLastCheckpoints() throws Exception {
    try (Topics topics = Topics.at(broker.bootstrapServers())) {
      topics.createIfMissing("several", 3);
    }
    for (int partition = 0; partition < 3; partition++) {
      TopicJob.send(broker.bootstrapServers(), "several", partition, 0, 100);
    }
    Path archive = folder.resolve("several.archive");
    var job =
        new TopicJob(broker.bootstrapServers(), "several", folder.resolve("several"))
            .set("archive.directory=" + archive);
    try (JobRun run = job.start(120)) {
      assertThat(run.await().ledger().trained()).isEqualTo(120);
    }
    int before = positions(archive).values().stream().mapToInt(List::size).sum();
    assertThat(before).isEqualTo(120);
    job.forgetAllButFirstCheckpoint();
    assertThat(job.checkpointed()).isLessThan(120);
    job.finish();
    try (Stream<Path> files = Files.list(archive)) { // what is learned again was put aside
      assertThat(files.map(f -> f.getFileName().toString())).anyMatch(f -> f.startsWith("behind-"));
    }
    var positions = positions(archive);
    assertThat(positions).hasSize(3);
    positions.values().forEach(each -> assertThat(each).isEqualTo(upTo(100)));
  }

  @Test
  void membersOfAGroupHaveEachSampleOnceTogether() {
    try (var topic = new SharedTopic(broker, folder, "group", 2)) {
      topic.send(300);
      JobRun first = start(topic, "first");
      topic.awaitAllLearned(List.of());
      JobRun second = start(topic, "second");
      awaitPartitions(second, 1);
      awaitPartitions(first, 1);
      topic.send(300);
      topic.awaitAllLearned(List.of());
      topic.stop(first);
      awaitPartitions(second, 2);
      topic.send(300);
      topic.awaitAllLearned(List.of("first"));
      JobRun again = start(topic, "first"); // behind what the other learned meanwhile
      awaitPartitions(again, 1);
      awaitPartitions(second, 1);
      topic.send(300);
      topic.awaitAllLearned(List.of());
      topic.stop(second);
      topic.stop(again);
      assertThat(topic.alerts).isEmpty();
    }
    var both = positions(folder.resolve("first.archive"), folder.resolve("second.archive"));
    List<Long> samples = upTo(1200).stream().filter(i -> i % 10 != 9).toList(); // which are none
    assertThat(both).hasSize(2);
    both.values().forEach(each -> assertThat(each).isEqualTo(samples));
    assertThat(positions(folder.resolve("first.archive"))).hasSize(2);
  }

  private static JobRun start(SharedTopic topic, String member) {
    return topic.start(
        member,
        ArchivedTopicTest::fast,
        "archive.directory=" + folder.resolve(member + ".archive"));
  }

  private static void fast(StepResult step) {}

  private static void awaitPartitions(JobRun run, int count) {
    SharedTopic.await(
        count + " partitions", () -> run.kafka().orElseThrow().partitions().size() == count);
  }

  @Test
  void pushedSamplesAreThereOnceOverARestart() throws Exception {
    Path archive = folder.resolve("pushed.archive");
    String text =
        """
        name: pushed
        source: {http: {format: csv, columns: [label, a], directory: %s, port: 0}}
        sample:
          label: {field: label, classes: ["no", "yes"]}
          inputs: {x: {dense: {fields: [a]}}}
        model: [linear]
        loss: logistic
        optimizer: {sgd: {learning-rate: 0.1}}
        batch: {size: 4, linger-ms: 5}
        checkpoints: {directory: %s, every-samples: 1000}
        archive: {directory: %s}
        """
            .formatted(folder.resolve("push"), folder.resolve("pushed"), archive);
    var job = JobFile.parse("pushed.yaml", text, List.of(), folder);
    for (int life = 1; life <= 2; life++) {
      try (JobRun run = JobRun.start(job, JobRun.Options.NONE);
          HttpService service =
              HttpService.start(
                  Exposure.local(0), new RunView(run, new LastCheckpoint()).served());
          PushClient client = new PushClient(service)) {
        byte[] body = "yes,1\nno,2\nperhaps,3\nno,4\n".repeat(10).getBytes(StandardCharsets.UTF_8);
        var answer = client.post(body, "Content-Type", "text/csv", "Idempotency-Key", "k" + life);
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(200);
        PushClient.awaitSettled(() -> run.status().ledger().read(), 40L * life);
        run.stop();
        run.await();
      }
    }
    assertThat(positions(archive).values())
        .containsExactly(upTo(80).stream().filter(i -> i % 4 != 2).toList());
  }
}
