package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkCollector;
import io.headrace.ingest.RecordChunk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a Kafka source does beyond the contract, against a real broker. */
class KafkaSampleSourceTest {
  private final TestBroker broker = TestBroker.shared();
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final ChunkCollector collector = new ChunkCollector(this::see);

  @AfterEach
  void stop() {
    collector.cancel();
    assertThat(collector.breaches()).isEmpty();
  }

  private void see(RecordChunk chunk) {
    for (int i = 0; i < chunk.count(); i++) {
      RecordChunk.Fault fault = chunk.fault(i);
      int length = chunk.end(i) - chunk.start(i);
      seen.add(chunk.position(i) + " " + (fault == null ? length : fault.reason().code()));
    }
    if (chunk.count() == 0) {
      seen.add((chunk.caughtUp() ? "caught up " : "moved to ") + chunk.nextPosition());
    }
  }

  private KafkaSettingsBuilder settings(String topic) {
    return new KafkaSettingsBuilder(topic, broker.bootstrap());
  }

  private KafkaSampleSource start(KafkaSettingsBuilder settings, Positions from) {
    KafkaSampleSource source = settings.source();
    source.chunks(from).subscribe(collector);
    return source;
  }

  private static Positions at(String topic, long offset) {
    return Positions.of(Map.of(new SourcePartition(topic, 0), offset));
  }

  private static void send(KafkaProducer<byte[], byte[]> producer, String topic, byte... value) {
    var _ = producer.send(new ProducerRecord<>(topic, 0, null, value));
  }

