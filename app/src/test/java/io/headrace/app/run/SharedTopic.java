package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.Main;
import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.StepResult;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.FirstPositions;
import io.headrace.pipeline.FirstPositions.Range;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.EventSink;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.management.ManagementFactory;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RemoveMembersFromConsumerGroupOptions;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * A topic that runs of one job share as a group, each with checkpoints of its own under a name. One
 * thread uses it.
 */
final class SharedTopic implements AutoCloseable {
  private final Path directory;
  private final EmbeddedBroker broker;
  private final String topic;
  private final int partitions;
  private final KafkaProducer<byte[], byte[]> producer;
  private final long[] sent;
  private final List<JobRun> running = new ArrayList<>();

  /** Alerts of all runs, but for a broker that answers late, as it may where much else runs. */
  final List<TrainEvent.Alert> alerts = new CopyOnWriteArrayList<>();

  SharedTopic(EmbeddedBroker broker, Path directory, String topic, int partitions) {
    this.broker = broker;
    this.directory = directory;
    this.topic = topic;
    this.partitions = partitions;
    sent = new long[partitions];
    try (Topics topics = Topics.at(broker.bootstrapServers())) {
      topics.createIfMissing(topic, partitions);
    }
    producer = TopicJob.producer(broker.bootstrapServers(), Map.of());
  }

  /** Sends records to every partition; one in ten is no sample. */
  void send(int toEach) {
    for (int partition = 0; partition < partitions; partition++) {
      for (int i = 0; i < toEach; i++) {
        long number = sent[partition]++;
        String value =
            number % 10 == 9
                ? "no sample"
                : "{\"y\":\"%s\",\"a\":%d,\"b\":%d}"
                    .formatted(number % 3 == 0 ? "no" : "yes", number % 7, number % 5);
        byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
        var _ = producer.send(new ProducerRecord<>(topic, partition, null, bytes));
      }
    }
    producer.flush();
  }

  JobRun start(String member, Consumer<StepResult> afterStep, String... overrides) {
    JobSpec job = JobFile.parse("job.yaml", job(member), List.of(overrides), directory);
    var options = new JobRun.Options(List.of(new Alerts()), OptionalLong.empty(), afterStep);
    JobRun run = JobRun.start(job, options);
    running.add(run);
    return run;
  }

