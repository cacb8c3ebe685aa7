package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.app.broker.Topics;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.job.JobRun;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Producers that commit some transactions, abort others and leave one open. */
class TransactionsTest {
  private static final long SEED = 20261125;
  private static final int TRANSACTIONS = 40;

  @TempDir private Path folder;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  /** Samples that were committed: each transaction has another range of numbers. */
  private int committed;

  private int aborted;

  @BeforeEach
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
    try (Topics topics = Topics.at(broker.bootstrapServers())) {
      topics.createIfMissing("live", 1);
      topics.createIfMissing("plain", 1);
    }
  }

  @AfterEach
  void stop() {
    broker.close();
  }

  private KafkaProducer<byte[], byte[]> producer(String transactions) {
    return TopicJob.producer(
        broker.bootstrapServers(),
        Map.<String, Object>of(
            "transactional.id",
            transactions,
            // The broker ends an open one after this: by default a minute, which a slow machine
            // takes.
            "transaction.timeout.ms",
            900_000));
  }

  private TopicJob job(String topic, String name) {
    return new TopicJob(broker.bootstrapServers(), topic, folder.resolve(name));
  }

  private static Ledger exactly(String topic, long next, long trained) {
    return new Ledger(
        new TreeMap<>(
            Map.of(new SourcePartition(topic, 0), new Ledger.Entry(next, trained, 0, 0))));
  }

  /** Each of a multiple of the batch's size, so that no sample waits for the next transaction. */
  private void transactions(
      KafkaProducer<byte[], byte[]> live, KafkaProducer<byte[], byte[]> plain, Random random) {
    for (int i = 0; i < TRANSACTIONS; i++) {
      int samples = TopicJob.BATCH * (1 + random.nextInt(8));
      live.beginTransaction();
      if (i % 5 == 0 || random.nextInt(3) == 0) {
        TopicJob.send(live, "live", 0, 1_000_000, 1_000_000 + samples);
        live.abortTransaction();
        aborted += samples;
      } else {
        TopicJob.send(live, "live", 0, committed, committed + samples);
        TopicJob.send(plain, "plain", 0, committed, committed + samples);
        live.commitTransaction();
        committed += samples;
      }
    }
  }

  @Test
  void exactlyTheCommittedSamplesAreTrainedThoughTheJobIsKilledInTheMiddle() throws Exception {
    String bootstrap = broker.bootstrapServers();
    var random = new Random(SEED);
    try (var live = producer("steady");
        var hanging = producer("hanging");
        var plain = TopicJob.producer(bootstrap, Map.of())) {
      live.initTransactions();
      hanging.initTransactions();
      transactions(live, plain, random);
      int before = committed;
      long positionsBefore = (long) before + aborted + TRANSACTIONS;
      hanging.beginTransaction();
      TopicJob.send(hanging, "live", 0, 2_000_000, 2_000_000 + 3 * TopicJob.BATCH);
      transactions(live, plain, random);
      assertThat(aborted).as("seed %d", SEED).isPositive();

      // What lies behind the open transaction is committed, and yet has to wait.
      try (JobRun run = job("live", "open").start(Long.MAX_VALUE)) {
        TopicJob.await("what is before it", () -> run.status().ledger().trained() == before);
        assertThat(run.status().ledger().read()).isEqualTo(before);
        run.stop();
        Ledger stopped = run.await().ledger();
        assertThat(stopped.read()).isEqualTo(before);
        assertThat(stopped.positions().of(new SourcePartition("live", 0)).orElseThrow())
            .isBetween((long) before, positionsBefore);
      }

      TopicJob killed = job("live", "killed");
      Process process = killed.startProcess();
      TopicJob.await("a checkpoint", () -> killed.checkpointed() > 0 || !process.isAlive());
      assertThat(process.isAlive()).isTrue();
      process.destroyForcibly();
      assertThat(process.waitFor(30, TimeUnit.SECONDS)).isTrue();
      assertThat(killed.checkpointed()).isBetween(1L, (long) before);

      hanging.abortTransaction();
    }
    long end = committed + aborted + 3L * TopicJob.BATCH + 2L * TRANSACTIONS + 1;
    Ledger whole = exactly("live", end, committed);
    TopicJob resumed = job("live", "killed");
    assertThat(resumed.finish().ledger()).as("seed %d", SEED).isEqualTo(whole);
    assertThat(job("plain", "plain").finish().ledger())
        .isEqualTo(exactly("plain", committed, committed));
    String expected = job("plain", "plain").finalParameters();
    assertThat(job("live", "whole").finalParameters()).isEqualTo(expected);
    assertThat(job("live", "open").finalParameters()).isEqualTo(expected);
    assertThat(job("live", "killed").finalParameters()).isEqualTo(expected);
    assertThat(resumed.alerts).isEmpty();
  }
}
