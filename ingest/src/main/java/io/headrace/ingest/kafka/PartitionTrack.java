package io.headrace.ingest.kafka;

import io.headrace.engine.sample.SourcePartition;
import java.util.ArrayDeque;
import java.util.Deque;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;

/** How far one partition was read and emitted. Belongs to the poll thread. */
final class PartitionTrack {
  static final long UNKNOWN = -1;

  final TopicPartition topicPartition;
  final SourcePartition source;

  /** Offset of the next record that the consumer will return. */
  long polled = UNKNOWN;

  /** Offset just past everything emitted. */
  long emitted = UNKNOWN;

  /** Before this, nothing is committed: the group is as far already, or we began here. */
  long taken = UNKNOWN;

  /** What the group has committed, as far as we know. */
  long committed = UNKNOWN;

  /** Who learned the partition before we took it. */
  CommitNote before = CommitNote.NONE;

  /** Where what we learn of it now begins; unknown where that is {@link #taken}. */
  long since = UNKNOWN;

  /** What other members learned and lies ahead. */
  final Deque<CommitNote.Range> byOthers = new ArrayDeque<>();

  /** Where a finite reading stops. */
  long stop = Long.MAX_VALUE;

  /** The log's end when it was last heard of. */
  long end = UNKNOWN;

  PartitionTrack(TopicPartition topicPartition) {
    this.topicPartition = topicPartition;
    this.source = new SourcePartition(topicPartition.topic(), topicPartition.partition());
  }

  /** Sets where reading goes on; nothing behind it was emitted. */
  void moveTo(long offset) {
    polled = offset;
    emitted = offset;
    taken = offset;
  }

  /** Whether anything was emitted since the partition was taken. */
  boolean advanced() {
    return emitted > taken;
  }

  /** Position before which reading pauses: its end, or what others learned. */
  long limit() {
    CommitNote.Range next = byOthers.peek();
    return next == null ? stop : Math.min(stop, next.from());
  }

  /** What is committed when a model has learned everything before {@code next}. */
  OffsetAndMetadata commit(long next, String lineage) {
    return before.with(lineage, since == UNKNOWN ? taken : since).beside(next);
  }

  boolean reachedStop() {
    return polled >= stop;
  }

  KafkaSourceStatus.Partition status() {
    return new KafkaSourceStatus.Partition(topicPartition.partition(), emitted, end);
  }
}
