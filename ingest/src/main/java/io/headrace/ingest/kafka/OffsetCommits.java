package io.headrace.ingest.kafka;

import io.headrace.engine.sample.Positions;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The latest positions that somebody wants committed to the broker. Anybody asks, the poll thread
 * sends; what is not yet sent when newer positions come is left out.
 */
final class OffsetCommits {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSampleSource.class);

  private final String topic;
  private final AtomicReference<@Nullable Positions> asked = new AtomicReference<>();

  OffsetCommits(String topic) {
    this.topic = topic;
  }

  void ask(Positions positions) {
    asked.set(positions);
  }

  void sendTo(Consumer<ByteBuffer, ByteBuffer> consumer) {
    Positions positions = asked.getAndSet(null);
    if (positions == null) {
      return;
    }
    Set<TopicPartition> ours = consumer.assignment();
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    positions
        .next()
        .forEach(
            (partition, next) -> {
              var named = new TopicPartition(partition.source(), partition.partition());
              if (ours.contains(named)) {
                offsets.put(named, new OffsetAndMetadata(next));
              }
            });
    if (!offsets.isEmpty()) {
      consumer.commitAsync(offsets, (sent, failure) -> logFailure(failure));
    }
  }

  private void logFailure(@Nullable Exception failure) {
    if (failure != null) {
      LOG.warn(
          "offsets of topic {} were not committed ({}); the checkpoint holds them, nothing is lost",
          topic,
          failure.getMessage());
    }
  }
}
