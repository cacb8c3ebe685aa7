package io.headrace.ingest.kafka;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.jspecify.annotations.Nullable;

/**
 * What was polled and not yet emitted, cut into chunks as they are asked for. It holds what one
 * poll returned, since nothing is fetched while it is not empty. Belongs to the poll thread.
 */
final class PendingRecords {
  /** A chunk is closed when it holds this much, so that large records do not pile up in one. */
  private static final int CHUNK_BYTES = 1 << 20;

  private final int chunkRows;
  private final int maxRecordBytes;
  private final ArrayDeque<Slice> slices = new ArrayDeque<>();

  PendingRecords(int chunkRows, int maxRecordBytes) {
    this.chunkRows = chunkRows;
    this.maxRecordBytes = maxRecordBytes;
  }

  /** One partition's part of a poll. */
  private static final class Slice {
    final PartitionTrack track;
    final List<ConsumerRecord<ByteBuffer, ByteBuffer>> records;
    final long positionAfter;
    final long lost;
    int next;

    Slice(
        PartitionTrack track,
        List<ConsumerRecord<ByteBuffer, ByteBuffer>> records,
        long positionAfter,
        long lost) {
      this.track = track;
      this.records = records;
      this.positionAfter = positionAfter;
      this.lost = lost;
    }
  }

  boolean isEmpty() {
    return slices.isEmpty();
  }

  /** Whether there are records of a partition that is wanted. */
  boolean has(Predicate<PartitionTrack> wanted) {
    return slices.stream().anyMatch(slice -> wanted.test(slice.track));
  }

  /** Takes what a poll returned; a partition that only moved over a gap counts as well. */
  void add(ConsumerRecords<ByteBuffer, ByteBuffer> polled, Map<TopicPartition, PartitionTrack> of) {
    for (TopicPartition partition : polled.partitions()) {
      add(of.get(partition), polled.records(partition), polled.nextOffsets().get(partition));
    }
    polled
        .nextOffsets()
        .forEach(
            (partition, next) -> {
              PartitionTrack track = of.get(partition);
              if (track != null && next.offset() > track.polled) {
                add(track, List.of(), next);
              }
            });
  }

  private void add(
      @Nullable PartitionTrack track,
      List<ConsumerRecord<ByteBuffer, ByteBuffer>> records,
      @Nullable OffsetAndMetadata next) {
    if (track == null) {
      return;
    }
    int count = records.size();
    long after = next != null ? next.offset() : records.getLast().offset() + 1;
    track.polled = after;
    if (track.taken == PartitionTrack.UNKNOWN) {
      track.taken = count > 0 ? records.getFirst().offset() : after;
    }
    if (track.emitted == PartitionTrack.UNKNOWN && count > 0) {
      track.emitted = records.getFirst().offset();
    }
    long limit = track.limit();
    while (count > 0 && records.get(count - 1).offset() >= limit) {
      count--;
    }
    long settled = Math.min(after, limit);
    if (count > 0 || settled > track.emitted) {
      slices.add(new Slice(track, records.subList(0, count), settled, 0));
    }
  }

  /** Has a chunk without records say where reading begins or goes on. */
  void addStart(PartitionTrack track, long position) {
    track.polled = position;
    slices.add(new Slice(track, List.of(), position, 0));
  }

  /** Takes note that the partition's records from {@code first} up to {@code next} are gone. */
  void addLost(PartitionTrack track, long first, long next) {
    long settled = Math.min(next, track.stop);
    track.polled = next;
    track.byOthers.removeIf(range -> range.from() < next);
    if (settled > first) {
      slices.add(new Slice(track, List.of(), settled, settled - first));
    }
  }

  /** Forgets what other members of the group will read from now on. */
  void drop(Collection<TopicPartition> partitions) {
    slices.removeIf(slice -> partitions.contains(slice.track.topicPartition));
  }

  /**
   * Fills {@code chunk} with the next records of a wanted partition and says which that is. If none
   * is wanted any more since {@link #has} was asked, the first one gives a chunk all the same.
   */
  PartitionTrack cut(Predicate<PartitionTrack> wanted, RecordChunk chunk) {
    Slice slice =
        slices.stream()
            .filter(waiting -> wanted.test(waiting.track))
            .findFirst()
            .orElseGet(slices::element);
    PartitionTrack track = slice.track;
    int last = slice.records.size();
    chunk.start(track.source, last == 0 ? slice.positionAfter : offsetOf(slice));
    chunk.envelopes(new Envelopes(slice.records, slice.next));
    while (slice.next < last && chunk.count() < chunkRows && chunk.filled() < CHUNK_BYTES) {
      copy(slice.records.get(slice.next++), chunk);
    }
    if (slice.next == last) {
      slices.remove(slice);
      chunk.settleUpTo(slice.positionAfter);
      chunk.lose(slice.lost);
    }
    track.emitted = chunk.nextPosition();
    return track;
  }

  private static long offsetOf(Slice slice) {
    return slice.records.get(slice.next).offset();
  }

  /** A tombstone, a record without value, becomes a record without bytes. */
  private void copy(ConsumerRecord<ByteBuffer, ByteBuffer> record, RecordChunk chunk) {
    ByteBuffer value = record.value();
    int length = value == null ? 0 : value.remaining();
    long timestamp = Math.max(0, record.timestamp());
    if (length > maxRecordBytes) {
      String detail =
          "record of " + length + " bytes, max-record-bytes is " + maxRecordBytes + ". Raise it";
      chunk.addFault(RejectionReason.TOO_LARGE, detail, record.offset(), timestamp);
      return;
    }
    byte[] target = chunk.reserve(length);
    if (value != null) {
      value.get(value.position(), target, chunk.filled(), length);
    }
    chunk.addReserved(length, record.offset(), timestamp);
  }
}
