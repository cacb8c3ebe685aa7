package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Shuffled learning from a topic of a real broker, killed and gone on with. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ShuffledTopicTest {
  private static final String JOB =
      """
      name: shuffled
      source: {kafka: {topic: %s, bootstrap: "%s", format: csv, columns: [x, y, label], chunk-rows: 37}}
      shuffle: {buffer: 256, linger-ms: 300}
      sample:
        label: {field: label, classes: ["0", "1"]}
        inputs: {features: {sparse: {fields: [x, y], bits: 14}}}
      model: [linear]
      loss: logistic
      optimizer: {adagrad: {learning-rate: 0.1}}
      batch: {size: 16, linger-ms: 5}
      engine: {threads: 1}
      checkpoints: {every-samples: 100, keep: 1000}
      """;

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @SuppressWarnings("NullAway.Init") // by start
  private KafkaProducer<byte[], byte[]> producer;

  private final Random random = new Random(5);

  @BeforeAll
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    producer = TopicJob.producer(broker.bootstrapServers(), Map.of());
  }

  @AfterAll
  void stop() {
    producer.close();
    broker.close();
  }

  /** Every tenth record is no sample. */
  private void send(String topic, int partitions, int count) {
    List<Future<?>> sent = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      double x = random.nextGaussian();
      double y = random.nextGaussian();
      String text = i % 10 == 9 ? "no sample" : x + "," + y + "," + (x + y > 0 ? 1 : 0);
      byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
      sent.add(producer.send(new ProducerRecord<>(topic, i % partitions, null, bytes)));
    }
    for (Future<?> one : sent) {
      try {
        one.get();
      } catch (Exception e) {
        throw new AssertionError(e);
      }
    }
  }

  private String topic(String name, int partitions) {
    try (var topics = io.headrace.app.broker.Topics.at(broker.bootstrapServers())) {
      topics.createIfMissing(name, partitions);
    }
    return name;
  }

  private JobRun run(String topic, String checkpoints, String... more) {
    List<String> overrides = new ArrayList<>(List.of(more));
    overrides.add("checkpoints.directory=" + folder.resolve(checkpoints));
    String yaml = JOB.formatted(topic, broker.bootstrapServers());
    return JobRun.start(JobFile.parse("job.yaml", yaml, overrides, folder), JobRun.Options.NONE);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long deadline = System.nanoTime() + 60_000_000_000L;
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited in vain: " + what).isLessThan(deadline);
      Thread.sleep(5);
    }
  }

  private static Map<SourcePartition, Ledger.Entry> records(Ledger ledger) {
    var records = new TreeMap<SourcePartition, Ledger.Entry>(ledger.entries());
    records.keySet().removeIf(partition -> partition.source().contains(":window-"));
    return records;
  }

  /** A live run that goes quiet in between, so that windows are cut by the clock. */
  private TrainingStatus live(String topic, int partitions, String checkpoints) throws Exception {
    long total = 0;
    try (JobRun run = run(topic, checkpoints)) {
      for (int count : new int[] {150, 700, 20, 333, 1_500, 70}) {
        send(topic, partitions, count);
        total += count;
        long all = total;
        await("all that was sent", () -> run.status().ledger().read() == all);
      }
      run.stop();
      TrainingStatus end = run.await();
      assertThat(end.ledger().read()).isEqualTo(total);
      assertThat(end.ledger().lost()).isZero();
      assertThat(end.ledger().entries().keySet())
          .as("a window was cut short")
          .anyMatch(partition -> partition.source().endsWith(":window-end"));
      return end;
    }
  }

  /**
   * Leaves what a process leaves that is killed behind its last batch: journal, older checkpoint.
   */
  private static List<Path> keepOnly(Path checkpoints, int index) throws IOException {
    try (Stream<Path> files = Files.list(checkpoints)) {
      List<Path> all =
          files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
      for (Path file : all.subList(Math.min(index + 1, all.size()), all.size())) {
        Files.delete(file);
      }
      return all;
    }
  }

  @ParameterizedTest(name = "{0} partitions")
  @ValueSource(ints = {1, 3})
  void endsWithTheSameBytesFromEveryCheckpointOfALiveRun(int partitions) throws Exception {
    String topic = topic("live-" + partitions, partitions);
    String name = "live-" + partitions;
    TrainingStatus whole = live(topic, partitions, name);
    Path checkpoints = folder.resolve(name);
    String learned;
    try (var model = io.headrace.pipeline.job.StoredModel.open(checkpoints)) {
      learned = model.trainer().parametersSha256();
    }
    int all = 1_000;
    int last = keepOnly(checkpoints, all).size() - 1;
    assertThat(last).isGreaterThan(4);
    for (int kept = last - 1; kept >= 0; kept -= 2) {
      keepOnly(checkpoints, kept);
      try (JobRun run = run(topic, name, "source.kafka.stop-at-end=true")) {
        TrainingStatus end = run.await();
        assertThat(records(end.ledger())).as("from %d", kept).isEqualTo(records(whole.ledger()));
        assertThat(run.trainer().parametersSha256()).as("from %d", kept).isEqualTo(learned);
      }
      keepOnly(checkpoints, kept);
    }
  }

  @Test
  void isKilledInMidWindowAndEndsAsTheRunThatWasNot() throws Exception {
    String topic = topic("killed", 1);
    send(topic, 1, 6_000);
    Path file = folder.resolve("job.yaml");
    Files.writeString(file, JOB.formatted(topic, broker.bootstrapServers()));
    var life =
        KilledLife.ofFlights(
            folder, file, List.of("source.kafka.stop-at-end=true", "checkpoints.every-samples=50"));
    JsonNode whole = life.finish("killed-never");
    assertThat(whole.path("samplesTrained").asLong()).isEqualTo(5_400);
    int killed = life.live("killed-often", new Random(3), 4);
    JsonNode resumed = life.finish("killed-often");
    assertThat(killed).isPositive();
    for (String figure : List.of("parametersSha256", "samplesTrained", "samplesRejected")) {
      assertThat(resumed.path(figure)).as(figure).isEqualTo(whole.path(figure));
    }
    assertThat(resumed.path("samplesRead").asLong()).isEqualTo(6_000);
    assertThat(life.replay("killed-often"))
        .contains("the same, and so are the rest of the state and the ledger");
  }

  @Test
  void learnsAnotherOrderThanThatOfTheTopic() {
    String topic = topic("order", 1);
    send(topic, 1, 1_000);
    try (JobRun plain = run(topic, "plain", "source.kafka.stop-at-end=true", "shuffle.buffer=1");
        JobRun shuffled = run(topic, "shuffled", "source.kafka.stop-at-end=true");
        JobRun again = run(topic, "again", "source.kafka.stop-at-end=true")) {
      for (JobRun run : List.of(plain, shuffled, again)) {
        assertThat(run.await().ledger().trained()).isEqualTo(900);
      }
      assertThat(shuffled.trainer().parametersSha256())
          .isEqualTo(again.trainer().parametersSha256())
          .isNotEqualTo(plain.trainer().parametersSha256());
    }
  }

  @Test
  void refusesToShareItsPartitions() {
    Path file = folder.resolve("shared.yaml");
    try {
      Files.writeString(
          file,
          JOB.formatted("any", broker.bootstrapServers())
              .replace("chunk-rows: 37", "group: g, subscribe: true"));
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    CommandLineRun run = CommandLineRun.of("run", file);
    assertThat(run.status()).isOne();
    assertThat(run.err())
        .contains("shuffle: does not go with source.kafka.subscribe")
        .contains("job.yaml".replace("job", "shared") + ":3");
  }
}
