package io.headrace.sink.kafka;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.Schemas;
import io.headrace.sink.EventSink;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.errors.RetriableException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends events to a topic, keyed by job, as {@code TrainingMetricsRecord}, {@code
 * CheckpointAnnouncement}, {@code ValidationRecord} or {@code OperatorAlert} in Avro's
 * single-object encoding.
 *
 * <p>Not thread-safe. {@link #accept} returns when the brokers have the event, and waits for
 * brokers or a topic that are away, however long: call it from a thread that may wait, such as one
 * of the event pump, whose queue conflates meanwhile. Interrupt that thread to give up.
 */
public final class KafkaEventSink implements EventSink {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaEventSink.class);
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          ProducerConfig.LINGER_MS_CONFIG, 0,
          ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000,
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 5_000,
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 10_000);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);
  private static final long RETRY_MILLIS = 200;

  private final Producer<String, byte[]> producer;
  private final String topic;

  /**
   * Makes the producer; the broker need not be there yet.
   *
   * @param settings of the Kafka producer, {@code bootstrap.servers} at least
   */
  public KafkaEventSink(Map<String, ?> settings, String topic) {
    this.topic = topic;
    this.producer = Producers.producer(DEFAULTS, settings, topic);
  }

  @Override
  public void accept(TrainEvent event) {
    var message =
        new ProducerRecord<>(
            topic, EventRecords.job(event), Schemas.message(EventRecords.of(event)));
    try {
      if (!delivered(message, true)) {
        do {
          Thread.sleep(RETRY_MILLIS);
        } while (!delivered(message, false));
        LOG.info("metrics.topic: {} takes events again.", topic);
      }
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
      throw failed(e);
    }
  }

  /** One attempt; false if a later one may succeed. */
  private boolean delivered(ProducerRecord<String, byte[]> message, boolean first)
      throws InterruptedException {
    try {
      var _ = producer.send(message).get();
      return true;
    } catch (ExecutionException e) {
      return notYet(e.getCause() instanceof Exception cause ? cause : e, first);
    } catch (InterruptException e) {
      throw e;
    } catch (KafkaException e) {
      return notYet(e, first);
    }
  }

  private boolean notYet(Exception problem, boolean first) {
    if (!(problem instanceof RetriableException)) {
      throw failed(problem);
    }
    if (first) {
      LOG.warn(
          "metrics.topic: {} does not take events ({}). Training goes on, and newer events replace older ones until it does; check that the broker is up and the topic exists.",
          topic,
          problem.getMessage());
    }
    return false;
  }

  private HeadraceException failed(Exception problem) {
    return new HeadraceException(
        "metrics.topic: an event could not be sent to "
            + topic
            + " ("
            + problem.getMessage()
            + "). Check that the broker is up and the topic exists.",
        problem);
  }

  /** Closes the producer, in 5 s at most. */
  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
  }

  @Override
  public String toString() {
    return "event sink topic " + topic;
  }
}
