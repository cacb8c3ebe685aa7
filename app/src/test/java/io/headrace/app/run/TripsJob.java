package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.engine.TrainEvent;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.EventSink;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Future;
import java.util.function.BooleanSupplier;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A job over a topic of trips whose schemas a registry knows. Not thread-safe. */
final class TripsJob {
  private final Path folder;
  private final EmbeddedBroker broker;
  private final String topic;
  private final String registry;
  private final String fields;
  private final List<String> overrides = new ArrayList<>();
  private final List<TrainEvent.Alert> alerts = new CopyOnWriteArrayList<>();

  /**
   * @param fields of {@code reader} that are learned from
   */
  TripsJob(
      Path folder,
      EmbeddedBroker broker,
      String topic,
      String registry,
      Schema reader,
      String fields)
      throws IOException {
    this.folder = Files.createDirectories(folder);
    this.broker = broker;
    this.topic = topic;
    this.registry = registry;
    this.fields = fields;
    Files.writeString(folder.resolve("reader.avsc"), reader.toString());
  }

  String topic() {
    return topic;
  }

  TripsJob with(String override) {
    overrides.add(override);
    return this;
  }

  /** Starts a run that goes on from the checkpoints called {@code name}. */
  JobRun start(String name, OptionalLong stopAfter) {
    try {
      Path file = Files.writeString(folder.resolve(name + ".yaml"), text(name));
      JobSpec job = JobFile.read(file, overrides);
      return JobRun.start(
          job, new JobRun.Options(List.of(new Alerts(alerts)), stopAfter, step -> {}));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String text(String name) {
    return """
      name: trips
      source:
        kafka:
          topic: %s
          bootstrap: %s
          format: avro
          schema: reader.avsc
          registry: {url: "%s", timeout-ms: 2000}
      sample:
        label: {field: paid, classes: ["no", "yes"]}
        inputs:
          x: {dense: {fields: [%s]}}
      model:
        - linear: {input: x}
      loss: logistic
      optimizer: {sgd: {learning-rate: 0.01}}
      batch: {size: 50, linger-ms: 600000}
      checkpoints: {directory: %s, every-samples: 500, keep: 20}
      dead-letters: {file: %s}
      """
        .formatted(
            topic,
            broker.bootstrapServers(),
            registry,
            fields,
            folder.resolve(name),
            letters(name));
  }

  private record Alerts(List<TrainEvent.Alert> alerts) implements EventSink {
    @Override
    public void accept(TrainEvent event) {
      if (event instanceof TrainEvent.Alert alert) {
        alerts.add(alert);
      }
    }

    @Override
    public void close() {}
  }

  /** What operators were told so far. */
  List<String> alerts() {
    return alerts.stream().map(alert -> alert.code() + ": " + alert.message()).toList();
  }

  /** Trains to the end, and says what was learned. */
  String finish(String name, OptionalLong stopAfter, long read, long trained) {
    try (JobRun run = start(name, stopAfter)) {
      return finish(run, read, trained);
    }
  }

  static String finish(JobRun run, long read, long trained) {
    TrainingStatus end = run.await();
    assertThat(end.ledger().trained()).isEqualTo(trained);
    assertThat(end.ledger().rejected()).isEqualTo(read - trained);
    assertThat(end.ledger().read()).isEqualTo(read);
    return run.trainer().parametersSha256();
  }

  List<RejectedSample> rejected(String name) throws IOException {
    List<RejectedSample> found = new ArrayList<>();
    try (var reader =
        new DataFileReader<>(
            letters(name).toFile(), new SpecificDatumReader<>(RejectedSample.class))) {
      reader.forEach(found::add);
    }
    return found;
  }

  private Path letters(String name) {
    return folder.resolve(name + "-dead.avro");
  }

  /** Sends records to partition 0, and returns when they are in the topic. */
  void send(List<byte[]> records) throws Exception {
    try (var producer = TopicJob.producer(broker.bootstrapServers(), Map.of())) {
      var sent = new ArrayList<Future<?>>();
      for (byte[] record : records) {
        sent.add(producer.send(new ProducerRecord<>(topic, 0, null, record)));
      }
      for (Future<?> each : sent) {
        each.get();
      }
    }
  }

  /** Waits for something that another thread does. */
  static void await(BooleanSupplier happened) throws InterruptedException {
    while (!happened.getAsBoolean()) {
      Thread.sleep(5);
    }
  }
}
