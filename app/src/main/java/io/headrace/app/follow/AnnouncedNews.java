package io.headrace.app.follow;

import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.ModelAnnouncement;
import io.headrace.schemas.Schemas;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.BiConsumer;
import org.apache.avro.AvroRuntimeException;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.StringDeserializer;

/**
 * Reads the topic of {@code checkpoints.announce}, from its beginning and without a group, and
 * remembers the last that was said of one job.
 */
final class AnnouncedNews implements NewsSource {
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final long LOOK_NANOS = Duration.ofSeconds(10).toNanos();

  private final String job;
  private final String topic;
  private final Optional<AnnouncementTrust> trust;
  private final BiConsumer<String, String> alerts;
  private final KafkaConsumer<String, byte[]> consumer;
  private int partitions;
  private boolean caughtUp;
  private long lookedAtNanos;
  private Optional<ModelNews> newest = Optional.empty();
  private int newestIn;
  private Instant newestAt = Instant.MIN;

  /**
   * Makes the consumer; the brokers need not be there yet.
   *
   * @param settings of any Kafka client, {@code bootstrap.servers} at least
   * @param trust says which announcements count; empty for all
   * @param alerts told, with a code, of announcements that cannot be read
   * @throws HeadraceException if the settings are not Kafka's
   */
  AnnouncedNews(
      String job,
      String topic,
      Map<String, String> settings,
      Optional<AnnouncementTrust> trust,
      BiConsumer<String, String> alerts) {
    this.job = job;
    this.trust = trust;
    this.topic = topic;
    this.alerts = alerts;
    Schemas.trust();
    Map<String, Object> all = new HashMap<>(settings);
    all.put(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest");
    all.put(ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG, false);
    all.put(ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, false); // it would not be compacted
    try {
      consumer = new KafkaConsumer<>(all, new StringDeserializer(), new ByteArrayDeserializer());
    } catch (KafkaException e) {
      throw new HeadraceException(
          "checkpoints.announce: the settings for Kafka do not work: %s. Correct them in the job."
              .formatted(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
          e);
    }
  }

  @Override
  public Optional<ModelNews> newest(Duration longest) throws InterruptedException {
    try {
      look();
      take(longest);
      while (!caughtUp) { // what is not compacted away yet is not the newest
        take(ANSWER);
      }
      return newest;
    } catch (InterruptException e) {
      throw new InterruptedException(e.getMessage());
    } catch (KafkaException e) {
      partitions = 0; // look again whether it is there, before the next poll
      throw new HeadraceException(
          "The topic %s does not answer: %s".formatted(topic, e.getMessage()), e);
    }
  }

  private void take(Duration longest) {
    for (ConsumerRecord<String, byte[]> message : consumer.poll(longest)) {
      if (job.equals(message.key()) && message.value() != null) {
        take(message);
      }
    }
    if (!caughtUp) {
      Map<TopicPartition, Long> ends = consumer.endOffsets(consumer.assignment(), ANSWER);
      caughtUp =
          ends.entrySet().stream()
              .allMatch(end -> consumer.position(end.getKey(), ANSWER) >= end.getValue());
      if (caughtUp) {
        trust.ifPresent(AnnouncementTrust::caughtUp);
      }
    }
  }

  private void take(ConsumerRecord<String, byte[]> message) {
    if (trust.isPresent() && !trust.get().isSigned(message)) {
      return;
    }
    Optional<ModelAnnouncement> told = read(message);
    if (told.isPresent() && (trust.isEmpty() || trust.get().isNew(message, told.get()))) {
      remember(message.partition(), told.get());
    }
  }

  /** Whether the topic is there, and has the partitions that are read; asked every so often. */
  private void look() {
    if (partitions > 0 && System.nanoTime() - lookedAtNanos < LOOK_NANOS) {
      return;
    }
    List<PartitionInfo> now = consumer.partitionsFor(topic, ANSWER);
    if (now == null || now.isEmpty()) {
      throw new HeadraceException(
          "There is no topic %s. The job creates it with its first checkpoint; correct checkpoints.announce if it has another name."
              .formatted(topic));
    }
    lookedAtNanos = System.nanoTime();
    if (now.size() > consumer.assignment().size()) {
      List<TopicPartition> all = new ArrayList<>();
      now.forEach(partition -> all.add(new TopicPartition(topic, partition.partition())));
      consumer.assign(all);
      consumer.seekToBeginning(all);
      trust.ifPresent(AnnouncementTrust::again);
      caughtUp = false;
    }
    partitions = now.size();
  }

  /** Those of a partition come in order; a topic that was given partitions has others besides. */
  private void remember(int partition, ModelAnnouncement told) {
    if (partition != newestIn && told.getAnnouncedAt().isBefore(newestAt)) {
      return;
    }
    newestIn = partition;
    newestAt = told.getAnnouncedAt();
    newest =
        Optional.of(
            new ModelNews(
                told.getCheckpoint(),
                told.getStep(),
                OptionalLong.of(told.getSamples()),
                told.getWrittenAt().toEpochMilli(),
                Optional.of(told.getSha256()),
                told.getRestored()));
  }

  private Optional<ModelAnnouncement> read(ConsumerRecord<String, byte[]> message) {
    try {
      return Optional.of(ModelAnnouncement.getDecoder().decode(message.value()));
    } catch (IOException | AvroRuntimeException e) {
      alerts.accept(
          "announcement-unreadable",
          "Message %d of partition %d of %s is no announcement that this version can read (%s); the next one is waited for."
              .formatted(message.offset(), message.partition(), topic, e.getMessage()));
      return Optional.empty();
    }
  }

  @Override
  public String name() {
    return "topic " + topic;
  }

  @Override
  public void close() {
    consumer.close();
  }
}
