package io.headrace.ingest.kafka;

import io.headrace.engine.sample.Positions;
import io.headrace.ingest.HeldPartitions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRebalanceListener;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;

/**
 * Which partitions are read, from where on, and whether they are paused: all partitions of the
 * topic, or those that the group gives us. A position from a checkpoint rules over an offset
 * committed to the broker. Belongs to the poll thread, which also calls the rebalance listener.
 */
final class Assignment implements ConsumerRebalanceListener {
  private static final Duration ANSWER = Duration.ofSeconds(5);

  private final KafkaSourceSettings settings;
  private final Positions from;
  private final HeldPartitions held;
  private final Consumer<ByteBuffer, ByteBuffer> consumer;
  private final PendingRecords pending;
  private final Map<TopicPartition, PartitionTrack> tracks =
      new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
  private int partitionsAtFirst;
  private boolean paused;
  private long pauses;

  Assignment(
      KafkaSourceSettings settings,
      Positions from,
      HeldPartitions held,
      Consumer<ByteBuffer, ByteBuffer> consumer,
      PendingRecords pending) {
    this.settings = settings;
    this.from = from;
    this.held = held;
    this.consumer = consumer;
    this.pending = pending;
  }

  /**
   * Chooses partitions and positions. It may be called again after a time-out.
   *
   * @param atFirst how many partitions the topic had when it was read for the first time
   */
  void begin(List<PartitionInfo> existing, int atFirst) {
    partitionsAtFirst = atFirst;
    if (settings.subscribe()) {
      consumer.subscribe(List.of(settings.topic()), this);
      return;
    }
    Set<TopicPartition> all = topicPartitions(existing);
    consumer.assign(all);
    if (settings.stopAtEnd()) {
      beginFinite(all);
    } else {
      startAtConfigured(fromKnown(all));
    }
  }

  private void beginFinite(Set<TopicPartition> all) {
    Map<TopicPartition, Long> ends = consumer.endOffsets(all, ANSWER);
    Map<TopicPartition, Long> starts = new HashMap<>(consumer.beginningOffsets(all, ANSWER));
    if (settings.latest()) {
      ends.forEach(
          (p, end) ->
              starts.computeIfPresent(
                  p, (q, first) -> q.partition() < partitionsAtFirst ? end : first));
    }
    ends.forEach(
        (partition, end) -> {
          PartitionTrack track = track(partition);
          track.stop = end;
          track.end = end;
        });
    starts.forEach(
        (partition, start) -> {
          PartitionTrack track = track(partition);
          track.moveTo(from.of(track.source).orElse(start));
          consumer.seek(partition, track.polled);
        });
  }

