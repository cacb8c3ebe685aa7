package io.headrace.ingest.kafka;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.GroupMember.Learner;
import io.headrace.ingest.GroupMember.Settled;
import io.headrace.ingest.SourceAlerts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.RebalanceInProgressException;
import org.apache.kafka.common.errors.WakeupException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives partitions to the other members of the group: has what was read of them learned and kept,
 * then commits where they are to go on. What could not be kept in time is counted and told, for
 * whoever gets the partition may learn it again. Belongs to the poll thread.
 */
final class HandOver {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSampleSource.class);
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final KafkaSourceSettings settings;
  private final Membership membership;
  private final SourceAlerts alerts;
  private final Consumer<ByteBuffer, ByteBuffer> consumer;
  private long given;
  private long exposed;

  HandOver(
      KafkaSourceSettings settings,
      Membership membership,
      SourceAlerts alerts,
      Consumer<ByteBuffer, ByteBuffer> consumer) {
    this.settings = settings;
    this.membership = membership;
    this.alerts = alerts;
    this.consumer = consumer;
  }

  /** Partitions that were handed over. */
  long given() {
    return given;
  }

  /** Records that this member learned and another may learn as well. */
  long exposed() {
    return exposed;
  }

  /**
   * Gives partitions away that are still ours.
   *
   * @return false if the group is changing: then nothing is given, and it may be tried again after
   *     a poll
   */
  boolean give(Collection<PartitionTrack> tracks) {
    Map<SourcePartition, Long> emitted = new TreeMap<>();
    for (PartitionTrack track : tracks) {
      if (track.advanced()) {
        emitted.put(track.source, track.emitted);
      }
    }
    var settled = new Settled(Positions.START, true);
    if (!emitted.isEmpty()) {
      Learner learner = membership.learner();
      settled = learner.settle(Positions.of(emitted), settings.handOverTimeout());
    }
    Positions covered = settled.covered();
    boolean over = settled.over();
    ToLongFunction<PartitionTrack> learned =
        track -> over ? covered.of(track.source).orElse(PartitionTrack.UNKNOWN) : track.emitted;
    try {
      commit(tracks, covered);
      expose(
          tracks,
          learned,
          "hand-over-late",
          "was not trained and in a checkpoint within source.kafka.handover-timeout-ms, "
              + settings.handOverTimeout().toMillis());
      given += tracks.size();
    } catch (RebalanceInProgressException e) {
      return false;
    } catch (KafkaException e) {
      expose(tracks, learned, "hand-over-failed", "could not be committed: " + e.getMessage());
    }
    return true;
  }

  /** When the group took the partitions away and others may have them already. */
  void lost(Collection<PartitionTrack> tracks) {
    expose(
        tracks,
        track -> track.emitted,
        "partitions-lost",
        "was behind the last commit when the group gave it to others");
  }

  /**
   * When nobody can say whether this model learned a partition of which its checkpoint is silent.
   */
  void tellForgotten(SourcePartition partition, long begins) {
    alerts.alert(
        "lineage-forgotten",
        "%s begins at %,d, the group's commit. More models learned it than its commit notes, and this model's checkpoint does not know it. If an older checkpoint was restored and the lost one had records of it, they are in no model now: start this member anew, or seek the group back."
            .formatted(partition, begins));
  }

  private void commit(Collection<PartitionTrack> tracks, Positions covered) {
    Map<TopicPartition, OffsetAndMetadata> offsets = new HashMap<>();
    for (PartitionTrack track : tracks) {
      long next = covered.of(track.source).orElse(PartitionTrack.UNKNOWN);
      if (track.advanced() && next >= track.taken) {
        offsets.put(track.topicPartition, track.commit(next, membership.lineage()));
      } else if (track.committed == PartitionTrack.UNKNOWN && settings.latest()) {
        startHere(track, offsets);
      }
    }
    if (offsets.isEmpty()) {
      return;
    }
    commitNow(offsets);
    for (PartitionTrack track : tracks) {
      OffsetAndMetadata sent = offsets.get(track.topicPartition);
      track.committed = sent == null ? track.committed : sent.offset();
    }
    LOG.info("handed over: {}", offsets);
  }

  /** The next owner is not to begin at a later end than we did: nothing before it was learned. */
  private void startHere(PartitionTrack track, Map<TopicPartition, OffsetAndMetadata> offsets) {
    if (track.emitted != PartitionTrack.UNKNOWN) {
      offsets.put(track.topicPartition, new OffsetAndMetadata(track.emitted));
    }
  }

  private void commitNow(Map<TopicPartition, OffsetAndMetadata> offsets) {
    while (true) {
      try {
        consumer.commitSync(offsets, ANSWER);
        return;
      } catch (WakeupException e) {
        // It was for the poll that we are in, which ends by itself soon.
      }
    }
  }

  /** Counts and tells what others may learn too: what was learned and not committed. */
  private void expose(
      Collection<PartitionTrack> tracks,
      ToLongFunction<PartitionTrack> learned,
      String code,
      String why) {
    var each = new TreeMap<SourcePartition, Long>();
    for (PartitionTrack track : tracks) {
      long count = learned.applyAsLong(track) - Math.max(track.committed, track.taken);
      if (track.advanced() && count > 0) {
        each.put(track.source, count);
        exposed += count;
      }
    }
    if (!each.isEmpty()) {
      alerts.alert(
          code,
          "What this member read of "
              + each
              + " (records by partition) "
              + why
              + ". It is in this model, and the partition's next member may learn it too.");
    }
  }
}
