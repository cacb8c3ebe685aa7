package io.headrace.sink;

import io.headrace.engine.config.ClientProperties;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Which brokers have the topic of a sink, and how they are reached. Immutable.
 *
 * @param bootstrap empty for the brokers of the job's own source, reached as it reaches them
 * @param properties settings of the Kafka producer, passed on unchanged
 */
public record BrokerAccess(Optional<String> bootstrap, Map<String, String> properties) {
  private static final Setting<String> BOOTSTRAP =
      Setting.text(
              "bootstrap",
              "Brokers of the topic, as host:port, comma between them; absent: those of the job's"
                  + " Kafka source, with its security settings, else 127.0.0.1:9092.")
          .absentByDefault();
  private static final Setting<Map<String, String>> PROPERTIES =
      ClientProperties.setting("Settings of the Kafka producer, passed on unchanged.");

  static final List<Setting<?>> SETTINGS = List.of(BOOTSTRAP, PROPERTIES);

  /** The brokers of the job's own source. */
  public static final BrokerAccess OF_SOURCE = new BrokerAccess(Optional.empty(), Map.of());

  public BrokerAccess {
    properties = Map.copyOf(properties);
  }

  static BrokerAccess from(Settings settings) {
    return new BrokerAccess(settings.optional(BOOTSTRAP), settings.value(PROPERTIES));
  }
}
