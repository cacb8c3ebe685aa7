package io.headrace.pipeline.job;

import io.headrace.engine.config.ClientProperties;
import io.headrace.ingest.kafka.KafkaSourceSettings;
import io.headrace.sink.BrokerAccess;
import java.util.Map;
import java.util.TreeMap;

/** How the brokers of a job's other topics are reached. Stateless. */
public final class JobBrokers {
  private static final String DEFAULT_BOOTSTRAP = "127.0.0.1:9092";

  private JobBrokers() {}

  /**
   * Settings of a Kafka client: of the topic's own brokers; else of those of the job's source, with
   * its security settings; else of those of this machine. With what references stand for.
   */
  public static Map<String, String> of(JobSpec job, BrokerAccess brokers) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("bootstrap.servers", brokers.bootstrap().orElse(DEFAULT_BOOTSTRAP));
    if (brokers.bootstrap().isEmpty() && job.source().name().equals("kafka")) {
      var kafka = KafkaSourceSettings.of(job.source().settings());
      settings.put("bootstrap.servers", kafka.bootstrap());
      kafka
          .properties()
          .forEach(
              (key, value) -> {
                if (key.matches("(security|sasl|ssl|config)\\..*")) {
                  settings.put(key, value);
                }
              });
    }
    settings.putAll(brokers.properties());
    return ClientProperties.resolved(settings);
  }
}
