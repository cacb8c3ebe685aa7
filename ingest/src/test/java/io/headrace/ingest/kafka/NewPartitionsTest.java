package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkCollector;
import io.headrace.ingest.RecordChunk;
import java.util.Collections;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Partitions that a topic is given while somebody reads it, or while nobody does. */
class NewPartitionsTest {
  private final TestBroker broker = TestBroker.shared();
  private final String topic = broker.newTopic(1);
  private final Map<SourcePartition, Long> next = Collections.synchronizedMap(new TreeMap<>());
  private final ChunkCollector collector = new ChunkCollector(this::see);

  @AfterEach
  void stop() {
    collector.cancel();
    assertThat(collector.breaches()).isEmpty();
  }

  private void see(RecordChunk chunk) {
    next.put(chunk.partition(), chunk.nextPosition());
  }

  private KafkaSettingsBuilder settings(boolean subscribe, boolean latest) {
    var settings = new KafkaSettingsBuilder(topic, broker.bootstrap()).topicCheck(300);
    if (subscribe) {
      settings.subscribe(topic);
    }
    return latest ? settings.latest() : settings;
  }

  private Map<SourcePartition, Long> positions(long... offsets) {
    var positions = new TreeMap<SourcePartition, Long>();
    for (int p = 0; p < offsets.length; p++) {
      positions.put(new SourcePartition(topic, p), offsets[p]);
    }
    return positions;
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void areReadFromTheirBeginning(boolean subscribe, boolean latest) {
    broker.send(topic, 0, 0, 1);
    settings(subscribe, latest).source().chunks(Positions.of(positions(0))).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("the first record", () -> collector.records() == 1);
    broker.growTopic(topic, 3);
    broker.send(topic, 2, 0, 3);
    ChunkCollector.await("the new partitions'", () -> collector.records() == 4);
    broker.send(topic, 1, 0, 2);
    ChunkCollector.await("the other's", () -> collector.records() == 6);
    assertThat(next).isEqualTo(positions(1, 2, 3));
  }

  @ParameterizedTest
  @CsvSource({"false, false", "false, true", "true, false", "true, true"})
  void areReadFromTheirBeginningIfTheyCameWhileNobodyRead(boolean subscribe, boolean latest) {
    var known = new KafkaTopic(topic, broker.topicId(topic), 1);
    broker.send(topic, 0, 0, 5);
    broker.growTopic(topic, 2);
    broker.send(topic, 1, 0, 4);
    KafkaSampleSource source = settings(subscribe, latest).source();
    source.goOnIn(known);
    source.chunks(Positions.of(positions(3))).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("all that was due", () -> collector.records() == 6);
    assertThat(next).isEqualTo(positions(5, 4));
    assertThat(source.topic()).hasValue(known);
  }

  /** So that a run after this one reads what is written in between. */
  @ParameterizedTest
  @CsvSource({"false", "true"})
  void theEndThatReadingBeginsAtIsAPosition(boolean subscribe) {
    broker.send(topic, 0, 0, 7);
    settings(subscribe, true).source().chunks(Positions.START).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("where it begins", () -> next.equals(positions(7)));
    broker.send(topic, 0, 7, 2);
    ChunkCollector.await("what comes then", () -> collector.records() == 2);
    assertThat(next).isEqualTo(positions(9));
  }

  @Test
  void aFiniteReadingReadsOnlyWhatTheTopicHadWhenItBegan() {
    broker.send(topic, 0, 0, 3);
    settings(false, false).stopAtEnd().source().chunks(Positions.START).subscribe(collector);
    collector.ask(1);
    ChunkCollector.await("a chunk", () -> collector.received() == 1);
    broker.growTopic(topic, 2);
    broker.send(topic, 1, 0, 3);
    collector.ask(Long.MAX_VALUE);
    assertThat(collector.awaitEnd().failure()).isNull();
    assertThat(next).isEqualTo(positions(3));
  }
}
