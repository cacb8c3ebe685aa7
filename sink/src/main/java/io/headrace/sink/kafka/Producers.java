package io.headrace.sink.kafka;

import io.headrace.engine.error.HeadraceException;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.apache.kafka.common.serialization.StringSerializer;

/** Producers of text keys and bytes; one request of theirs is on its way to a broker at a time. */
final class Producers {
  private Producers() {}

  /**
   * Makes a producer.
   *
   * @param defaults settings that {@code given} may replace
   */
  static Producer<String, byte[]> producer(
      Map<String, ?> defaults, Map<String, ?> given, String topic) {
    var settings = new HashMap<String, Object>(defaults);
    settings.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1); // decision 49
    settings.putAll(given);
    try {
      return new KafkaProducer<>(settings, new StringSerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      Throwable cause = e.getCause() == null ? e : e.getCause();
      throw new HeadraceException(
          "The producer for topic "
              + topic
              + " could not be made: "
              + cause.getMessage()
              + ". Check the Kafka settings, bootstrap.servers first ("
              + settings.get("bootstrap.servers")
              + ").",
          e);
    }
  }
}
