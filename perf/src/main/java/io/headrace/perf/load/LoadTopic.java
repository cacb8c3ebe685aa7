package io.headrace.perf.load;

import io.headrace.app.broker.Topics;
import io.headrace.engine.error.HeadraceException;
import io.headrace.perf.stream.Readings;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A topic of one partition with the first {@code records} readings in it. Immutable.
 *
 * @param yes how many of them have label 1
 */
public record LoadTopic(String bootstrap, String name, long records, long yes) {

  /** Makes the topic and fills it, with one request on its way at a time. */
  public static LoadTopic filled(String bootstrap, String name, long records) {
    try (Topics topics = Topics.at(bootstrap)) {
      topics.createIfMissing(name, 1);
    }
    long yes = 0;
    var failure = new AtomicReference<Exception>();
    try (var producer =
        new KafkaProducer<>(
            Map.of(
                ProducerConfig.BOOTSTRAP_SERVERS_CONFIG,
                bootstrap,
                ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, // decision 49
                1),
            new ByteArraySerializer(),
            new ByteArraySerializer())) {
      for (long index = 0; index < records && failure.get() == null; index++) {
        byte[] message = Readings.message(index);
        yes += Readings.label(message, 0);
        var _ =
            producer.send(
                new ProducerRecord<>(name, message),
                (sent, fault) -> {
                  if (fault != null) {
                    failure.compareAndSet(null, fault);
                  }
                });
      }
    }
    if (failure.get() != null) {
      throw new HeadraceException("topic " + name + " was not filled", failure.get());
    }
    return new LoadTopic(bootstrap, name, records, yes);
  }
}
