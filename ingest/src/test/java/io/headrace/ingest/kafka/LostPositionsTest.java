package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkCollector;
import io.headrace.ingest.RecordChunk;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Positions that a partition's log no longer holds, on a real broker. */
class LostPositionsTest {
  private final TestBroker broker = TestBroker.shared();
  private final List<Long> read = Collections.synchronizedList(new ArrayList<>());
  private final Map<Integer, Long> lost = Collections.synchronizedMap(new TreeMap<>());
  private final Map<Integer, Long> next = Collections.synchronizedMap(new TreeMap<>());
  private final List<String> alerts = new CopyOnWriteArrayList<>();
  private final ChunkCollector collector = new ChunkCollector(this::see);

  @AfterEach
  void stop() {
    collector.cancel();
    assertThat(collector.breaches()).isEmpty();
  }

  private void see(RecordChunk chunk) {
    assertThat(chunk.lost() == 0 || chunk.count() == 0).isTrue();
    for (int i = 0; i < chunk.count(); i++) {
      read.add(chunk.position(i));
    }
    lost.merge(chunk.partition().partition(), chunk.lost(), Long::sum);
    next.put(chunk.partition().partition(), chunk.nextPosition());
  }

  private KafkaSampleSource start(String topic, String choice, Positions from, boolean stopAtEnd) {
    var settings = new KafkaSettingsBuilder(topic, broker.bootstrap()).onLost(choice).chunkRows(3);
    KafkaSampleSource source = (stopAtEnd ? settings.stopAtEnd() : settings).source();
    source.alertTo((code, message) -> alerts.add(code + ": " + message));
    source.chunks(from).subscribe(collector);
    return source;
  }

  private static Positions at(String topic, long... offsets) {
    Map<SourcePartition, Long> positions = new TreeMap<>();
    for (int p = 0; p < offsets.length; p++) {
      positions.put(new SourcePartition(topic, p), offsets[p]);
    }
    return Positions.of(positions);
  }

