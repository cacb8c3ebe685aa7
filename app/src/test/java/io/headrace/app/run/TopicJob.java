package io.headrace.app.run;

import io.headrace.app.CommandLineRun;
import io.headrace.engine.Checkpoint;
import io.headrace.engine.TrainEvent;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.sink.EventSink;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A small job on a topic of numbered samples, which closes no batch by time: the same records in
 * the same order give the same parameters.
 */
final class TopicJob {
  static final int BATCH = 5;
  private static final long PATIENCE_SECONDS = 60;
  private static final String YAML =
      """
      name: numbered
      source:
        kafka:
          topic: TOPIC
          bootstrap: BOOTSTRAP
          format: csv
          columns: [label, a, b]
          topic-check-ms: 300
          properties: {fetch.max.wait.ms: 20}
      sample:
        label: {field: label, classes: ["no", "yes"]}
        inputs:
          x: {sparse: {fields: [a, b], bits: 10}}
      model:
        - linear
      loss: logistic
      optimizer: {ftrl: {learning-rate: 0.5}}
      batch: {size: 5, linger-ms: 600000}
      engine: {threads: 1}
      checkpoints: {directory: CHECKPOINTS, every-samples: 20, keep: 1000}
      """;

  final List<TrainEvent.Alert> alerts = new CopyOnWriteArrayList<>();
  private final Path folder;
  private final List<String> settings = new ArrayList<>();
  private final String yaml;

  /**
   * @param folder of the checkpoints
   */
  TopicJob(String bootstrap, String topic, Path folder) {
    this.folder = folder;
    this.yaml =
        YAML.replace("TOPIC", topic)
            .replace("BOOTSTRAP", bootstrap)
            .replace("CHECKPOINTS", folder.toString());
  }

  TopicJob set(String setting) {
    settings.add(setting);
    return this;
  }

  /** Starts it here, to end when it has trained {@code samples}. */
  JobRun start(long samples) {
    var job = JobFile.parse("numbered.yaml", yaml, settings, folder.resolveSibling("."));
    return JobRun.start(
        job, new JobRun.Options(List.of(new Alerts()), OptionalLong.of(samples), step -> {}));
  }

  /** Trains to the end of what the topic has, and says how it ended. */
  TrainingStatus finish() {
    set("source.kafka.stop-at-end=true");
    try (JobRun run = start(Long.MAX_VALUE)) {
      return run.await();
    }
  }

  /** Like {@link #finish}, with the parameters as they are then. */
  String finalParameters() {
    set("source.kafka.stop-at-end=true");
    try (JobRun run = start(Long.MAX_VALUE)) {
      var _ = run.await();
      return run.trainer().parametersSha256();
    }
  }

  /** Starts it in a process of its own, which trains until it is killed. */
  Process startProcess() throws IOException {
    Path file = folder.resolveSibling(folder.getFileName() + ".yaml");
    Files.writeString(file, yaml);
    List<Object> arguments = new ArrayList<>(List.of("run", file));
    settings.forEach(setting -> arguments.addAll(List.of("--set", setting)));
    return CommandLineRun.inOwnProcess(
        folder.resolveSibling(folder.getFileName() + ".log"), arguments);
  }

  Checkpoint newestCheckpoint() {
    return DirectoryCheckpointStore.forReading(folder).newest(damage -> {}).orElseThrow();
  }

  /** Samples trained in the newest checkpoint; 0 without one. */
  long checkpointed() {
    return Files.isDirectory(folder)
        ? DirectoryCheckpointStore.forReading(folder)
            .newest(damage -> {})
            .map(checkpoint -> checkpoint.ledger().trained())
            .orElse(0L)
        : 0;
  }

  /** Deletes all checkpoints but the oldest: what a kill early on leaves. */
  void forgetAllButFirstCheckpoint() {
    List<String> names =
        DirectoryCheckpointStore.forReading(folder).list().stream().map(e -> e.name()).toList();
    try {
      for (String name : names.subList(1, names.size())) {
        Files.delete(folder.resolve(name));
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static void await(String what, BooleanSupplier condition) {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError("waited in vain: " + what);
      }
      LockSupport.parkNanos(5_000_000);
    }
  }

  /** Sends samples {@code from} up to {@code to}; returns when the broker has them. */
  static void send(
      KafkaProducer<byte[], byte[]> producer, String topic, int partition, int from, int to) {
    for (int i = from; i < to; i++) {
      String label = i % 3 == 0 ? "yes" : "no";
      byte[] value =
          (label + "," + i % 17 + "," + (i * 7 + partition) % 23).getBytes(StandardCharsets.UTF_8);
      var _ = producer.send(new ProducerRecord<>(topic, partition, null, value));
    }
    producer.flush();
  }

  static void send(String bootstrap, String topic, int partition, int from, int to) {
    try (var producer = producer(bootstrap, Map.of())) {
      send(producer, topic, partition, from, to);
    }
  }

  static KafkaProducer<byte[], byte[]> producer(String bootstrap, Map<String, Object> more) {
    var settings = new java.util.HashMap<>(more);
    settings.put("bootstrap.servers", bootstrap);
    settings.put("max.in.flight.requests.per.connection", 1); // decision 49
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  static Admin admin(String bootstrap) {
    return Admin.create(Map.<String, Object>of("bootstrap.servers", bootstrap));
  }

  private final class Alerts implements EventSink {
    @Override
    public void accept(TrainEvent event) {
      if (event instanceof TrainEvent.Alert alert) {
        alerts.add(alert);
      }
    }

    @Override
    public void close() {}
  }
}
