package io.headrace.ingest.kafka;

import io.headrace.engine.sample.Positions;
import java.nio.ByteBuffer;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
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
  private final String lineage;
  private final AtomicReference<@Nullable Positions> asked = new AtomicReference<>();

  OffsetCommits(String topic, String lineage) {
    this.topic = topic;
    this.lineage = lineage;
  }

  void ask(Positions positions) {
    asked.set(positions);
  }

  /**
   * Sends what was asked for of {@code ours}. A position from before a partition was taken is not:
   * another member is further.
   */
  void sendTo(Consumer<ByteBuffer, ByteBuffer> consumer, Iterable<PartitionTrack> ours) {
    Positions positions = asked.getAndSet(null);
    if (positions == null) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    Map<PartitionTrack, Long> sent = new HashMap<>();
    for (PartitionTrack track : ours) {
      long next = positions.of(track.source).orElse(PartitionTrack.UNKNOWN);
      if (track.taken != PartitionTrack.UNKNOWN && next >= track.taken) {
        offsets.put(track.topicPartition, track.commit(next, lineage));
        sent.put(track, next);
      }
    }
    if (!offsets.isEmpty()) {
      consumer.commitAsync(offsets, (done, failure) -> answered(positions, sent, failure));
    }
  }

  private void answered(
      Positions positions, Map<PartitionTrack, Long> sent, @Nullable Exception failure) {
    if (failure == null) {
      sent.forEach((track, next) -> track.committed = Math.max(track.committed, next));
    } else if (failure instanceof RebalanceInProgressException) {
      asked.compareAndSet(null, positions);
    } else {
      LOG.warn(
          "offsets of topic {} were not committed ({}); the checkpoint holds them, nothing is lost",
          topic,
          failure.getMessage());
    }
  }
}
