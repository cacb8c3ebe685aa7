package io.headrace.ingest.kafka;

import java.util.concurrent.atomic.AtomicLong;
import org.apache.kafka.common.ClusterResource;
import org.apache.kafka.common.ClusterResourceListener;
import org.apache.kafka.common.serialization.ByteBufferDeserializer;

/**
 * Counts how often a consumer heard anew what topics there are. A consumer fetches by topic id, so
 * it comes to records of a topic that was created anew only behind such an update. Thread-safe.
 */
final class MetadataUpdates extends ByteBufferDeserializer implements ClusterResourceListener {
  private final AtomicLong updates = new AtomicLong();

  @Override
  public void onUpdate(ClusterResource cluster) {
    updates.incrementAndGet();
  }

  long count() {
    return updates.get();
  }
}
