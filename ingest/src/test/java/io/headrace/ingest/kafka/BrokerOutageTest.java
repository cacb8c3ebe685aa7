package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.ChunkCollector;
import org.junit.jupiter.api.Test;

/** Brokers that are away and topics that are missing. */
class BrokerOutageTest {
  private final ChunkCollector collector = new ChunkCollector(chunk -> {});

  private KafkaSampleSource start(KafkaSettingsBuilder settings) {
    KafkaSampleSource source = settings.source();
    source.chunks(Positions.START).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
    return source;
  }

  @Test
  void waitsForABrokerThatIsNotThereYet() {
    int port = TestBroker.freePort();
    KafkaSampleSource source = start(new KafkaSettingsBuilder("late", "127.0.0.1:" + port));
    try (TestBroker broker = TestBroker.on(port)) {
      broker.createTopic("late", 1);
      broker.send("late", 0, 0, 5);
      ChunkCollector.await("records", () -> collector.records() == 5);
      ChunkCollector.await("the status", () -> source.status().reachable());
      collector.cancel();
    }
    assertThat(collector.failure()).isNull();
  }

  @Test
  void withFailFastABrokerThatIsNotThereIsAnError() {
    String nowhere = "127.0.0.1:" + TestBroker.freePort();
    start(new KafkaSettingsBuilder("flights", nowhere).failFast(500));
    assertThat(collector.awaitEnd().failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageStartingWith("no answer from Kafka at " + nowhere + " for ")
        .hasMessageContaining("wanted for topic flights. Start the broker");
  }

  @Test
  void withFailFastAHostThatCannotBeResolvedIsAnError() {
    start(new KafkaSettingsBuilder("flights", "no-such-host.invalid:9092").failFast(500));
    assertThat(collector.awaitEnd().failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageStartingWith("no answer from Kafka at no-such-host.invalid:9092 for ");
  }

  @Test
  void waitsForATopicThatIsNotThereYet() {
    TestBroker broker = TestBroker.shared();
    start(new KafkaSettingsBuilder("not-yet", broker.bootstrap()));
    broker.createTopic("not-yet", 2);
    broker.send("not-yet", 1, 0, 3);
    ChunkCollector.await("records", () -> collector.records() == 3);
    collector.cancel();
  }

  @Test
  void withFailFastAMissingTopicIsAnErrorThatNamesTheSimilarOne() {
    TestBroker broker = TestBroker.shared();
    broker.createTopic("departures", 1);
    start(new KafkaSettingsBuilder("departurs", broker.bootstrap()).failFast(10_000));
    assertThat(collector.awaitEnd().failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageStartingWith("no topic departurs in Kafka at " + broker.bootstrap())
        .hasMessageContaining("Did you mean 'departures'?");
  }

  @Test
  void cancellingWhileWaitingEndsIt() {
    KafkaSampleSource source =
        start(new KafkaSettingsBuilder("x", "127.0.0.1:" + TestBroker.freePort()));
    collector.cancel();
    ChunkCollector.await("the end", () -> source.status().equals(KafkaSourceStatus.NOT_STARTED));
    assertThat(collector.failure()).isNull();
  }
}
