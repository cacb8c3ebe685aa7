package io.headrace.sink;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.SettingGroup;
import java.util.List;
import java.util.stream.Stream;

/** The group {@code checkpoints.announce}: the topic that tells which model is the newest. */
public record AnnounceSettings(String topic, BrokerAccess brokers) {
  private static final Setting<String> TOPIC =
      Setting.text(
          "topic",
          "Kafka topic with the newest model of each job; created, compacted, where it is missing."
              + " Several jobs may share it.");

  private static final List<Setting<?>> DECLARED =
      Stream.concat(Stream.of(TOPIC), BrokerAccess.SETTINGS.stream()).toList();

  /** The setting that reads the group. */
  static final Setting<AnnounceSettings> GROUP =
      SettingGroup.setting(
              "announce",
              DECLARED,
              settings -> new AnnounceSettings(settings.value(TOPIC), BrokerAccess.from(settings)),
              "Topic that each checkpoint is announced on once it is durable, for headrace follow;"
                  + " training never waits for it.")
          .absentByDefault();
}
