package io.headrace.app.produce;

import io.headrace.engine.error.HeadraceException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.errors.InterruptException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.jspecify.annotations.Nullable;

/**
 * A producer of labelled samples: idempotent, waits for all replicas, keeps a rate, gives the
 * partitions a record each in turn so that none is left out, however few there are. One thread
 * sends; {@link #acknowledged} may be read by any. The caller closes it.
 */
public final class SampleProducer implements AutoCloseable {
  private final String topic;
  private final KafkaProducer<byte[], byte[]> producer;
  private final AtomicLong acknowledged = new AtomicLong();
  private final AtomicReference<@Nullable Exception> failure = new AtomicReference<>();

  /**
   * @param settings any producer settings of Kafka, {@code bootstrap.servers} at least
   */
  public SampleProducer(String topic, Map<String, String> settings) {
    this.topic = topic;
    Map<String, Object> all = new HashMap<>();
    all.put(ProducerConfig.ACKS_CONFIG, "all");
    all.put(ProducerConfig.MAX_IN_FLIGHT_REQUESTS_PER_CONNECTION, 1); // decision 49
    all.put(ProducerConfig.LINGER_MS_CONFIG, 5);
    all.put(ProducerConfig.BATCH_SIZE_CONFIG, 1 << 18);
    all.put(ProducerConfig.MAX_REQUEST_SIZE_CONFIG, 16 << 20);
    all.put(ProducerConfig.COMPRESSION_TYPE_CONFIG, "lz4");
    all.put(ProducerConfig.PARTITIONER_CLASS_CONFIG, RoundRobinPartitioner.class);
    all.putAll(settings);
    try {
      producer = new KafkaProducer<>(all, new ByteArraySerializer(), new ByteArraySerializer());
    } catch (KafkaException e) {
      throw new HeadraceException(
          "The producer's settings do not work: %s."
              .formatted(e.getCause() == null ? e.getMessage() : e.getCause().getMessage()),
          e);
    }
  }

  /**
   * Sends records until there are no more, {@code limit} is reached or {@code stop} says so, and
   * returns when all are acknowledged.
   *
   * @param limit the most records to send
   * @param perSecond records a second; 0 for as fast as it goes
   * @return how many were sent
   * @throws HeadraceException if the broker refuses one, or cannot be reached for too long
   */
  public long send(RecordFile records, long limit, double perSecond, BooleanSupplier stop) {
    Pace pace = Pace.of(perSecond);
    long sent = 0;
    try {
      while (sent < limit && records.hasNext() && !stop.getAsBoolean()) {
        pace.await(sent);
        throwFailure();
        // Its outcome comes to the callback.
        var _ = producer.send(new ProducerRecord<>(topic, records.next()), (at, e) -> note(e));
        sent++;
      }
      producer.flush();
    } catch (InterruptedException | InterruptException e) {
      Thread.currentThread().interrupt();
    } catch (KafkaException e) {
      failure.compareAndSet(null, e);
    }
    throwFailure();
    return sent;
  }

  /** Records that the broker has confirmed. */
  public long acknowledged() {
    return acknowledged.get();
  }

  @Override
  public void close() {
    producer.close(Duration.ofSeconds(5));
  }

  private void note(@Nullable Exception e) {
    if (e == null) {
      acknowledged.incrementAndGet();
    } else {
      failure.compareAndSet(null, e);
    }
  }

  private void throwFailure() {
    Exception e = failure.get();
    if (e != null) {
      throw new HeadraceException(
          "Sending to topic %s failed after %d acknowledged records: %s. Is the broker up, and does the topic exist?"
              .formatted(topic, acknowledged.get(), e.getMessage()),
          e);
    }
  }
}
