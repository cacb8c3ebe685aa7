package io.headrace.ingest.kafka;

import io.headrace.engine.sample.SourcePartition;
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

  /** Where reading began or, since the group gave the partition to us again, went on. */
  long taken = UNKNOWN;

  /** What the group has committed, as far as we know. */
  long committed = UNKNOWN;

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

  boolean reachedStop() {
    return polled >= stop;
  }

  KafkaSourceStatus.Partition status() {
    return new KafkaSourceStatus.Partition(topicPartition.partition(), emitted, end);
  }
}
