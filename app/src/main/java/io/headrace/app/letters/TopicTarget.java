package io.headrace.app.letters;

import io.headrace.schemas.RecordHeader;
import io.headrace.schemas.RejectedSample;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.header.Header;
import org.jspecify.annotations.Nullable;

/**
 * Puts records back to a topic, in transactions, with their keys and headers and three more: which
 * record of which position it was at first, how often it was put back, and by which attempt.
 */
public final class TopicTarget implements ReplayTarget {
  static final String OF_HEADER = "headrace-replay-of";
  static final String ATTEMPT_HEADER = "headrace-replay";
  private static final int BATCH = 500;

  private final KafkaTopic topic;
  private final TransactionalProducer producer;

  /** Takes over from an earlier replay to this topic, whose open transaction is aborted. */
  public TopicTarget(KafkaTopic topic) {
    this.topic = topic;
    this.producer = topic.producer("headrace-replay-to-" + topic.name());
  }

  @Override
  public String name() {
    return "topic " + topic.name();
  }

  @Override
  public int batchSize() {
    return BATCH;
  }

  @Override
  public Map<Integer, Long> ends() {
    return topic.ends();
  }

  @Override
  public Optional<String> refusal(byte[] payload) {
    return Optional.empty();
  }

  @Override
  public void put(String replay, List<Returned> records) {
    producer.sendAll(records.stream().map(record -> message(replay, record)).toList());
  }

  private ProducerRecord<byte[], byte[]> message(String replay, Returned returned) {
    RejectedSample letter = returned.letter();
    // A key decides the partition; without one, a record goes where it came from.
    boolean home =
        letter.getKey() == null
            && letter.getSource().equals(topic.name())
            && letter.getPartition() < topic.partitions();
    var message =
        new ProducerRecord<>(
            topic.name(),
            home ? letter.getPartition() : null,
            bytes(letter.getKey()),
            returned.bytes());
    byte[] first = bytes(LetterId.of(letter).toString());
    List<RecordHeader> others = new ArrayList<>();
    for (RecordHeader header : letter.getHeaders()) {
      if (header.getKey().equals(OF_HEADER)) {
        first = bytes(header.getValue());
      } else if (!header.getKey().startsWith(ATTEMPT_HEADER)) {
        others.add(header);
      }
    }
    others.forEach(header -> message.headers().add(header.getKey(), bytes(header.getValue())));
    message.headers().add(OF_HEADER, first);
    message.headers().add(ReplayLog.COUNT_HEADER, bytes(Integer.toString(returned.count())));
    message.headers().add(ATTEMPT_HEADER, bytes(replay));
    return message;
  }

  /** One transaction holds all of an attempt, so one record tells of the others. */
  @Override
  public boolean has(ReplayEntry attempt) {
    var found = new AtomicBoolean();
    topic.read(
        attempt.ends(),
        message -> {
          Header header = message.headers().lastHeader(ATTEMPT_HEADER);
          if (header != null
              && header.value() != null
              && new String(header.value(), StandardCharsets.UTF_8).equals(attempt.replay())) {
            found.set(true);
          }
        });
    return found.get();
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  static byte @Nullable [] bytes(@Nullable ByteBuffer buffer) {
    return buffer == null ? null : LetterView.bytes(buffer);
  }

  @Override
  public void close() {
    producer.close();
  }
}
