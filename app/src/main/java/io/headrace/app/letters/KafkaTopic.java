package io.headrace.app.letters;

import io.headrace.app.broker.Topics;
import io.headrace.engine.error.HeadraceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic as it is read from one end to the other, and written in transactions. Immutable.
 *
 * @param settings of any Kafka client, {@code bootstrap.servers} at least
 */
public record KafkaTopic(String name, Map<String, String> settings, int partitions) {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final Duration ANSWER = Duration.ofSeconds(10);

  /**
   * Finds the topic.
   *
   * @throws HeadraceException if no broker answers or there is none of that name
   */
  public static KafkaTopic find(String name, Map<String, String> settings) {
    try (var topics = new Topics(settings, ANSWER)) {
      return topics
          .find(name)
          .map(found -> new KafkaTopic(name, Map.copyOf(settings), found.partitions()))
          .orElseThrow(
              () ->
                  new HeadraceException(
                      "There is no topic %s at %s. Correct its name, or create it first."
                          .formatted(name, settings.get("bootstrap.servers"))));
    }
  }

  Map<Integer, Long> beginnings() {
    return offsets((consumer, all) -> consumer.beginningOffsets(all.values(), ANSWER));
  }

  Map<Integer, Long> ends() {
    return offsets((consumer, all) -> consumer.endOffsets(all.values(), ANSWER));
  }

  private interface Question {
    Map<TopicPartition, Long> answer(
        KafkaConsumer<byte[], byte[]> consumer, Map<Integer, TopicPartition> all);
  }

  private Map<Integer, Long> offsets(Question question) {
    Map<Integer, Long> offsets = new HashMap<>();
    try (var consumer = consumer("read_uncommitted")) {
      question.answer(consumer, all()).forEach((at, next) -> offsets.put(at.partition(), next));
    } catch (KafkaException e) {
      throw unreadable(e);
    }
    return offsets;
  }

  /** Gives every committed message from {@code from} on up to where the topic ends now. */
  void read(Map<Integer, Long> from, Consumer<ConsumerRecord<byte[], byte[]>> taker) {
    try (var consumer = consumer("read_committed")) {
      var all = all();
      consumer.assign(all.values());
      Map<TopicPartition, Long> first = consumer.beginningOffsets(all.values(), ANSWER);
      Map<TopicPartition, Long> left = new HashMap<>(consumer.endOffsets(all.values(), ANSWER));
      all.forEach(
          (number, at) ->
              consumer.seek(
                  at, Math.max(from.getOrDefault(number, 0L), first.getOrDefault(at, 0L))));
      left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      while (!left.isEmpty()) {
        for (ConsumerRecord<byte[], byte[]> message : consumer.poll(POLL)) {
          if (message.offset() < left.getOrDefault(at(message), 0L)) {
            taker.accept(message);
          }
        }
        left.entrySet().removeIf(end -> consumer.position(end.getKey()) >= end.getValue());
      }
    } catch (KafkaException e) {
      throw unreadable(e);
    }
  }

  private static TopicPartition at(ConsumerRecord<byte[], byte[]> message) {
    return new TopicPartition(message.topic(), message.partition());
  }

  private TreeMap<Integer, TopicPartition> all() {
    var all = new TreeMap<Integer, TopicPartition>();
    for (int i = 0; i < partitions; i++) {
      all.put(i, new TopicPartition(name, i));
    }
    return all;
  }

  private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, isolation);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    return new KafkaConsumer<>(all, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** A producer that takes the place of an earlier one of the same id. */
  TransactionalProducer producer(String transactionalId) {
    Map<String, Object> all = new HashMap<>(settings);
    all.put(ProducerConfig.TRANSACTIONAL_ID_CONFIG, transactionalId);
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1); // decision 49
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 << 20);
    all.put(ProducerConfig.MAX_BLOCK_MS_CONFIG, 30_000);
    all.put(ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 40_000);
    try {
      return new TransactionalProducer(
          "Topic " + name,
          new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer()));
    } catch (KafkaException e) {
      throw unreadable(e);
    }
  }

  private HeadraceException unreadable(KafkaException e) {
    return new HeadraceException(
        "Topic %s at %s: %s"
            .formatted(
                name,
                settings.get("bootstrap.servers"),
                e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
        e);
  }
}
