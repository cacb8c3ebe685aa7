package io.headrace.ingest.kafka;

import io.headrace.engine.error.HeadraceException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.jspecify.annotations.Nullable;

/** Says what the brokers hold when a position lies outside of it. */
final class OffsetRange {
  private OffsetRange() {}

  static RuntimeException explained(
      Consumer<ByteBuffer, ByteBuffer> consumer, OffsetOutOfRangeException e, Duration wait) {
    Map<TopicPartition, Long> wanted = e.offsetOutOfRangePartitions();
    Set<TopicPartition> partitions = wanted.keySet();
    try {
      Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions, wait);
      Map<TopicPartition, Long> end = consumer.endOffsets(partitions, wait);
      String each =
          partitions.stream()
              .map(p -> one(p, wanted.get(p), first.get(p), end.get(p)))
              .sorted()
              .collect(Collectors.joining("; "));
      return new HeadraceException(
          each
              + ". Records were deleted by retention before they were read, or the topic was"
              + " created anew: start from another checkpoint, or without one",
          e);
    } catch (TimeoutException silent) {
      e.addSuppressed(silent);
      return e;
    }
  }

  private static String one(
      TopicPartition partition, @Nullable Long wanted, @Nullable Long first, @Nullable Long end) {
    return "topic "
        + partition.topic()
        + " partition "
        + partition.partition()
        + ": position "
        + wanted
        + " is wanted, but the broker holds "
        + first
        + " to "
        + end;
  }
}