  /** Adds partitions that the topic was given since; they are read from their beginning. */
  void addNew(List<PartitionInfo> existing) {
    if (settings.subscribe() || settings.stopAtEnd() || existing.size() <= tracks.size()) {
      return;
    }
    Set<TopicPartition> fresh = topicPartitions(existing);
    fresh.removeAll(tracks.keySet());
    Set<TopicPartition> all = new HashSet<>(tracks.keySet());
    all.addAll(fresh);
    consumer.assign(all);
    startAtConfigured(fromKnown(fresh));
    pauseIfPaused(fresh);
  }

  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    Set<TopicPartition> again = new HashSet<>(partitions);
    again.retainAll(tracks.keySet());
    Set<TopicPartition> fresh = new HashSet<>(partitions);
    fresh.removeAll(again);
    fromKnown(fresh); // the others go on where the group committed, else see startAtConfigured
    goOn(again);
    pauseIfPaused(partitions);
  }

  /** Goes on in partitions that we had before, behind what another member committed meanwhile. */
  private void goOn(Set<TopicPartition> again) {
    if (again.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed = committed(again);
    for (TopicPartition partition : again) {
      PartitionTrack track = track(partition);
      OffsetAndMetadata theirs = committed.get(partition);
      long next = Math.max(track.emitted, theirs == null ? 0 : theirs.offset());
      if (track.emitted != PartitionTrack.UNKNOWN || theirs != null) {
        track.moveTo(next);
        consumer.seek(partition, next);
      } else {
        track.polled = PartitionTrack.UNKNOWN;
      }
    }
  }

  private Map<TopicPartition, OffsetAndMetadata> committed(Set<TopicPartition> partitions) {
    while (true) {
      try {
        return consumer.committed(partitions, ANSWER);
      } catch (WakeupException e) {
        // It was for the poll that we are in, which ends by itself soon.
      } catch (TimeoutException e) {
        return Map.of();
      }
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    pending.drop(partitions);
  }

  /** Seeks to where {@code from} says; the result is the partitions it does not name. */
  private Set<TopicPartition> fromKnown(Set<TopicPartition> partitions) {
    Set<TopicPartition> unknown = new HashSet<>();
    for (TopicPartition partition : partitions) {
      PartitionTrack track = track(partition);
      OptionalLong known = from.of(track.source);
      if (known.isPresent()) {
        track.moveTo(known.getAsLong());
        consumer.seek(partition, known.getAsLong());
      } else {
        unknown.add(partition);
      }
    }
    return unknown;
  }

  /**
   * Starts where the job says, for want of a checkpoint and of a committed offset. An end is a
   * position that the checkpoints to come have to know, or what is written to the partition while
   * nothing runs would not be read; partitions that are newer than the model have no such end.
   *
   * @throws TimeoutException if the brokers do not say where an end is: nothing was done
   */
  void startAtConfigured(Collection<TopicPartition> partitions) {
    Set<TopicPartition> atEnd =
        partitions.stream()
            .filter(p -> settings.latest() && p.partition() < partitionsAtFirst)
            .collect(Collectors.toSet());
    Set<TopicPartition> atBeginning = new HashSet<>(partitions);
    atBeginning.removeAll(atEnd);
    if (!atEnd.isEmpty()) { // to the client, none would mean all
      consumer
          .endOffsets(atEnd, ANSWER)
          .forEach(
              (partition, end) -> {
                consumer.seek(partition, end);
                pending.addStart(track(partition), end);
              });
    }
    if (!atBeginning.isEmpty()) {
      consumer.seekToBeginning(atBeginning);
    }
  }

  void pause() {
    if (!paused) {
      paused = true;
      pauses++;
      consumer.pause(consumer.assignment());
    }
  }

  /**
   * Whether records of a partition may be emitted: it is not held, or a finite reading is at the
   * end of all that are not, so that nothing would come any more.
   */
  boolean isWanted(PartitionTrack track) {
    return !held.isHeld(track.source) || onlyHeldAreLeft();
  }

  private boolean onlyHeldAreLeft() {
    return settings.stopAtEnd()
        && !pending.has(track -> !held.isHeld(track.source))
        && tracks.values().stream()
            .filter(track -> !held.isHeld(track.source))
            .allMatch(PartitionTrack::reachedStop);
  }

  /** Resumes all but those that are held. */
  void resume() {
    paused = false;
    Set<TopicPartition> now = consumer.paused();
    if (now.isEmpty() && held.isEmpty()) {
      return;
    }
    Set<TopicPartition> wanted = new HashSet<>();
    Set<TopicPartition> unwanted = new HashSet<>();
    for (TopicPartition partition : consumer.assignment()) {
      (isWanted(track(partition)) ? wanted : unwanted).add(partition);
    }
    consumer.pause(unwanted);
    consumer.resume(wanted);
  }

  private void pauseIfPaused(Collection<TopicPartition> partitions) {
    if (paused) {
      consumer.pause(partitions);
    }
  }

  /** Takes note of where a partition ends. */
  void heardEnd(TopicPartition partition, long end) {
    track(partition).end = end;
  }

  Map<TopicPartition, PartitionTrack> tracks() {
    return tracks;
  }

  /** Whether nothing is left to read, as far as the last answers of the brokers tell. */
  boolean caughtUp() {
    for (TopicPartition partition : consumer.assignment()) {
      if (consumer.currentLag(partition).orElse(1) != 0) {
        return false;
      }
    }
    return true;
  }

  /** Whether a finite reading has everything that it was to read. */
  boolean reachedStop() {
    return settings.stopAtEnd() && tracks.values().stream().allMatch(PartitionTrack::reachedStop);
  }

  KafkaSourceStatus status(boolean reachable) {
    Set<TopicPartition> ours = consumer.assignment();
    for (TopicPartition partition : ours) {
      PartitionTrack track = track(partition);
      OptionalLong lag = consumer.currentLag(partition);
      if (lag.isPresent()) { // so the position is known as well, and asking for it does not wait
        if (track.polled == PartitionTrack.UNKNOWN) {
          track.moveTo(consumer.position(partition));
        }
        track.end = Math.max(track.end, track.polled + lag.getAsLong());
      }
    }
    return new KafkaSourceStatus(
        reachable,
        pauses,
        tracks.values().stream()
            .filter(track -> ours.contains(track.topicPartition))
            .map(PartitionTrack::status)
            .toList());
  }

  PartitionTrack track(TopicPartition partition) {
    return tracks.computeIfAbsent(partition, PartitionTrack::new);
  }

  private static Set<TopicPartition> topicPartitions(List<PartitionInfo> existing) {
    return existing.stream()
        .map(info -> new TopicPartition(info.topic(), info.partition()))
        .collect(Collectors.toCollection(HashSet::new));
  }
}
