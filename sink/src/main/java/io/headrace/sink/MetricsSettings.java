package io.headrace.sink;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The group {@code metrics} of a job. */
public record MetricsSettings(
    long windowSamples,
    double driftAbove,
    Optional<String> topic,
    Optional<Path> file,
    BrokerAccess brokers) {
  private static final Setting<Long> WINDOW_SAMPLES =
      Setting.longInteger(
              "window-samples",
              1,
              Long.MAX_VALUE,
              "Samples that each report of loss, accuracy and the like is taken over, e.g. 10000.")
          .orElse(10_000L);
  private static final Setting<Double> DRIFT_ABOVE =
      Setting.number(
              "drift-above",
              0,
              1e12,
              "Share by which the loss of late samples must be above that of those before, beyond chance, to"
                  + " be told as drift: 0.5 for a half. A large number for never.")
          .orElse(0.5);
  private static final Setting<String> TOPIC =
      Setting.text(
              "topic",
              "Kafka topic that metrics, checkpoints, drift and alerts are announced on; absent: none.")
          .absentByDefault();
  private static final Setting<String> FILE =
      Setting.text(
              "file",
              "File that metrics, checkpoints, drift and alerts are appended to as JSON lines; absent: none.")
          .absentByDefault();

  public static final List<Setting<?>> SETTINGS =
      Stream.concat(
              Stream.of(WINDOW_SAMPLES, DRIFT_ABOVE, TOPIC, FILE), BrokerAccess.SETTINGS.stream())
          .toList();

  /** Takes settings that were read against {@link #SETTINGS}. */
  public static MetricsSettings from(Settings settings) {
    return new MetricsSettings(
        settings.value(WINDOW_SAMPLES),
        settings.value(DRIFT_ABOVE),
        settings.optional(TOPIC),
        settings.optional(FILE).map(Path::of),
        BrokerAccess.from(settings));
  }
}
