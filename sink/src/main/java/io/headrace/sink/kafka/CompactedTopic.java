package io.headrace.sink.kafka;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

/** Sees to it that a topic keeps the newest message of each key. Stateless. */
final class CompactedTopic {
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          AdminClientConfig.DEFAULT_API_TIMEOUT_MS_CONFIG, 10_000,
          AdminClientConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000);

  private CompactedTopic() {}

  /**
   * Creates the topic, with one partition and the brokers' own replication, where it is missing.
   *
   * @param settings of any Kafka client
   * @return how it removes messages, where it was there already and does not compact
   * @throws ExecutionException if the brokers refuse, or do not answer
   */
  static Optional<String> ensure(Map<String, ?> settings, String topic)
      throws ExecutionException, InterruptedException {
    Map<String, Object> all = new HashMap<>(DEFAULTS);
    all.putAll(settings);
    try (Admin admin = Admin.create(all)) {
      var compacted =
          new NewTopic(topic, Optional.of(1), Optional.empty())
              .configs(
                  Map.of(TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT));
      if (exists(admin, topic)) {
        return otherPolicy(admin, topic);
      }
      var _ = admin.createTopics(List.of(compacted)).all().get();
      return Optional.empty();
    }
  }

  private static boolean exists(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    try {
      var _ = admin.describeTopics(List.of(topic)).allTopicNames().get();
      return true;
    } catch (ExecutionException e) {
      if (e.getCause() instanceof UnknownTopicOrPartitionException) {
        return false;
      }
      throw e;
    }
  }

  private static Optional<String> otherPolicy(Admin admin, String topic)
      throws ExecutionException, InterruptedException {
    var resource = new ConfigResource(ConfigResource.Type.TOPIC, topic);
    var config = admin.describeConfigs(List.of(resource)).all().get().get(resource);
    return Optional.ofNullable(config)
        .map(entries -> entries.get(TopicConfig.CLEANUP_POLICY_CONFIG).value())
        .filter(policy -> !policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT));
  }
}
