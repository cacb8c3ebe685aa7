package io.headrace.ingest.kafka;

import java.util.List;

/**
 * How a Kafka source is doing, a moment ago. Immutable.
 *
 * @param reachable whether the brokers answered when last asked
 * @param pauses how often reading was paused for want of demand
 * @param handedOver partitions that were given to other members of the group
 * @param exposed records that were learned here and that the partition's next member may learn too
 * @param partitions the partitions being read, by number
 */
public record KafkaSourceStatus(
    boolean reachable, long pauses, long handedOver, long exposed, List<Partition> partitions) {
  static final KafkaSourceStatus NOT_STARTED = new KafkaSourceStatus(false, 0, 0, 0, List.of());

  /**
   * One partition.
   *
   * @param position offset of the next record to be emitted; -1 while unknown
   * @param end offset just past the log's last record, when last heard of; -1 while unknown
   */
  public record Partition(int partition, long position, long end) {
    /** Records not yet emitted; 0 while unknown. */
    public long lag() {
      return position < 0 ? 0 : Math.max(0, end - position);
    }
  }

  public KafkaSourceStatus {
    partitions = List.copyOf(partitions);
  }

  /** Records not yet emitted, over all partitions. */
  public long lag() {
    return partitions.stream().mapToLong(Partition::lag).sum();
  }
}