  @Test
  void failsByDefaultAndSaysWhatIsThereAndWhatCanBeDone() {
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, 20);
    broker.deleteBefore(topic, 0, 15);
    start(topic, "fail", at(topic, 4), false);
    collector.ask(Long.MAX_VALUE);
    assertThat(collector.awaitEnd().failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageStartingWith(
            "topic " + topic + " partition 0: position 4 is wanted, but the broker holds 15 to 20")
        .hasMessageContaining("11 positions were deleted")
        .hasMessageContaining("on-lost-positions: earliest (reads on at 15) or latest (at 20)")
        .hasMessageContaining("--fresh");
    assertThat(collector.completed()).isFalse();
    assertThat(alerts).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"earliest", "latest"})
  void goesOnBehindThemAndCountsThemExactly(String choice) {
    String topic = broker.newTopic(3);
    for (int p = 0; p < 3; p++) {
      broker.send(topic, p, 0, 20);
    }
    broker.deleteBefore(topic, 0, 15);
    broker.deleteBefore(topic, 2, 20);
    start(topic, choice, at(topic, 4, 18, 0), true);
    collector.ask(Long.MAX_VALUE);
    assertThat(collector.awaitEnd().failure()).isNull();
    boolean latest = choice.equals("latest");
    assertThat(lost).isEqualTo(Map.of(0, latest ? 16L : 11L, 1, 0L, 2, 20L));
    assertThat(next).isEqualTo(Map.of(0, 20L, 1, 20L, 2, 20L));
    assertThat(read)
        .containsExactlyInAnyOrderElementsOf(
            latest ? List.of(18L, 19L) : List.of(15L, 16L, 17L, 18L, 19L, 18L, 19L));
    assertThat(alerts)
        .hasSize(2)
        .anySatisfy(
            alert ->
                assertThat(alert)
                    .startsWith("positions-lost: topic " + topic + " partition 2: position 0 is")
                    .contains("Reading goes on at 20; 20 positions are counted as lost"));
  }

  @Test
  void recordsThatAreDeletedWhileReadingWaitsAreCounted() throws InterruptedException {
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, 10);
    KafkaSampleSource source = start(topic, "earliest", Positions.START, false);
    collector.ask(2);
    ChunkCollector.await("two chunks", () -> collector.received() == 2);
    ChunkCollector.await("a pause", () -> source.status().pauses() > 0);
    Thread.sleep(500); // so that no fetch of before the pause, which waits for 20 ms, is under way
    broker.send(topic, 0, 10, 30);
    broker.deleteBefore(topic, 0, 35);
    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("the end", () -> next.getOrDefault(0, 0L) == 40);
    // What was polled before it was deleted is read, the rest of it is lost.
    assertThat(read.size() + lost.getOrDefault(0, 0L)).isEqualTo(40);
    assertThat(read).contains(0L, 5L, 39L).doesNotHaveDuplicates();
    assertThat(lost.get(0)).isGreaterThanOrEqualTo(25);
  }

  @Test
  void gapsWithinTheLogAreNotLost() {
    String topic = broker.newTopic(1);
    try (var producer = broker.producer(Map.of("transactional.id", topic))) {
      producer.initTransactions();
      for (int i = 0; i < 6; i++) {
        producer.beginTransaction();
        var _ = producer.send(new ProducerRecord<>(topic, 0, null, new byte[] {(byte) i}));
        producer.flush();
        if (i % 2 == 0) {
          producer.commitTransaction();
        } else {
          producer.abortTransaction();
        }
      }
    }
    start(topic, "earliest", Positions.START, true);
    collector.ask(Long.MAX_VALUE);
    assertThat(collector.awaitEnd().failure()).isNull();
    assertThat(next).isEqualTo(Map.of(0, 12L));
    assertThat(lost).isEqualTo(Map.of(0, 0L));
    assertThat(alerts).isEmpty();
  }

  @Test
  void whatCompactionLeavesOutIsNotLostAndAPositionThereIsNoFault() {
    String topic = broker.newCompactedTopic();
    try (var producer = broker.producer(Map.of())) {
      ChunkCollector.await("the log to be compacted", () -> isCompacted(producer, topic));
    }
    start(topic, "fail", at(topic, 1), true);
    collector.ask(Long.MAX_VALUE);
    assertThat(collector.awaitEnd().failure()).isNull();
    assertThat(read).doesNotContain(1L);
    assertThat(read.size()).isLessThan((int) (next.getOrDefault(0, 0L) - 1));
    assertThat(lost).isEqualTo(Map.of(0, 0L));
    assertThat(alerts).isEmpty();
  }

  /** Writes three keys again, which makes a new segment in time, and looks for record 1. */
  private boolean isCompacted(KafkaProducer<byte[], byte[]> producer, String topic) {
    for (byte key = 0; key < 3; key++) {
      var _ = producer.send(new ProducerRecord<>(topic, 0, new byte[] {key}, new byte[] {key}));
    }
    producer.flush();
    java.util.concurrent.locks.LockSupport.parkNanos(250_000_000);
    var found = Collections.synchronizedList(new ArrayList<Long>());
    var reader =
        new ChunkCollector(
            chunk -> {
              for (int i = 0; i < chunk.count(); i++) {
                found.add(chunk.position(i));
              }
            });
    new KafkaSettingsBuilder(topic, broker.bootstrap())
        .stopAtEnd()
        .source()
        .chunks(Positions.START)
        .subscribe(reader);
    reader.ask(Long.MAX_VALUE);
    assertThat(reader.awaitEnd().failure()).isNull();
    return !found.contains(1L);
  }

  @ParameterizedTest
  @ValueSource(strings = {"fail", "earliest", "latest"})
  void aPositionBehindTheEndIsAnotherMatterAndAlwaysAnError(String choice) {
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, 5);
    start(topic, choice, at(topic, 9), false);
    collector.ask(Long.MAX_VALUE);
    assertThat(collector.awaitEnd().failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageStartingWith(
            "topic " + topic + " partition 0: position 9 is wanted, but the broker holds 0 to 5")
        .hasMessageContaining("records that were read are gone")
        .hasMessageContaining("created anew");
    assertThat(alerts).isEmpty();
  }
}