  /** Starts a member in a process of its own, which {@link HaltBeforeCommit} ends. */
  Process startHalting(String member) throws IOException {
    Path file = Files.writeString(directory.resolve(topic + ".yaml"), job(member));
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(argument -> argument.startsWith("--"))
        .forEach(command::add);
    String classPath = System.getProperty("java.class.path");
    command.addAll(List.of("-cp", classPath, Main.class.getName(), "run", file.toString()));
    String property = "source.kafka.properties.\"%s\"=%s";
    for (String set :
        List.of(
            "checkpoints.every-samples=16",
            property.formatted("max.poll.records", "200"),
            property.formatted("interceptor.classes", HaltBeforeCommit.class.getName()),
            property.formatted(
                HaltBeforeCommit.DIRECTORY, directory.resolve(topic).resolve(member)))) {
      command.addAll(List.of("--set", set));
    }
    return new ProcessBuilder(command)
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve(topic + ".log").toFile())
        .start();
  }

  /** A consumer in the group that is none of ours. */
  KafkaConsumer<byte[], byte[]> consumer(String name) {
    var consumer =
        new KafkaConsumer<>(
            Map.of(
                "bootstrap.servers",
                broker.bootstrapServers(),
                "group.id",
                topic,
                "client.id",
                name),
            new ByteArrayDeserializer(),
            new ByteArrayDeserializer());
    consumer.subscribe(List.of(topic));
    return consumer;
  }

  /** Has the broker forget all members, as when it hears nothing of them for too long. */
  void expelAll() {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      admin
          .removeMembersFromConsumerGroup(topic, new RemoveMembersFromConsumerGroupOptions())
          .all()
          .get(30, TimeUnit.SECONDS);
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  private String job(String member) {
    Path checkpoints = directory.resolve(topic).resolve(member);
    return """
          name: shared
          source:
            kafka:
              topic: %1$s
              bootstrap: %2$s
              group: %1$s
              format: jsonl
              subscribe: true
              share-group: true
              chunk-rows: 50
              properties: {heartbeat.interval.ms: "200", session.timeout.ms: "6000", fetch.max.wait.ms: "20"}
          sample:
            label: {field: y, classes: [no, yes]}
            inputs:
              x: {dense: {fields: [a, b]}}
          model:
            - linear: {input: x}
          loss: logistic
          optimizer: {sgd: {learning-rate: 0.1}}
          batch: {size: 16, linger-ms: 20, ring-slots: 4}
          checkpoints: {directory: %3$s, every-samples: 500, keep: 3}
          """
        .formatted(topic, broker.bootstrapServers(), checkpoints);
  }

  void stop(JobRun run) {
    running.remove(run);
    try (run) {
      run.stop();
      run.await();
    }
  }

  /**
   * Waits until every record that was sent is settled.
   *
   * @param members who were stopped
   */
  void awaitAllLearned(Collection<String> members) {
    await(
        "all " + allSent() + " records",
        () -> {
          List<Ledger> ledgers = new ArrayList<>();
          for (JobRun run : running) {
            if (run.status().recordsInFlight() > 0) {
              return false;
            }
            ledgers.add(run.status().ledger());
          }
          members.stream()
              .filter(this::hasCheckpoint)
              .forEach(member -> ledgers.add(checkpoint(member).ledger()));
          return IntStream.range(0, partitions).allMatch(p -> furthest(ledgers, p) == sent[p]);
        });
  }

  private long furthest(List<Ledger> ledgers, int partition) {
    var at = new SourcePartition(topic, partition);
    return ledgers.stream()
        .mapToLong(ledger -> ledger.positions().of(at).orElse(0))
        .max()
        .orElse(0);
  }

  static void await(String what, BooleanSupplier condition) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited too long for %s", what).isLessThan(until);
      try {
        Thread.sleep(20);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }

  Checkpoint checkpoint(String member) {
    return DirectoryCheckpointStore.forReading(directory.resolve(topic).resolve(member))
        .newest(damage -> {})
        .orElseThrow();
  }

  boolean hasCheckpoint(String member) {
    return !checkpointsOf(member).isEmpty();
  }

  /** Names of the member's checkpoints. */
  List<String> checkpointsOf(String member) {
    return checkpointsIn(directory.resolve(topic).resolve(member));
  }

  static List<String> checkpointsIn(Path directory) {
    return Files.isDirectory(directory)
        ? DirectoryCheckpointStore.forReading(directory).list().stream()
            .map(CheckpointStore.Entry::name)
            .toList()
        : List.of();
  }

  /** Cuts the end off all of a member's checkpoints but some. */
  void damageCheckpoints(String member, List<String> kept) {
    List<String> damaged = new ArrayList<>(checkpointsOf(member));
    damaged.removeAll(kept);
    assertThat(damaged).isNotEmpty();
    assertThat(checkpointsOf(member)).containsAnyElementsOf(kept);
    for (String name : damaged) {
      Path file = directory.resolve(topic).resolve(member).resolve(name);
      try (FileChannel open = FileChannel.open(file, StandardOpenOption.WRITE)) {
        open.truncate(open.size() - 1);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  /** Records that a member's newest checkpoint has, and that the group begins before. */
  long uncommittedOf(String member) {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
      Map<TopicPartition, OffsetAndMetadata> committed =
          admin
              .listConsumerGroupOffsets(topic)
              .partitionsToOffsetAndMetadata()
              .get(30, TimeUnit.SECONDS);
      long beyond = 0;
      for (var entry : checkpoint(member).ledger().positions().next().entrySet()) {
        OffsetAndMetadata offset =
            committed.get(new TopicPartition(topic, entry.getKey().partition()));
        beyond += Math.max(0, entry.getValue() - (offset == null ? 0 : offset.offset()));
      }
      return beyond;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /**
   * The ranges of all models together: each record is in exactly one.
   *
   * @param members a member that learned nothing need not have a checkpoint
   */
  void assertEachLearnedOnce(Collection<String> members) {
    long read = assertNoneMissing(members);
    assertThat(read).as("records in all models").isEqualTo(allSent());
  }

  /**
   * Each record is in a model, and in none twice.
   *
   * @return records in the models
   */
  long assertNoneMissing(Collection<String> members) {
    SortedMap<SourcePartition, List<Range>> ranges = new TreeMap<>();
    long read = 0;
    for (String member : members.stream().filter(this::hasCheckpoint).toList()) {
      Checkpoint checkpoint = checkpoint(member);
      learned(checkpoint)
          .forEach((at, own) -> ranges.computeIfAbsent(at, p -> new ArrayList<>()).addAll(own));
      read += checkpoint.ledger().read();
    }
    for (int partition = 0; partition < partitions; partition++) {
      var at = new SourcePartition(topic, partition);
      List<Range> all = ranges.getOrDefault(at, List.of());
      long next = 0;
      for (Range range : all.stream().sorted(Comparator.comparingLong(Range::from)).toList()) {
        assertThat(range.from()).as("%s: %s", at, all).isLessThanOrEqualTo(next);
        next = Math.max(next, range.to());
      }
      assertThat(next).as("%s: %s", at, all).isEqualTo(sent[partition]);
    }
    return read;
  }

  long allSent() {
    return Arrays.stream(sent).sum();
  }

  /** What a checkpoint's model learned, by partition; checked against its own account. */
  static SortedMap<SourcePartition, List<Range>> learned(Checkpoint checkpoint) {
    SortedMap<SourcePartition, List<Range>> learned = new TreeMap<>();
    checkpoint.ledger().entries().forEach((at, e) -> learned.put(at, learned(checkpoint, at, e)));
    return learned;
  }

  private static List<Range> learned(
      Checkpoint checkpoint, SourcePartition at, Ledger.Entry entry) {
    List<Range> ranges = new ArrayList<>();
    long from = FirstPositions.of(checkpoint).of(at).orElseThrow();
    for (Range other : FirstPositions.passedOver(checkpoint).getOrDefault(at, List.of())) {
      if (other.from() > from) {
        ranges.add(new Range(from, other.from()));
      }
      from = other.to();
    }
    if (entry.nextPosition() > from) {
      ranges.add(new Range(from, entry.nextPosition()));
    }
    long length = ranges.stream().mapToLong(range -> range.to() - range.from()).sum();
    assertThat(entry.read()).as("%s: %s", at, ranges).isEqualTo(length);
    return ranges;
  }

  @Override
  public void close() {
    for (JobRun run : List.copyOf(running)) {
      run.close();
    }
    producer.close();
  }

  private final class Alerts implements EventSink {
    @Override
    public void accept(TrainEvent event) {
      if (event instanceof TrainEvent.Alert alert && !alert.code().equals("broker-unreachable")) {
        alerts.add(alert);
      }
    }

    @Override
    public void close() {}
  }
}
