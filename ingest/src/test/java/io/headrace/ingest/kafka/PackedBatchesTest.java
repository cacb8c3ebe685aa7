package io.headrace.ingest.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.RecordTooLargeException;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/**
 * A batch that unpacks to far more than it is. Kafka's client takes the memory for its records
 * before anybody may refuse them, so the broker has to: docs/operations.md says with which
 * settings.
 */
@Tag("attack")
class PackedBatchesTest {
  private static final int UNPACKED = 24 << 20;

  private final TestBroker broker = TestBroker.shared();

  private RecordMetadata sendBomb(String topic) throws Exception {
    Map<String, Object> packing =
        Map.of("compression.type", "zstd", "max.request.size", UNPACKED + 1_000, "acks", "all");
    try (KafkaProducer<byte[], byte[]> producer = broker.producer(packing)) {
      return producer
          .send(new ProducerRecord<>(topic, 0, null, new byte[UNPACKED]))
          .get(30, TimeUnit.SECONDS);
    }
  }

  @Test
  void theBrokerKeepsWhatAFewBytesUnpackTo() throws Exception {
    RecordMetadata kept = sendBomb(broker.newTopic(1));
    assertThat(kept.serializedValueSize()).isEqualTo(UNPACKED);
  }

  @Test
  void aTopicThatKeepsItsRecordsUnpackedTakesNoneThatAreTooLarge() throws Exception {
    String topic = broker.newTopic(1, Map.of("compression.type", "uncompressed"));
    assertThatThrownBy(() -> sendBomb(topic))
        .isInstanceOf(ExecutionException.class)
        .hasCauseInstanceOf(RecordTooLargeException.class);
  }
}
