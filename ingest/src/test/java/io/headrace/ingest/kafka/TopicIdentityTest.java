package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkCollector;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Topics that are not the ones that positions are of, on a real broker. */
class TopicIdentityTest {
  private final TestBroker broker = TestBroker.shared();
  private final List<String> seen = Collections.synchronizedList(new ArrayList<>());
  private final ChunkCollector collector =
      new ChunkCollector(
          chunk -> {
            for (int i = 0; i < chunk.count(); i++) {
              seen.add(chunk.partition().partition() + ":" + chunk.position(i));
            }
          });

  @AfterEach
  void stop() {
    collector.cancel();
    assertThat(collector.breaches()).isEmpty();
  }

  private KafkaSampleSource source(String topic) {
    return new KafkaSettingsBuilder(topic, broker.bootstrap()).source();
  }

  private static Positions at(String topic, int partition, long offset) {
    return Positions.of(Map.of(new SourcePartition(topic, partition), offset));
  }

  private void read(KafkaSampleSource source, Positions from) {
    source.chunks(from).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
  }

  private void recreate(String topic, int partitions) {
    String before = broker.topicId(topic);
    broker.deleteTopic(topic);
    broker.createTopic(topic, partitions);
    assertThat(broker.topicId(topic)).isNotEqualTo(before);
  }

  @Test
  void saysWhichTopicItReads() {
    String topic = broker.newTopic(2);
    broker.send(topic, 0, 0, 1);
    KafkaSampleSource source = source(topic);
    assertThat(source.topic()).isEmpty();
    read(source, Positions.START);
    ChunkCollector.await("the record", () -> collector.records() == 1);
    KafkaTopic found = source.topic().orElseThrow();
    assertThat(found).isEqualTo(new KafkaTopic(topic, broker.topicId(topic), 2));
    assertThat(KafkaTopic.parse(found.text())).isEqualTo(found);
  }

  @Test
  void refusesATopicThatWasCreatedAnewSinceTheCheckpoint() {
    String topic = broker.newTopic(1);
    var known = new KafkaTopic(topic, broker.topicId(topic), 1);
    recreate(topic, 1);
    broker.send(topic, 0, 0, 20);
    KafkaSampleSource source = source(topic);
    source.goOnIn(known);
    read(source, at(topic, 0, 4));
    assertThat(collector.awaitEnd().failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageStartingWith("topic " + topic + " in Kafka at " + broker.bootstrap())
        .hasMessageContaining("its id was " + known.id() + " and is " + broker.topicId(topic))
        .hasMessageContaining("--fresh")
        .hasMessageContaining("source.kafka.topic");
    assertThat(seen).isEmpty();
  }

  /** Not one record of the new topic is given, though its log reaches beyond our position. */
  @Test
  void noticesThatTheTopicIsCreatedAnewWhileItReads() {
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, 5);
    read(source(topic), Positions.START);
    ChunkCollector.await("the old records", () -> collector.records() == 5);
    recreate(topic, 1);
    broker.send(topic, 0, 0, 20);
    assertThat(collector.awaitEnd().failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("was deleted and created anew");
    assertThat(collector.records()).isEqualTo(5);
  }

  @Test
  void positionsOfAnotherTopicDoNotMatter() {
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, 3);
    KafkaSampleSource source = source(topic);
    source.goOnIn(new KafkaTopic("former", "AAAAAAAAAAAAAAAAAAAAAA", 8));
    read(source, at("former", 7, 100));
    ChunkCollector.await("the records", () -> collector.records() == 3);
    assertThat(source.topic().orElseThrow().name()).isEqualTo(topic);
  }

  @Test
  void refusesPositionsInPartitionsThatTheTopicDoesNotHave() {
    String topic = broker.newTopic(2);
    broker.send(topic, 0, 0, 3);
    read(source(topic), at(topic, 3, 0));
    assertThat(collector.awaitEnd().failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("partitions of topic " + topic)
        .hasMessageContaining("does not have: 3. It has 2, from 0 on");
    assertThat(seen).isEmpty();
  }
}
