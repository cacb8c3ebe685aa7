package io.headrace.sink;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** The group {@code dead-letters} of a job: a file, a topic, both or neither. */
public record DeadLetterSettings(
    Optional<Path> file, Optional<String> topic, BrokerAccess brokers) {
  private static final Setting<String> FILE =
      Setting.text(
              "file", "Avro container file that rejected records are appended to; absent: none.")
          .absentByDefault();
  private static final Setting<String> TOPIC =
      Setting.text("topic", "Kafka topic that rejected records are sent to; absent: none.")
          .absentByDefault();

  public static final List<Setting<?>> SETTINGS =
      Stream.concat(Stream.of(FILE, TOPIC), BrokerAccess.SETTINGS.stream()).toList();

  /** Takes settings that were read against {@link #SETTINGS}. */
  public static DeadLetterSettings from(Settings settings) {
    return new DeadLetterSettings(
        settings.optional(FILE).map(Path::of),
        settings.optional(TOPIC),
        BrokerAccess.from(settings));
  }
}