  @Test
  void saysOnceThatItIsCaughtUpAndAgainAfterNewRecords() {
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, 2);
    start(settings(topic), Positions.START);
    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("the first signal", () -> collector.caughtUpSignals() == 1);
    assertThat(seen).containsExactly("0 11", "1 11", "caught up 2");
    broker.send(topic, 0, 2, 1);
    ChunkCollector.await("the second signal", () -> collector.caughtUpSignals() == 2);
    assertThat(seen).endsWith("2 11", "caught up 3");
    assertThat(collector.received()).isEqualTo(4);
  }

  @Test
  void aTombstoneIsARecordWithoutBytesAndATooLargeOneAFault() {
    String topic = broker.newTopic(1);
    try (var producer = broker.producer(Map.of())) {
      send(producer, topic, (byte) 1, (byte) 2);
      var _ = producer.send(new ProducerRecord<>(topic, 0, new byte[] {7}, null));
      send(producer, topic, new byte[10_000_000]);
      send(producer, topic, new byte[10_000_001]);
      send(producer, topic, (byte) 3);
    }
    start(settings(topic).stopAtEnd().maxRecordBytes(10_000_000), Positions.START);
    collector.ask(Long.MAX_VALUE);
    collector.awaitEnd();
    assertThat(seen).containsExactly("0 2", "1 0", "2 10000000", "3 too-large", "4 1");
  }

  @Test
  void positionsPassOverWhatTransactionsLeaveInTheLog() {
    String topic = broker.newTopic(1);
    try (var producer = broker.producer(Map.of("transactional.id", topic))) {
      producer.initTransactions();
      producer.beginTransaction();
      send(producer, topic, (byte) 1); // offset 0, and 1 for the commit
      producer.commitTransaction();
      producer.beginTransaction();
      send(producer, topic, (byte) 1, (byte) 2); // offset 2, never seen, and 3
      producer.flush();
      producer.abortTransaction();
      producer.beginTransaction();
      send(producer, topic, (byte) 1, (byte) 2, (byte) 3); // offset 4, and 5
      producer.commitTransaction();
    }
    var ends = Collections.synchronizedList(new ArrayList<Long>());
    var last = new ChunkCollector(chunk -> ends.add(chunk.nextPosition()));
    settings(topic)
        .stopAtEnd()
        .source()
        .chunks(Positions.START)
        .doOnNext(this::see)
        .subscribe(last);
    last.ask(Long.MAX_VALUE);
    assertThat(last.awaitEnd().failure()).isNull();
    assertThat(seen).contains("0 1", "4 3").doesNotContain("2 2");
    assertThat(ends).last().isEqualTo(6L);
  }

  @Test
  void withoutDemandItPausesAndStaysInItsGroup() throws InterruptedException {
    String topic = broker.newTopic(2);
    broker.send(topic, 0, 0, 50);
    broker.send(topic, 1, 0, 50);
    KafkaSampleSource source =
        start(
            settings(topic)
                .subscribe("slow-" + topic)
                .chunkRows(5)
                .property("max.poll.records", 10)
                .property("max.poll.interval.ms", 1500)
                .property("session.timeout.ms", 1500)
                .property("heartbeat.interval.ms", 300),
            Positions.START);
    collector.ask(1);
    ChunkCollector.await("the first chunk", () -> collector.received() == 1);
    Thread.sleep(4000); // well beyond max.poll.interval.ms, which is the broker's clock, not ours
    assertThat(broker.members("slow-" + topic)).isEqualTo(1);
    assertThat(source.status().pauses()).isPositive();
    assertThat(source.status().lag()).isEqualTo(95);
    for (int i = 2; i <= 20; i++) {
      long wanted = i;
      collector.ask(1);
      ChunkCollector.await("chunk " + i, () -> collector.received() == wanted);
    }
    assertThat(collector.records()).isEqualTo(100);
    assertThat(seen).hasSize(100);
  }

  @Test
  void membersOfAGroupShareTheTopicAndGoOnWhereTheOtherCommitted() {
    String topic = broker.newTopic(4);
    for (int p = 0; p < 4; p++) {
      broker.send(topic, p, 0, 10);
    }
    KafkaSampleSource first = start(settings(topic).share(topic), Positions.START);
    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("all records", () -> collector.records() == 40);
    Map<SourcePartition, Long> done = new java.util.HashMap<>();
    for (int p = 0; p < 4; p++) {
      done.put(new SourcePartition(topic, p), 10L);
    }
    first.commit(Positions.of(done));
    ChunkCollector.await("the commit", () -> broker.committed(topic, topic, 3) == 10);

    KafkaSampleSource second = settings(topic).share(topic).source();
    var other = new ChunkCollector(chunk -> {});
    second.chunks(Positions.START).subscribe(other);
    other.ask(Long.MAX_VALUE);
    ChunkCollector.await(
        "two partitions each",
        () -> second.status().partitions().size() == 2 && first.status().partitions().size() == 2);
    for (int p = 0; p < 4; p++) {
      broker.send(topic, p, 10, 5);
    }
    ChunkCollector.await("the rest", () -> collector.records() + other.records() >= 60);
    assertThat(collector.records()).isEqualTo(50);
    assertThat(other.records()).isEqualTo(10);
    other.cancel();
    broker.send(topic, 0, 15, 1);
    broker.send(topic, 3, 15, 1);
    ChunkCollector.await("all partitions again", () -> first.status().partitions().size() == 4);
  }

  @Test
  void aCheckpointRulesOverACommittedOffset() {
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, 10);
    KafkaSampleSource source = start(settings(topic).group(topic), Positions.START);
    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("all records", () -> collector.records() == 10);
    source.commit(at(topic, 8));
    ChunkCollector.await("the commit", () -> broker.committed(topic, topic, 0) == 8);
    var again = new ChunkCollector(chunk -> {});
    settings(topic).subscribe(topic).source().chunks(at(topic, 3)).subscribe(again);
    again.ask(Long.MAX_VALUE);
    ChunkCollector.await("the rest", () -> again.caughtUpSignals() == 1);
    again.cancel();
    assertThat(again.records()).isEqualTo(7);
  }

  @Test
  void cancellingLeavesTheGroup() {
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, 1);
    start(settings(topic).subscribe(topic), Positions.START);
    collector.ask(1);
    ChunkCollector.await("the record", () -> collector.received() == 1);
    assertThat(broker.members(topic)).isEqualTo(1);
    collector.cancel();
    ChunkCollector.await("leaving", () -> broker.members(topic) == 0);
    assertThat(collector.completed()).isFalse();
    assertThat(collector.failure()).isNull();
  }
}
