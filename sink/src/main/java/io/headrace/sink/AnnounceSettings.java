package io.headrace.sink;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.SettingGroup;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The group {@code checkpoints.announce}: the topic that tells which model is the newest.
 *
 * @param sign key set that announcements are signed with; empty if they are not
 */
public record AnnounceSettings(String topic, BrokerAccess brokers, Optional<String> sign) {
  private static final Setting<String> TOPIC =
      Setting.text(
          "topic",
          "Kafka topic with the newest model of each job; created, compacted, where it is missing."
              + " Several jobs may share it.");

  private static final Setting<String> SIGN =
      Setting.text(
              "sign",
              "Key set that announcements are signed with (headrace keys create --signing): a file that only"
                  + " its owner may read, or ${env:NAME}. headrace follow --keys takes the public ones.")
          .absentByDefault();

  private static final List<Setting<?>> DECLARED =
      Stream.concat(Stream.of(TOPIC, SIGN), BrokerAccess.SETTINGS.stream()).toList();

  /** The setting that reads the group. */
  static final Setting<AnnounceSettings> GROUP =
      SettingGroup.setting(
              "announce",
              DECLARED,
              settings ->
                  new AnnounceSettings(
                      settings.value(TOPIC), BrokerAccess.from(settings), settings.optional(SIGN)),
              "Topic that each checkpoint is announced on once it is durable, for headrace follow;"
                  + " training never waits for it.")
          .absentByDefault();
}
