package io.headrace.app.letters;

import java.nio.charset.StandardCharsets;
import java.util.List;
import org.apache.kafka.clients.producer.ProducerRecord;

/** A memory in the topic of the letters, all of it in one partition, in order. */
final class TopicMemory implements ReplayMemory {
  private final KafkaTopic topic;
  private final TransactionalProducer producer;
  private final List<ReplayEntry> entries;

  TopicMemory(KafkaTopic topic, TransactionalProducer producer, List<ReplayEntry> entries) {
    this.topic = topic;
    this.producer = producer;
    this.entries = entries;
  }

  @Override
  public List<ReplayEntry> entries() {
    return entries;
  }

  @Override
  public void add(ReplayEntry entry) {
    var message =
        new ProducerRecord<>(
            topic.name(),
            0,
            bytes("replay/" + entry.replay() + "/" + entry.state()),
            bytes(entry.line()));
    message.headers().add(KafkaLetters.MEMORY_HEADER, bytes("1"));
    producer.sendAll(List.of(message));
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  @Override
  public void close() {
    producer.close();
  }
}
