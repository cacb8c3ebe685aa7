package io.headrace.app.letters;

import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.RejectedSample;
import io.headrace.schemas.Schemas;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.apache.avro.AvroRuntimeException;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.common.KafkaException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The letters of a topic; what was put back is remembered in the topic itself, in messages whose
 * header {@value #MEMORY_HEADER} tells them from letters.
 */
public record KafkaLetters(KafkaTopic topic) implements Letters {
  static final String MEMORY_HEADER = "headrace-replay-memory";
  private static final Logger LOG = LoggerFactory.getLogger(KafkaLetters.class);

  @Override
  public void forEach(Consumer<RejectedSample> taker) {
    BinaryMessageDecoder<RejectedSample> decoder = Schemas.letters();
    topic.read(
        topic.beginnings(),
        message -> {
          if (message.value() != null && !isMemory(message)) {
            RejectedSample letter = decoded(decoder, message);
            if (letter != null) {
              taker.accept(letter);
            }
          }
        });
  }

  private @org.jspecify.annotations.Nullable RejectedSample decoded(
      BinaryMessageDecoder<RejectedSample> decoder, ConsumerRecord<byte[], byte[]> message) {
    try {
      return decoder.decode(message.value());
    } catch (IOException | AvroRuntimeException e) {
      LOG.warn(
          "{}: message {} of partition {} is no dead letter ({}).",
          topic.name(),
          message.offset(),
          message.partition(),
          e.getMessage());
      return null;
    }
  }

  private static boolean isMemory(ConsumerRecord<byte[], byte[]> message) {
    return message.headers().lastHeader(MEMORY_HEADER) != null;
  }

  @Override
  public ReplayLog log() {
    return ReplayLog.of(entries());
  }

  private List<ReplayEntry> entries() {
    List<ReplayEntry> entries = new ArrayList<>();
    topic.read(
        topic.beginnings(),
        message -> {
          if (message.value() != null && isMemory(message)) {
            entries.add(parsed(message));
          }
        });
    return entries;
  }

  private ReplayEntry parsed(ConsumerRecord<byte[], byte[]> message) {
    try {
      return ReplayEntry.parse(new String(message.value(), StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new HeadraceException(
          "Message %d of partition %d of topic %s should say what was put back and cannot be read: %s."
              .formatted(message.offset(), message.partition(), topic.name(), e.getMessage()),
          e);
    }
  }

  /** Of several processes that add, the latest goes on and the others are told. */
  @Override
  public ReplayMemory memory() {
    var producer = topic.producer("headrace-replay-from-" + topic.name());
    try {
      return new TopicMemory(topic, producer, entries());
    } catch (HeadraceException | KafkaException e) {
      producer.close();
      throw e;
    }
  }

  @Override
  public String toString() {
    return "topic " + topic.name();
  }
}
