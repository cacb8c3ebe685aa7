package io.headrace.sink.kafka;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.Schemas;
import io.headrace.sink.EventSink;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.jspecify.annotations.Nullable;

/**
 * Sends events to a topic, keyed by job, as {@code TrainingMetricsRecord}, {@code
 * CheckpointAnnouncement} or {@code OperatorAlert} in Avro's single-object encoding.
 *
 * <p>Not thread-safe. {@link #accept} waits for the broker at most {@code max.block.ms}, one second
 * unless set otherwise; an event that could not be delivered is told by throwing from the next
 * call.
 */
public final class KafkaEventSink implements EventSink {
  private static final Map<String, Object> DEFAULTS =
      Map.of(
          ProducerConfig.MAX_BLOCK_MS_CONFIG, 1_000,
          ProducerConfig.REQUEST_TIMEOUT_MS_CONFIG, 10_000,
          ProducerConfig.DELIVERY_TIMEOUT_MS_CONFIG, 30_000);
  private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

  private final Producer<String, byte[]> producer;
  private final String topic;
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

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
    var _ =
        producer.send(
            message,
            (sent, problem) -> {
              if (problem != null) {
                failure.set(problem);
              }
            });
    throwFailure();
  }

  private void throwFailure() {
    Exception problem = failure.getAndSet(null);
    if (problem != null) {
      throw new HeadraceException(
          "metrics.topic: an event could not be sent to "
              + topic
              + " ("
              + problem.getMessage()
              + "). Check that the broker is up and the topic exists.",
          problem);
    }
  }

  /** Sends what is waiting, for at most 5 s. */
  @Override
  public void close() {
    producer.close(CLOSE_TIMEOUT);
    throwFailure();
  }

  @Override
  public String toString() {
    return "event sink topic " + topic;
  }
}
