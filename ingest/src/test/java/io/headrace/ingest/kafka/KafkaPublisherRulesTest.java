package io.headrace.ingest.kafka;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ReactiveStreamsRules;
import io.headrace.ingest.RecordChunk;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.reactivestreams.Publisher;
import org.reactivestreams.tck.PublisherVerification;
import org.reactivestreams.tck.TestEnvironment;

/** The Reactive Streams TCK against the publisher itself, with a real broker behind it. */
class KafkaPublisherRulesTest {
  private static final int RECORDS = 30;

  @TestFactory
  Stream<DynamicTest> keepsTheRulesOfReactiveStreams() {
    TestBroker broker = TestBroker.shared();
    String topic = broker.newTopic(1);
    broker.send(topic, 0, 0, RECORDS);
    return ReactiveStreamsRules.of(new Verification(topic, broker.bootstrap()));
  }

  private static final class Verification extends PublisherVerification<RecordChunk> {
    private final String topic;
    private final String bootstrap;

    Verification(String topic, String bootstrap) {
      super(new TestEnvironment(3_000, 150));
      this.topic = topic;
      this.bootstrap = bootstrap;
    }

    @Override
    public long maxElementsFromPublisher() {
      return RECORDS;
    }

    @Override
    public Publisher<RecordChunk> createPublisher(long elements) {
      var settings = new KafkaSettingsBuilder(topic, bootstrap).chunkRows(1).stopAtEnd().settings();
      var start = Map.of(new SourcePartition(topic, 0), RECORDS - elements);
      return new KafkaSampleSource(settings).publisher(Positions.of(start));
    }

    @Override
    public Publisher<RecordChunk> createFailedPublisher() {
      var settings = new KafkaSettingsBuilder("missing", bootstrap).failFast(1).settings();
      return new KafkaSampleSource(settings).publisher(Positions.START);
    }
  }
}
