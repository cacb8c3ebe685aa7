package io.headrace.ingest.push;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.FormatSettings;
import java.nio.file.Path;
import java.util.List;

/**
 * What a source of pushed samples is told. Immutable.
 *
 * @param format of bodies
 * @param port to listen on, 0 for any free one
 * @param directory of the log; it belongs to the run, not to the data
 * @param segmentBytes a file of the log that is larger is not added to
 * @param rememberedKeys of requests, for their clients' second tries
 */
public record PushSettings(
    String format,
    int port,
    Path directory,
    long segmentBytes,
    long maxBacklogBytes,
    int maxRequestBytes,
    int commitIntervalMillis,
    int rememberedKeys) {
  /** {@code format} of pushed bodies. */
  public static final Setting<String> FORMAT =
      Setting.choice(
          "format",
          List.of("avro", "jsonl", "vw", "csv", "text-lines"),
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

  static final Setting<String> DIRECTORY =
      Setting.text(
          "directory", "Directory of the log that keeps samples from their acknowledgement on.");
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

  public PushSettings {
    if (maxRequestBytes > maxBacklogBytes) {
      throw new InvalidSettingException(
          "max-request-bytes",
          "%d is more than max-backlog-bytes, %d: such a request would never be taken. Lower it."
              .formatted(maxRequestBytes, maxBacklogBytes));
    }
  }

  /** Every setting, for the configuration reference. */
  public static List<Setting<?>> declared() {
    return List.of(
        FORMAT,
        PORT,
        DIRECTORY,
        SEGMENT_BYTES,
        MAX_BACKLOG_BYTES,
        MAX_REQUEST_BYTES,
        COMMIT_INTERVAL_MS,
        REMEMBERED_KEYS,
        FormatSettings.SCHEMA,
        FormatSettings.DELIMITER,
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
        Path.of(settings.value(DIRECTORY)),
        settings.value(SEGMENT_BYTES),
        settings.value(MAX_BACKLOG_BYTES),
        settings.value(MAX_REQUEST_BYTES),
        settings.value(COMMIT_INTERVAL_MS),
        settings.value(REMEMBERED_KEYS));
  }

  PushLimits limits() {
    return new PushLimits(maxRequestBytes, maxBacklogBytes, commitIntervalMillis);
  }
}
