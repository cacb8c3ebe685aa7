package io.headrace.ingest.kafka;

import io.headrace.engine.config.Settings;
import java.util.HashMap;
import java.util.Map;

/** Kafka source settings as a job file would give them. */
final class KafkaSettingsBuilder {
  private final Map<String, Object> raw = new HashMap<>();
  private final Map<String, Object> properties = new HashMap<>();

  KafkaSettingsBuilder(String topic, String bootstrap) {
    raw.put("topic", topic);
    raw.put("bootstrap", bootstrap);
    property("fetch.max.wait.ms", 20); // closing a consumer waits for its last fetch
  }

  KafkaSettingsBuilder chunkRows(int rows) {
    raw.put("chunk-rows", rows);
    return this;
  }

  KafkaSettingsBuilder maxRecordBytes(int bytes) {
    raw.put("max-record-bytes", bytes);
    return this;
  }

  KafkaSettingsBuilder stopAtEnd() {
    raw.put("stop-at-end", true);
    return this;
  }

  KafkaSettingsBuilder latest() {
    raw.put("start", "latest");
    return this;
  }

  KafkaSettingsBuilder onLost(String choice) {
    raw.put("on-lost-positions", choice);
    return this;
  }

  KafkaSettingsBuilder topicCheck(int millis) {
    raw.put("topic-check-ms", millis);
    return this;
  }

  KafkaSettingsBuilder failFast(int timeoutMillis) {
    raw.put("fail-fast", true);
    raw.put("connect-timeout-ms", timeoutMillis);
    return this;
  }

  KafkaSettingsBuilder group(String group) {
    raw.put("group", group);
    return this;
  }

  KafkaSettingsBuilder subscribe(String group) {
    raw.put("subscribe", true);
    return group(group);
  }

  /** In a group that may have other members. */
  KafkaSettingsBuilder share(String group) {
    raw.put("share-group", true);
    return subscribe(group);
  }

  KafkaSettingsBuilder shareWithoutSubscribing(String group) {
    raw.put("share-group", true);
    return group(group);
  }

  KafkaSettingsBuilder handOverTimeout(int millis) {
    raw.put("handover-timeout-ms", millis);
    return this;
  }

  KafkaSettingsBuilder property(String key, Object value) {
    properties.put(key, value);
    return this;
  }

  KafkaSourceSettings settings() {
    raw.put("properties", properties);
    return KafkaSourceSettings.of(Settings.of(KafkaSourceSettings.declared(), raw));
  }

  KafkaSampleSource source() {
    return new KafkaSampleSource(settings());
  }
}
