package io.headrace.ingest.kafka;

import io.headrace.engine.config.ClientProperties;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.CooperativeStickyAssignor;
import org.apache.kafka.common.config.AbstractConfig;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * What a Kafka source is told: the topic, where to start, and how to behave. Immutable.
 *
 * @param shareGroup whether the group may have other members, each with a model of its own
 * @param handOverTimeoutMillis see {@link #handOverTimeout}; null is the default
 * @param onLost what is done where a partition no longer has the position that is due
 * @param latest whether partitions without a position start at their end instead of their beginning
 * @param properties settings of the Kafka client, passed on unchanged
 */
public record KafkaSourceSettings(
    String topic,
    String bootstrap,
    @Nullable String group,
    boolean subscribe,
    boolean shareGroup,
    @Nullable Integer handOverTimeoutMillis,
    boolean latest,
    OnLost onLost,
    int topicCheckMillis,
    int chunkRows,
    int maxRecordBytes,
    boolean stopAtEnd,
    boolean failFast,
    int connectTimeoutMillis,
    Map<String, String> properties) {

  static final Setting<String> TOPIC = Setting.text("topic", "The topic to read.");
  static final Setting<String> BOOTSTRAP =
      Setting.text("bootstrap", "Brokers to connect to first, as host:port, comma between them.")
          .orElse("127.0.0.1:9092");
  static final Setting<String> GROUP =
      Setting.text(
              "group",
              "Consumer group in which offsets are committed, after the checkpoint that covers them.")
          .absentByDefault();
  static final Setting<Boolean> SUBSCRIBE =
      Setting.flag(
              "subscribe",
              "Whether the group assigns the topic's partitions, instead of reading all of them.")
          .orElse(false);
  static final Setting<Boolean> SHARE_GROUP =
      Setting.flag(
              "share-group",
              "Whether the group may have other members, with subscribe. Each then trains a model of"
                  + " its own on its part of the partitions; without this, a second one is refused.")
          .orElse(false);
  static final Setting<Integer> HANDOVER_TIMEOUT_MS =
      Setting.integer(
              "handover-timeout-ms",
              1,
              Integer.MAX_VALUE,
              "How long another member waits at most until what was read of its partitions is"
                  + " trained and in a checkpoint: less than max.poll.interval.ms, of which it is a"
                  + " third by default.")
          .absentByDefault();
  static final Setting<String> START =
      Setting.choice(
              "start",
              List.of("earliest", "latest"),
              "Where to start in partitions for which no checkpoint knows a position. Those that the"
                  + " topic is given later are read from their beginning.")
          .orElse("earliest");
  static final Setting<Integer> TOPIC_CHECK_MS =
      Setting.integer(
              "topic-check-ms",
              100,
              Integer.MAX_VALUE,
              "How often to look whether the topic was given partitions, and is still the same one.")
          .orElse(30_000);
  static final Setting<String> ON_LOST_POSITIONS =
      Setting.choice(
              "on-lost-positions",
              List.of("fail", "earliest", "latest"),
              "What to do when a partition no longer has the position that is due, because records"
                  + " were deleted before they were read: stop with an error, or read on at the"
                  + " beginning or the end of what is there and count what was passed over as lost.")
          .orElse("fail");
  static final Setting<Integer> CHUNK_ROWS =
      Setting.integer(
              "chunk-rows",
              1,
              65_536,
              "Most records in one chunk, the unit of decoding in parallel.")
          .orElse(1024);
  static final Setting<Integer> MAX_RECORD_BYTES =
      Setting.integer("max-record-bytes", 1, 1 << 30, "Records larger than this are rejected.")
          .orElse(16 << 20);
  static final Setting<Boolean> STOP_AT_END =
      Setting.flag("stop-at-end", "Whether to end where the topic ended when reading began.")
          .orElse(false);
  static final Setting<Boolean> FAIL_FAST =
      Setting.flag(
              "fail-fast",
              "Whether to stop with an error, instead of trying on, when the topic is missing or no"
                  + " broker answers for connect-timeout-ms.")
          .orElse(false);
  static final Setting<Integer> CONNECT_TIMEOUT_MS =
      Setting.integer(
              "connect-timeout-ms", 1, Integer.MAX_VALUE, "How long fail-fast waits for an answer.")
          .orElse(10_000);
  static final Setting<Map<String, String>> PROPERTIES =
      ClientProperties.setting(
          "Settings of the Kafka consumer, passed on unchanged. Unless isolation.level says"
              + " otherwise, records of transactions are read once they are committed.");

  private static final Map<String, String> DEFAULTS =
      Map.of(
          ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "4096",
          ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed",
          ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false");

  /** Where reading goes on behind positions that are gone, if it does. */
  public enum OnLost {
    FAIL,
    EARLIEST,
    LATEST
  }

  public KafkaSourceSettings {
    properties = Map.copyOf(properties);
    if (subscribe && group == null) {
      throw new InvalidSettingException(
          "subscribe", "true needs a group that assigns partitions. Set group to its name.");
    }
    if (subscribe && stopAtEnd) {
      throw new InvalidSettingException(
          "stop-at-end",
          "true does not go with subscribe: the partitions that other members read would not be"
              + " seen to end. Leave subscribe out to read all partitions.");
    }
    if (shareGroup && !subscribe) {
      throw new InvalidSettingException(
          "share-group", "true needs subscribe: without it every process reads all partitions.");
    }
    int interval =
        checkedByClient(
                clientSettings(topic, bootstrap, group, subscribe, topicCheckMillis, properties))
            .getInt(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG);
    if (subscribe && handOverTimeoutMillis != null && handOverTimeoutMillis >= interval) {
      throw new InvalidSettingException(
          "handover-timeout-ms",
          handOverTimeoutMillis
              + " is not less than max.poll.interval.ms, "
              + interval
              + ", after which a member that waits loses its partitions. Set it to "
              + interval / 3
              + ", or raise properties.max.poll.interval.ms");
    }
  }

  /** Every setting, for the configuration reference. */
  public static List<Setting<?>> declared() {
    return List.of(
        TOPIC,
        BOOTSTRAP,
        GROUP,
        SUBSCRIBE,
        SHARE_GROUP,
        HANDOVER_TIMEOUT_MS,
        START,
        ON_LOST_POSITIONS,
        TOPIC_CHECK_MS,
        CHUNK_ROWS,
        MAX_RECORD_BYTES,
        STOP_AT_END,
        FAIL_FAST,
        CONNECT_TIMEOUT_MS,
        PROPERTIES);
  }

  /**
   * Reads declared settings.
   *
   * @throws InvalidSettingException if they contradict each other or the client refuses them
   */
  public static KafkaSourceSettings of(Settings settings) {
    return new KafkaSourceSettings(
        settings.value(TOPIC),
        settings.value(BOOTSTRAP),
        settings.optional(GROUP).orElse(null),
        settings.value(SUBSCRIBE),
        settings.value(SHARE_GROUP),
        settings.optional(HANDOVER_TIMEOUT_MS).orElse(null),
        settings.value(START).equals("latest"),
        OnLost.valueOf(settings.value(ON_LOST_POSITIONS).toUpperCase(Locale.ROOT)),
        settings.value(TOPIC_CHECK_MS),
        settings.value(CHUNK_ROWS),
        settings.value(MAX_RECORD_BYTES),
        settings.value(STOP_AT_END),
        settings.value(FAIL_FAST),
        settings.value(CONNECT_TIMEOUT_MS),
        settings.value(PROPERTIES));
  }

  /** How long giving partitions away may take at most. */
  Duration handOverTimeout() {
    return Duration.ofMillis(
        handOverTimeoutMillis == null
            ? clientNumber(ConsumerConfig.MAX_POLL_INTERVAL_MS_CONFIG) / 3
            : handOverTimeoutMillis);
  }

  /** After how long without a sign of life the group gives a member's partitions to others. */
  Duration sessionTimeout() {
    return Duration.ofMillis(clientNumber(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG));
  }

  private int clientNumber(String key) {
    return checkedByClient(clientSettings()).getInt(key);
  }

  /** What a consumer of this name is made with, unless the settings name it otherwise. */
  Map<String, Object> consumerProperties(String name) {
    Map<String, Object> all = clientSettings();
    all.putIfAbsent(ConsumerConfig.CLIENT_ID_CONFIG, name);
    return all;
  }

  /** What a client that asks about the topic or the group is made with. */
  Map<String, Object> adminProperties() {
    var all = new TreeMap<>(consumerProperties("headrace"));
    all.keySet().retainAll(AdminClientConfig.configNames());
    return all;
  }

  private Map<String, Object> clientSettings() {
    return clientSettings(topic, bootstrap, group, subscribe, topicCheckMillis, properties);
  }

  private static Map<String, Object> clientSettings(
      String topic,
      String bootstrap,
      @Nullable String group,
      boolean subscribe,
      int topicCheckMillis,
      Map<String, String> given) {
    var all = new TreeMap<String, Object>(DEFAULTS);
    if (subscribe
        && !"consumer".equalsIgnoreCase(given.get(ConsumerConfig.GROUP_PROTOCOL_CONFIG))) {
      all.put(
          ConsumerConfig.PARTITION_ASSIGNMENT_STRATEGY_CONFIG,
          CooperativeStickyAssignor.class.getName());
    }
    all.putAll(ClientProperties.resolved(given));
    String deserializer = ByteBufferDeserializer.class.getName();
    require(all, ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrap, "Use bootstrap instead.");
    if (group != null || given.containsKey(ConsumerConfig.GROUP_ID_CONFIG)) {
      require(
          all, ConsumerConfig.GROUP_ID_CONFIG, group == null ? "" : group, "Use group instead.");
    }
    require(
        all,
        ConsumerConfig.METADATA_MAX_AGE_CONFIG,
        Integer.toString(topicCheckMillis),
        "Use topic-check-ms instead.");
    require(
        all,
        ConsumerConfig.ENABLE_AUTO_COMMIT_CONFIG,
        "false",
        "Offsets are committed after the checkpoint that covers them.");
    require(
        all,
        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG,
        "none",
        "Use start to say where " + topic + " is read from.");
    require(
        all,
        ConsumerConfig.KEY_DESERIALIZER_CLASS_CONFIG,
        deserializer,
        "Records are decoded later.");
    require(
        all,
        ConsumerConfig.VALUE_DESERIALIZER_CLASS_CONFIG,
        deserializer,
        "Records are decoded later.");
    return all;
  }

  private static void require(Map<String, Object> all, String key, String value, String why) {
    Object given = all.put(key, value);
    if (given != null && !given.equals(value)) {
      throw new InvalidSettingException(
          "properties." + key, given + " is not possible, it has to be " + value + ". " + why);
    }
  }

  private static AbstractConfig checkedByClient(Map<String, Object> all) {
    try {
      return new AbstractConfig(ConsumerConfig.configDef(), all, false);
    } catch (ConfigException e) {
      throw new InvalidSettingException(
          "properties", "are refused by the Kafka client: " + e.getMessage());
    }
  }
}
