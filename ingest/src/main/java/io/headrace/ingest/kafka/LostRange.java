package io.headrace.ingest.kafka;

import io.headrace.engine.error.HeadraceException;
import io.headrace.ingest.kafka.KafkaSourceSettings.OnLost;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.LogTruncationException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.TopicPartition;

/**
 * A position that is due in a partition, and what the partition's log holds instead. What
 * compaction or aborted transactions leave out within a log is none: nothing was there for us.
 *
 * @param wanted offset of the next record to be read
 * @param first of the offsets that the log holds
 * @param end offset just past the last one
 */
record LostRange(TopicPartition partition, long wanted, long first, long end) {

  /**
   * Asks what the logs hold.
   *
   * @param wait for each of two answers
   * @throws org.apache.kafka.common.errors.TimeoutException if none comes
   * @throws HeadraceException if records that were read are gone
   */
  static List<LostRange> of(
      Consumer<?, ?> consumer, OffsetOutOfRangeException gone, Duration wait) {
    Map<TopicPartition, Long> wanted = gone.offsetOutOfRangePartitions();
    Set<TopicPartition> partitions = wanted.keySet();
    Map<TopicPartition, Long> first = consumer.beginningOffsets(partitions, wait);
    Map<TopicPartition, Long> end = consumer.endOffsets(partitions, wait);
    List<LostRange> ranges =
        wanted.entrySet().stream()
            .map(e -> of(e.getKey(), e.getValue(), first, end))
            .sorted((a, b) -> Integer.compare(a.partition.partition(), b.partition.partition()))
            .toList();
    for (LostRange range : ranges) {
      if (gone instanceof LogTruncationException || range.wanted >= range.first) {
        throw range.truncated();
      }
    }
    return ranges;
  }

  private static LostRange of(
      TopicPartition partition,
      long wanted,
      Map<TopicPartition, Long> first,
      Map<TopicPartition, Long> end) {
    return new LostRange(
        partition, wanted, first.getOrDefault(partition, 0L), end.getOrDefault(partition, 0L));
  }

  /**
   * Where reading goes on.
   *
   * @throws HeadraceException if it is to fail
   */
  long next(OnLost choice) {
    return switch (choice) {
      case EARLIEST -> first;
      case LATEST -> end;
      case FAIL ->
          throw new HeadraceException(
              log()
                  + ": "
                  + (first - wanted)
                  + " positions were deleted, by retention or by hand, before they were read. To go"
                  + " on without them set source.kafka.on-lost-positions: earliest (reads on at "
                  + first
                  + ") or latest (at "
                  + end
                  + "), which counts them as lost, or start anew with --fresh");
    };
  }

  /** What to tell operators when reading goes on at {@code next}. */
  String passedOver(long next) {
    return log()
        + ": records were deleted before they were read. Reading goes on at "
        + next
        + "; "
        + (next - wanted)
        + " positions are counted as lost. Keep records longer than training may lag or stand still"
        + " (the topic's retention.ms and retention.bytes)";
  }

  private HeadraceException truncated() {
    return new HeadraceException(
        log()
            + ": records that were read are gone, because the broker lost the end of its log or the"
            + " topic was deleted and created anew. What is there now is not what the model went on"
            + " from: restore a checkpoint whose positions the log still has, or start anew with"
            + " --fresh");
  }

  private String log() {
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
