package io.headrace.app.broker;

import io.headrace.engine.error.HeadraceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ListOffsetsResult;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.InvalidReplicationFactorException;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/**
 * The topics of a Kafka cluster, embedded or not: asked for, and created where missing.
 * Thread-safe; the caller closes it.
 */
public final class Topics implements AutoCloseable {
  private static final long BEFORE_ASKING_AGAIN_MS = 100;

  private final Admin admin;
  private final String bootstrapServers;
  private final Duration timeout;

  /** Topics of the cluster at {@code bootstrapServers}, with ten seconds for each answer. */
  public static Topics at(String bootstrapServers) {
    return new Topics(
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers),
        Duration.ofSeconds(10));
  }

  /**
   * Topics of the cluster that the settings name.
   *
   * @param settings of any Kafka client: {@code bootstrap.servers}, security and the like
   * @param timeout how long the cluster may take to answer
   * @throws HeadraceException if the settings are not Kafka's, e.g. a host that does not resolve
   */
  public Topics(Map<String, ?> settings, Duration timeout) {
    this.timeout = timeout;
    this.bootstrapServers =
        String.valueOf(settings.get(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG));
    int timeoutMillis = Math.toIntExact(timeout.toMillis());
    Map<String, Object> all = new HashMap<>(settings);
    all.put(AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, timeoutMillis);
    all.put(AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, timeoutMillis);
    try {
      this.admin = Admin.create(all);
    } catch (KafkaException e) {
      throw new HeadraceException(
          "The settings for Kafka at %s do not work: %s. Correct them in the job or on the command line."
              .formatted(bootstrapServers, e.getCause() == null ? e : e.getCause().getMessage()),
          e);
    }
  }

  /**
   * The topic as it is, after creating it if there was none. An existing topic keeps its
   * partitions, whatever is asked. While Kafka has too few live brokers for a new topic it is asked
   * again until the time for an answer is over.
   *
   * @throws HeadraceException if Kafka does not answer, or refuses
   */
  public Topic createIfMissing(String name, int partitions) {
    Optional<Topic> existing = find(name);
    if (existing.isPresent()) {
      return existing.get();
    }
    long last = System.nanoTime() + timeout.toNanos();
    while (true) {
      try {
        var topic = new NewTopic(name, Optional.of(partitions), Optional.empty());
        await(admin.createTopics(List.of(topic)).all());
        return new Topic(name, partitions);
      } catch (ExecutionException e) {
        if (e.getCause() instanceof TopicExistsException) {
          return find(name).orElseGet(() -> new Topic(name, partitions));
        }
        // A broker that was held up for some seconds counts as dead until its next sign of life.
        boolean brokersMissing = e.getCause() instanceof InvalidReplicationFactorException;
        if (!brokersMissing || System.nanoTime() - last > 0) {
          throw refused("create topic " + name, e);
        }
        pause();
      }
    }
  }

  private void pause() {
    try {
      Thread.sleep(BEFORE_ASKING_AGAIN_MS);
    } catch (InterruptedException e) {
      throw interrupted(e);
    }
  }

  /**
   * The topic, or nothing if there is none of that name.
   *
   * @throws HeadraceException if Kafka does not answer, or refuses
   */
  public Optional<Topic> find(String name) {
    try {
      var found = await(admin.describeTopics(List.of(name)).allTopicNames()).get(name);
      return Optional.ofNullable(found).map(t -> new Topic(name, t.partitions().size()));
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return Optional.empty();
      }
      throw refused("describe topic " + name, e);
    }
  }

  /**
   * How many records were ever written to the topic, over all partitions.
   *
   * @throws HeadraceException if Kafka does not answer, or refuses
   */
  public long written(Topic topic) {
    Map<TopicPartition, OffsetSpec> ends = new HashMap<>();
    for (int i = 0; i < topic.partitions(); i++) {
      ends.put(new TopicPartition(topic.name(), i), OffsetSpec.latest());
    }
    try {
      return await(admin.listOffsets(ends).all()).values().stream()
          .mapToLong(ListOffsetsResult.ListOffsetsResultInfo::offset)
          .sum();
    } catch (ExecutionException e) {
      throw refused("tell where topic " + topic.name() + " ends", e);
    }
  }

  @Override
  public void close() {
    admin.close(Duration.ZERO);
  }

  private <T> T await(KafkaFuture<T> answer) throws ExecutionException {
    try {
      return answer.get(timeout.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw unreachable(e);
    } catch (InterruptedException e) {
      throw interrupted(e);
    } catch (ExecutionException e) {
      if (e.getCause() instanceof org.apache.kafka.common.errors.TimeoutException) {
        throw unreachable(e);
      }
      throw e;
    }
  }

  private HeadraceException interrupted(InterruptedException e) {
    Thread.currentThread().interrupt();
    return new HeadraceException("Interrupted while waiting for Kafka at " + bootstrapServers, e);
  }

  private HeadraceException unreachable(Exception cause) {
    return new HeadraceException(
        "Kafka at %s did not answer within %d ms. Start it (./headrace broker starts one here), or correct the address."
            .formatted(bootstrapServers, timeout.toMillis()),
        cause);
  }

  private HeadraceException refused(String act, ExecutionException e) {
    Throwable cause = e.getCause() == null ? e : e.getCause();
    return new HeadraceException(
        "Kafka at %s did not %s: %s".formatted(bootstrapServers, act, cause.getMessage()), cause);
  }
}
