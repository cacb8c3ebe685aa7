package io.headrace.sink.kafka;

import io.headrace.schemas.RejectedSample;
import io.headrace.schemas.Schemas;
import io.headrace.sink.DeadLetterSink;
import io.headrace.sink.LetterSize;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;

/**
 * Sends rejected records to a topic in Avro's single-object encoding, keyed {@code
 * source/partition/position}. Thread-safe.
 *
 * <p>A letter that the broker does not take within the producer's {@code delivery.timeout.ms} is
 * kept and sent again by the next flush; {@link #flush} throws while any is unsent, and {@link
 * #write} once {@value #MAX_UNSENT_BYTES} bytes of them have come together. Payloads are cut a
 * little below 1 MiB, so that a letter fits what a broker takes by default.
 */
public final class KafkaDeadLetterSink implements DeadLetterSink {
  static final long MAX_UNSENT_BYTES = 32 << 20;
  private static final int MAX_PAYLOAD_BYTES = LetterSize.MAX_PAYLOAD_BYTES - (64 << 10);
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          ProducerConfig.ACKS_CONFIG,
          "all",
          ProducerConfig.LINGER_MS_CONFIG,
          20,
          ProducerConfig.COMPRESSION_TYPE_CONFIG,
          "lz4",
          ProducerConfig.MAX_REQUEST_SIZE_CONFIG,
          2 << 20);

  private final Producer<String, byte[]> producer;
  private final String topic;
  private final UnsentLetters unsent = new UnsentLetters();

  /**
   * Makes the producer; the broker need not be there yet.
   *
   * @param settings of the Kafka producer, {@code bootstrap.servers} at least
   */
  public KafkaDeadLetterSink(Map<String, ?> settings, String topic) {
    this.topic = topic;
    this.producer = Producers.producer(DEFAULTS, settings, topic);
  }

  @Override
  public void write(RejectedSample letter) {
    if (unsent.bytes() > MAX_UNSENT_BYTES) {
      throw unsent.failure(topic);
    }
    String key = letter.getSource() + "/" + letter.getPartition() + "/" + letter.getPosition();
    send(
        new ProducerRecord<>(
            topic, key, Schemas.message(LetterSize.cut(letter, MAX_PAYLOAD_BYTES))));
  }

  private void send(ProducerRecord<String, byte[]> letter) {
    try {
      var _ =
          producer.send(
              letter,
              (sent, problem) -> {
                if (problem != null) {
                  unsent.add(letter, problem);
                }
              });
    } catch (KafkaException e) {
      unsent.add(letter, e);
    }
  }

  @Override
  public void flush() {
    producer.flush();
    if (!unsent.isEmpty()) {
      unsent.takeAll().forEach(this::send);
      producer.flush();
    }
    if (!unsent.isEmpty()) {
      throw unsent.failure(topic);
    }
  }

  @Override
  public void close() {
    try {
      flush();
    } finally {
      producer.close();
    }
  }
}
