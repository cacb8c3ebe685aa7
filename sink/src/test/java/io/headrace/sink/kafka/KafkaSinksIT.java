package io.headrace.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.CheckpointAnnouncement;
import io.headrace.schemas.OperatorAlert;
import io.headrace.schemas.RejectedSample;
import io.headrace.schemas.TrainingMetricsRecord;
import io.headrace.sink.Events;
import io.headrace.sink.Letters;
import io.headrace.sink.TestBroker;
import io.headrace.sink.event.EventPump;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class KafkaSinksIT {
  private TestBroker broker;

  @BeforeAll
  void startBroker(@TempDir Path directory) throws Exception {
    broker = new TestBroker(directory);
  }

  @AfterAll
  void stopBroker() {
    broker.close();
  }

  private Map<String, String> settings() {
    return Map.of("bootstrap.servers", broker.bootstrap());
  }

  private static Map<String, String> nobodyListens() throws Exception {
    return Map.of(
        "bootstrap.servers", "127.0.0.1:" + TestBroker.freePort(),
        "max.block.ms", "200",
        "request.timeout.ms", "200",
        "delivery.timeout.ms", "400");
  }

  @Test
  void flushedLettersAreOnTheTopicUnderTheirKeys() throws Exception {
    broker.createTopic("letters");
    try (var sink = new KafkaDeadLetterSink(settings(), "letters")) {
      sink.write(Letters.letter(7, 100));
      sink.write(Letters.letter(8, 10 << 20));
      sink.flush();
      var records = broker.read("letters");
      assertThat(records).extracting(r -> r.key()).containsExactly("flights/3/7", "flights/3/8");
      assertThat(RejectedSample.getDecoder().decode(records.get(0).value()))
          .isEqualTo(Letters.letter(7, 100));
      RejectedSample cut = RejectedSample.getDecoder().decode(records.get(1).value());
      assertThat(cut.getPayloadBytes()).isEqualTo(10 << 20);
      assertThat(cut.getPayload().remaining()).isBetween(900 << 10, 1 << 20);
    }
  }

  @Test
  void lettersThatCouldNotBeSentAreSentByALaterFlush() throws Exception {
    Map<String, String> impatient =
        Map.of("bootstrap.servers", broker.bootstrap(), "max.block.ms", "300");
    try (var sink = new KafkaDeadLetterSink(impatient, "later")) {
      sink.write(Letters.letter(1, 10));
      assertThatThrownBy(sink::flush)
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("dead-letters.topic: 1 rejected records")
          .hasMessageContaining("later");
      broker.createTopic("later");
      sink.flush();
      assertThat(broker.read("later")).hasSize(1);
    }
  }

  @Test
  void lettersForABrokerThatIsDownFailTheFlush() throws Exception {
    var sink = new KafkaDeadLetterSink(nobodyListens(), "letters");
    sink.write(Letters.letter(1, 10));
    assertThatThrownBy(sink::flush)
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("check that the broker is up");
    assertThatThrownBy(sink::close).isInstanceOf(HeadraceException.class);
  }

  @Test
  void eventsAreOnTheTopicInOrderEachInItsSchema() throws Exception {
    broker.createTopic("metrics");
    try (var sink = new KafkaEventSink(settings(), "metrics")) {
      sink.accept(Events.metrics(5));
      sink.accept(Events.checkpoint(6));
      sink.accept(Events.alert("look here"));
    }
    List<byte[]> messages = broker.read("metrics").stream().map(r -> r.value()).toList();
    TrainingMetricsRecord metrics = TrainingMetricsRecord.getDecoder().decode(messages.get(0));
    assertThat(metrics.getStep()).isEqualTo(5);
    assertThat(metrics.getWindow()).containsEntry("accuracy", 0.75);
    assertThat(metrics.getLedger().getFirst().getNextPosition()).isEqualTo(13);
    assertThat(metrics.getLedger().getFirst().getLost()).isEqualTo(4);
    assertThat(CheckpointAnnouncement.getDecoder().decode(messages.get(1)).getName())
        .isEqualTo("checkpoint-6");
    assertThat(OperatorAlert.getDecoder().decode(messages.get(2)).getMessage())
        .isEqualTo("look here");
    assertThat(broker.read("metrics")).extracting(r -> r.key()).containsOnly("job");
  }

  @Test
  void anEventThatTheBrokerRefusesIsToldByThrowing() throws Exception {
    broker.createTopic("small");
    Map<String, String> small =
        Map.of("bootstrap.servers", broker.bootstrap(), "max.request.size", "10");
    try (var sink = new KafkaEventSink(small, "small")) {
      assertThatThrownBy(() -> sink.accept(Events.checkpoint(1)))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("metrics.topic: an event could not be sent to small");
    }
  }

  @Test
  void eventsFlowAgainWhenABrokerThatWasAwayIsBack(@TempDir Path directory) throws Exception {
    var away = new TestBroker(directory);
    away.createTopic("metrics");
    int port = Integer.parseInt(away.bootstrap().substring("127.0.0.1:".length()));
    Map<String, String> settings =
        Map.of("bootstrap.servers", away.bootstrap(), "delivery.timeout.ms", "6000");
    var pump = new EventPump(List.of(new KafkaEventSink(settings, "metrics")), 16);
    pump.accept(Events.checkpoint(1));
    while (away.read("metrics").isEmpty()) {
      Thread.onSpinWait();
    }
    away.close();
    for (int i = 2; i <= 1000; i++) {
      pump.accept(Events.metrics(i));
      pump.accept(Events.checkpoint(i));
    }
    assertThat(pump.conflated()).isGreaterThan(1900);

    try (var back = new TestBroker(directory, port)) {
      pump.close();
      var messages = back.read("metrics");
      assertThat(CheckpointAnnouncement.getDecoder().decode(messages.getLast().value()).getName())
          .isEqualTo("checkpoint-1000");
      assertThat(messages.size() + pump.conflated()).isEqualTo(1999);
      assertThat(pump.failures()).isZero();
    }
  }

  @Test
  void settingsThatMakeNoProducerAreToldAtOnce() {
    assertThatThrownBy(() -> new KafkaEventSink(Map.of("bootstrap.servers", "no-port"), "metrics"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("no-port");
  }
}
