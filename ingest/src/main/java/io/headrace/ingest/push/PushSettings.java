package io.headrace.ingest.push;

import io.headrace.engine.config.ClientProperties;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.FormatSettings;
import io.headrace.ingest.kafka.KafkaSourceSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.kafka.clients.CommonClientConfigs;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;

/**
 * What a source of pushed samples is told. Immutable.
 *
 * @param format of bodies
 * @param port to listen on, 0 for any free one
 * @param place that keeps what is acknowledged
 * @param rememberedKeys of requests, for their clients' second tries
 * @param maxReceivingBytes of all bodies that are received at once
 */
public record PushSettings(
    String format,
    int port,
    Place place,
    long maxBacklogBytes,
    int maxRequestBytes,
    int commitIntervalMillis,
    int rememberedKeys,
    long maxReceivingBytes) {
  /** {@code format} of pushed bodies. */
  public static final Setting<String> FORMAT =
      Setting.choice(
          "format",
          List.of("avro", "jsonl", "vw", "libsvm", "csv", "text-lines"),
          "How bodies are written: an Avro container file, or one record a line.");

  /** {@code port} that the service listens on. */
  public static final Setting<Integer> PORT =
      Setting.integer(
              "port",
              0,
              65_535,
              "Where POST /api/v1/samples is served on 127.0.0.1, with the page; 0 for any free one."
                  + " The option --port goes before it.")
          .orElse(8080);

  /** {@code acknowledge}: what keeps samples from then on. */
  public static final Setting<String> ACKNOWLEDGE =
      Setting.choice(
              "acknowledge",
              List.of("segment", "kafka"),
              "When a request is answered: once it is in a log on this disk, or once a Kafka topic has"
                  + " it on all in-sync replicas.")
          .orElse("segment");

  static final Setting<String> DIRECTORY =
      Setting.text("directory", "Directory of the log, for acknowledge: segment.")
          .absentByDefault();
  static final Setting<String> TOPIC =
      Setting.text("topic", "The topic that keeps samples, for acknowledge: kafka.")
          .absentByDefault();
  static final Setting<String> BOOTSTRAP =
      Setting.text(
              "bootstrap",
              "Brokers of the topic to connect to first, as host:port, comma between them.")
          .orElse("127.0.0.1:9092");
  static final Setting<Map<String, String>> PROPERTIES =
      ClientProperties.setting(
          "Settings of the Kafka clients that write and read the topic, passed on unchanged.");
  static final Setting<Long> SEGMENT_BYTES =
      Setting.longInteger(
              "segment-bytes",
              1 << 10,
              1L << 40,
              "Size at which a file of the log is full and the next one begins.")
          .orElse(64L << 20);
  static final Setting<Long> MAX_BACKLOG_BYTES =
      Setting.longInteger(
              "max-backlog-bytes",
              1 << 10,
              Long.MAX_VALUE,
              "Bytes that may wait to be learned; more are refused with status 429.")
          .orElse(1L << 30);
  static final Setting<Integer> MAX_REQUEST_BYTES =
      Setting.integer(
              "max-request-bytes",
              1 << 10,
              1 << 28,
              "Largest body, unpacked; larger ones are refused with status 413.")
          .orElse(8 << 20);
  static final Setting<Long> MAX_RECEIVING_BYTES =
      Setting.longInteger(
              "max-receiving-bytes",
              1 << 10,
              1L << 40,
              "Bytes of bodies, however slowly they come, that may be received at once, all requests"
                  + " together; more are told to try again with status 429. A body counts as long as"
                  + " it says it is, or as max-request-bytes if it does not say.")
          .orElse(256L << 20);
  static final Setting<Integer> COMMIT_INTERVAL_MS =
      Setting.integer(
              "commit-interval-ms",
              0,
              10_000,
              "Least time between two writes to the disk; requests that come meanwhile share the"
                  + " next one.")
          .orElse(2);
  static final Setting<Integer> REMEMBERED_KEYS =
      Setting.integer(
              "remembered-keys",
              0,
              1_000_000,
              "The last requests with an Idempotency-Key that are remembered, so that a second try"
                  + " is not learned twice.")
          .orElse(10_000);

  /** Of Kafka's clients and, a little more, of its brokers. */
  private static final int DEFAULT_MESSAGE_BYTES = 1 << 20;

  /** Bytes of a message besides its record: headers, positions, times. */
  private static final int MESSAGE_OVERHEAD = 1024;

  /** What keeps samples from their acknowledgement on. */
  public sealed interface Place {}

  /**
   * A log in a directory, which belongs to the run, not to the data.
   *
   * @param segmentBytes a file of the log that is larger is not added to
   */
  public record Segments(Path directory, long segmentBytes) implements Place {}

  /**
   * A Kafka topic.
   *
   * @param source how it is read
   * @param clients settings of the clients that write to it
   * @param maxRecordBytes that fit into a message
   */
  public record Topic(KafkaSourceSettings source, Map<String, Object> clients, int maxRecordBytes)
      implements Place {
    public Topic {
      clients = Map.copyOf(clients);
    }
  }

  public PushSettings {
    if (maxRequestBytes > maxBacklogBytes) {
      throw new InvalidSettingException(
          "max-request-bytes",
          "%d is more than max-backlog-bytes, %d: such a request would never be taken. Lower it."
              .formatted(maxRequestBytes, maxBacklogBytes));
    }
    if (maxRequestBytes > maxReceivingBytes) {
      throw new InvalidSettingException(
          "max-request-bytes",
          "%d is more than max-receiving-bytes, %d: such a request would never be taken. Lower it."
              .formatted(maxRequestBytes, maxReceivingBytes));
    }
  }

  /** Every setting, for the configuration reference. */
  public static List<Setting<?>> declared() {
    return List.of(
        FORMAT,
        PORT,
        ACKNOWLEDGE,
        DIRECTORY,
        SEGMENT_BYTES,
        TOPIC,
        BOOTSTRAP,
        PROPERTIES,
        MAX_BACKLOG_BYTES,
        MAX_REQUEST_BYTES,
        MAX_RECEIVING_BYTES,
        COMMIT_INTERVAL_MS,
        REMEMBERED_KEYS,
        FormatSettings.SCHEMA,
        FormatSettings.DELIMITER,
        FormatSettings.HASH,
        FormatSettings.COLUMNS);
  }

  /**
   * Reads declared settings.
   *
   * @throws InvalidSettingException if they contradict each other
   */
  public static PushSettings of(Settings settings) {
    return new PushSettings(
        settings.value(FORMAT),
        settings.value(PORT),
        settings.value(ACKNOWLEDGE).equals("kafka") ? topic(settings) : segments(settings),
        settings.value(MAX_BACKLOG_BYTES),
        settings.value(MAX_REQUEST_BYTES),
        settings.value(COMMIT_INTERVAL_MS),
        settings.value(REMEMBERED_KEYS),
        settings.value(MAX_RECEIVING_BYTES));
  }

  private static Segments segments(Settings settings) {
    String directory =
        settings
            .optional(DIRECTORY)
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        "directory",
                        "is missing: say where the log of pushed samples is kept, e.g. data/push."));
    return new Segments(Path.of(directory), settings.value(SEGMENT_BYTES));
  }

  private static Topic topic(Settings settings) {
    String topic =
        settings
            .optional(TOPIC)
            .orElseThrow(
                () ->
                    new InvalidSettingException(
                        "topic", "is missing: name the topic that keeps pushed samples."));
    if (settings.value(FORMAT).equals("avro")
        && settings.optional(FormatSettings.SCHEMA).isEmpty()) {
      throw new InvalidSettingException(
          "schema",
          "is missing: a topic's messages do not bring theirs. Name the file of the schema to write"
              + " and read them with.");
    }
    Map<String, Object> writing = new TreeMap<>(settings.value(PROPERTIES));
    writing.put(CommonClientConfigs.BOOTSTRAP_SERVERS_CONFIG, settings.value(BOOTSTRAP));
    int maxRecordBytes = maxMessageBytes(settings.value(PROPERTIES)) - MESSAGE_OVERHEAD;
    return new Topic(reading(topic, settings), writing, maxRecordBytes);
  }

  private static KafkaSourceSettings reading(String topic, Settings settings) {
    Map<String, String> properties = new TreeMap<>(settings.value(PROPERTIES));
    properties.put(ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed");
    return KafkaSourceSettings.of(
        Settings.of(
            KafkaSourceSettings.declared(),
            Map.of(
                "topic", topic, "bootstrap", settings.value(BOOTSTRAP), "properties", properties)));
  }

  private static int maxMessageBytes(Map<String, String> properties) {
    String bytes = properties.get(ProducerConfig.MAX_REQUEST_SIZE_CONFIG);
    try {
      return bytes == null ? DEFAULT_MESSAGE_BYTES : Integer.parseInt(bytes);
    } catch (NumberFormatException e) {
      throw new InvalidSettingException(
          "properties.\"max.request.size\"",
          "'%s' is not a number of bytes. Set for example 4194304.".formatted(bytes));
    }
  }

  PushLimits limits() {
    return new PushLimits(maxRequestBytes, maxBacklogBytes, commitIntervalMillis);
  }
}
