package io.headrace.ingest.kafka;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.config.ConfigException;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;
import org.jspecify.annotations.Nullable;

/**
 * Makes the consumer. The client refuses to be made while no broker's name can be resolved, which
 * is where containers that start together are for a while: that counts as a silent broker.
 */
final class ConsumerOpening {
  private static final long RETRY_NANOS = TimeUnit.SECONDS.toNanos(1);

  private ConsumerOpening() {}

  /** The consumer; null if {@code stopped} while trying. */
  static @Nullable Consumer<ByteBuffer, ByteBuffer> open(
      KafkaSourceSettings settings,
      String name,
      MetadataUpdates updates,
      BrokerWatch watch,
      BooleanSupplier stopped) {
    while (!stopped.getAsBoolean()) {
      try {
        return new KafkaConsumer<>(
            settings.consumerProperties(name), new ByteBufferDeserializer(), updates);
      } catch (KafkaException e) {
        if (!unresolved(e)) {
          throw e;
        }
        watch.unanswered();
        LockSupport.parkNanos(watch, RETRY_NANOS);
      }
    }
    return null;
  }

  private static boolean unresolved(KafkaException e) {
    Throwable cause = e instanceof ConfigException ? e : e.getCause();
    return cause instanceof ConfigException
        && String.valueOf(cause.getMessage()).contains("No resolvable bootstrap");
  }
}
