package io.headrace.ingest.kafka;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.DescribeTopicsOptions;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Finds out whether the topic is still the one that our positions are of. What a consumer polled
 * behind an update of its metadata may be of a topic created anew, so that is not to be emitted
 * before the topic is confirmed. Belongs to the poll thread, but for {@link #topic}.
 */
final class TopicWatch implements AutoCloseable {
  private static final Duration CLOSE = Duration.ofSeconds(1);

  private final KafkaSourceSettings settings;
  private final Positions from;
  private final MetadataUpdates updates;
  private volatile @Nullable KafkaTopic topic;
  private @Nullable Admin admin;
  private long confirmedAt = -1;

  /**
   * @param known the topic that {@code from} is of; null if nobody knows
   */
  TopicWatch(
      KafkaSourceSettings settings,
      @Nullable KafkaTopic known,
      Positions from,
      MetadataUpdates updates) {
    this.settings = settings;
    this.topic = known != null && known.name().equals(settings.topic()) ? known : null;
    this.from = from;
    this.updates = updates;
  }

  /** Whether the topic has to be confirmed, for the first time or again. */
  boolean isDue() {
    return confirmedAt != updates.count();
  }

  /**
   * Asks the brokers.
   *
   * @return the topic
   * @throws TimeoutException if no answer comes in time
   * @throws org.apache.kafka.common.errors.UnknownTopicOrPartitionException if there is no such
   *     topic now
   * @throws HeadraceException if it is another one than before, or has lost partitions
   */
  KafkaTopic confirm(Duration wait) {
    long seen = updates.count();
    TopicDescription found = describe(wait);
    KafkaTopic before = topic;
    String id = found.topicId().toString();
    if (before != null && !before.id().equals(id)) {
      throw createdAnew(before.id(), id);
    }
    requirePartitions(found.partitions().size());
    KafkaTopic confirmed =
        before == null ? new KafkaTopic(settings.topic(), id, found.partitions().size()) : before;
    topic = confirmed;
    confirmedAt = seen;
    return confirmed;
  }

  /** The topic as last confirmed, or as a checkpoint knows it. Thread-safe. */
  @Nullable KafkaTopic topic() {
    return topic;
  }

  private TopicDescription describe(Duration wait) {
    if (admin == null) {
      admin = Admin.create(settings.adminProperties());
    }
    var options = new DescribeTopicsOptions().timeoutMs((int) wait.toMillis());
    try {
      var answer = admin.describeTopics(List.of(settings.topic()), options).allTopicNames();
      var topics = answer.get(wait.toMillis() + 1000, TimeUnit.MILLISECONDS);
      return Objects.requireNonNull(topics.get(settings.topic()));
    } catch (ExecutionException e) {
      throw e.getCause() instanceof KafkaException told ? told : new KafkaException(e.getCause());
    } catch (java.util.concurrent.TimeoutException e) {
      throw new TimeoutException(e);
    } catch (InterruptedException e) {
      throw new InterruptException(e);
    }
  }

  private void requirePartitions(int count) {
    String missing =
        from.next().keySet().stream()
            .filter(at -> at.source().equals(settings.topic()) && at.partition() >= count)
            .map(at -> Integer.toString(at.partition()))
            .collect(Collectors.joining(", "));
    if (!missing.isEmpty()) {
      throw new HeadraceException(
          "the checkpoint has positions in partitions of "
              + here()
              + " that it does not have: "
              + missing
              + ". It has "
              + count
              + ", from 0 on, so it was deleted and created anew with fewer, or this is another"
              + " cluster. "
              + WAYS_OUT);
    }
  }

  private HeadraceException createdAnew(String was, String is) {
    return new HeadraceException(
        here()
            + " was deleted and created anew, or this is another cluster: its id was "
            + was
            + " and is "
            + is
            + ". The positions up to which the model was trained mean nothing in it. "
            + WAYS_OUT);
  }

  private static final String WAYS_OUT =
      "Correct source.kafka.bootstrap, or start a new model with --fresh; to go on with this model,"
          + " put the records into a topic of another name, which is read from its start, and set"
          + " source.kafka.topic";

  private String here() {
    return "topic " + settings.topic() + " in Kafka at " + settings.bootstrap();
  }

  @Override
  public void close() {
    if (admin != null) {
      admin.close(CLOSE);
    }
  }
}
