package io.headrace.perf.faults;

import io.headrace.app.broker.Topics;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.perf.load.EngineCeiling;
import io.headrace.perf.load.LoadJob;
import io.headrace.perf.load.LoadTopic;
import io.headrace.perf.stream.Readings;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.sink.EventSink;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A job that trains from a broker while the way to it breaks: half of the records are there before,
 * the others are written afterwards. It must have noticed, told it once, stood still meanwhile and
 * gone on, to the parameters and the ledger of a run that nothing happened to.
 */
final class FaultedRun {
  static final long RECORDS = 120_000;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final long STEP_NANOS = TimeUnit.MICROSECONDS.toNanos(500);

  /** Chunks on their way through decoders and assembler, the ring, and one fetch. */
  private static final long MOST_ON_THE_WAY = 32 * 1024;

  private final ChildBroker broker;
  private final Path directory;
  private final List<TrainEvent.Alert> alerts = new CopyOnWriteArrayList<>();

  /** What a fault did. */
  record Outcome(long trainedBefore, long trainedMeanwhile, double awaySeconds, String sha256) {}

  FaultedRun(ChildBroker broker, Path directory) {
    this.broker = broker;
    this.directory = directory;
  }

  /**
   * Runs the job once.
   *
   * @param topic a new one
   * @param strike breaks the way to the broker
   * @param least how long it stays so; it also lasts until the job has noticed
   * @param mend puts it right again
   * @throws IllegalStateException if anything is not as it should be
   */
  Outcome run(String topic, Runnable strike, Duration least, Runnable mend) throws IOException {
    try (Topics topics = Topics.at(broker.bootstrap())) {
      topics.createIfMissing(topic, 1);
    }
    send(topic, 0, RECORDS / 2);
    JobSpec job =
        LoadJob.on(
            new LoadTopic(broker.bootstrap(), topic, RECORDS, 0),
            directory.resolve(topic),
            List.of(
                "source.kafka.stop-at-end=false",
                "source.kafka.topic-check-ms=2000",
                "source.kafka.properties.\"fetch.max.bytes\"=65536",
                "source.kafka.properties.\"max.partition.fetch.bytes\"=65536",
                "batch.linger-ms=600000", // no batch is closed by time: the same records, the same
                // bits
                "checkpoints.every-samples=20000"));
    String expected = new EngineCeiling(job).answer(RECORDS);
    var options =
        new JobRun.Options(
            List.of(new Alerts()),
            OptionalLong.of(RECORDS),
            step -> LockSupport.parkNanos(STEP_NANOS));
    try (JobRun run = JobRun.start(job, options)) {
      await("the first steps", run, () -> run.status().steps() > 20);
      long before = run.status().ledger().trained();
      long struck = System.nanoTime();
      strike.run();
      await("the alert", run, () -> !alerts.isEmpty());
      LockSupport.parkNanos(struck + least.toNanos() - System.nanoTime());
      long meanwhile = run.status().ledger().trained();
      requireOnlyUnreachable();
      require(alerts.size() == 1, "it should be said once: " + alerts);
      mend.run();
      double away = (System.nanoTime() - struck) / 1e9;
      send(topic, RECORDS / 2, RECORDS);
      await("all records", run, () -> run.status().ledger().trained() == RECORDS);
      TrainingStatus end = run.await();
      require(
          meanwhile < RECORDS / 2 && meanwhile <= before + MOST_ON_THE_WAY,
          "it should have stood still, and trained " + (meanwhile - before));
      requireOnlyUnreachable();
      require(end.ledger().equals(whole(topic)), "the ledger is " + end.ledger());
      String found = run.trainer().parametersSha256();
      require(found.equals(expected), "the parameters are " + found + ", not " + expected);
      return new Outcome(before, meanwhile, away, found);
    }
  }

  private void requireOnlyUnreachable() {
    require(
        alerts.stream().allMatch(alert -> alert.code().equals("broker-unreachable")),
        "nothing else should be wrong: " + alerts);
  }

  private static Ledger whole(String topic) {
    return new Ledger(
        new TreeMap<>(
            Map.of(new SourcePartition(topic, 0), new Ledger.Entry(RECORDS, RECORDS, 0, 0))));
  }

  private void send(String topic, long from, long to) {
    try (var producer =
        new KafkaProducer<>(
            Map.<String, Object>of(
                "bootstrap.servers",
                broker.bootstrap(),
                "max.in.flight.requests.per.connection", // decision 49
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (long i = from; i < to; i++) {
        var _ = producer.send(new ProducerRecord<>(topic, Readings.message(i)));
      }
    }
  }

  private static void await(String what, JobRun run, BooleanSupplier condition) {
    long deadline = System.nanoTime() + PATIENCE.toNanos();
    while (!condition.getAsBoolean()) {
      TrainingStatus status = run.status();
      require(status.failure() == null, "the job failed: " + status.failure());
      require(System.nanoTime() < deadline, "waited in vain for " + what + ": " + status.ledger());
      LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(2));
    }
  }

  private static void require(boolean holds, String otherwise) {
    if (!holds) {
      throw new IllegalStateException(otherwise);
    }
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
