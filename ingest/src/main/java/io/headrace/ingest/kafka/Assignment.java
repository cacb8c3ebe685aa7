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
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;

/**
 * Which partitions are read, from where on, and whether they are paused: all partitions of the
 * topic, or those that the group gives us. A position from a checkpoint rules over an offset
 * committed to the broker, unless another member of a shared group is further. Belongs to the poll
 * thread, which also calls the rebalance listener.
 */
final class Assignment implements ConsumerRebalanceListener {
  private static final Duration ANSWER = Duration.ofSeconds(5);
  private static final Duration CHANGE = Duration.ofMillis(200);
  private static final int LEAVE_ATTEMPTS = 25;

  private final KafkaSourceSettings settings;
  private final Positions from;
  private final HeldPartitions held;
  private final Consumer<ByteBuffer, ByteBuffer> consumer;
  private final PendingRecords pending;
  private final Membership membership;
  private final HandOver handOver;
  private final Map<TopicPartition, PartitionTrack> tracks =
      new TreeMap<>((a, b) -> Integer.compare(a.partition(), b.partition()));
  private final Set<TopicPartition> undecided = new HashSet<>();
  private boolean changed;
  private boolean leaving;
  private int partitionsAtFirst;
  private boolean paused;
  private long pauses;

  Assignment(
      KafkaSourceSettings settings,
      Positions from,
      HeldPartitions held,
      Consumer<ByteBuffer, ByteBuffer> consumer,
      PendingRecords pending,
      Membership membership,
      HandOver handOver) {
    this.settings = settings;
    this.from = from;
    this.held = held;
    this.consumer = consumer;
    this.pending = pending;
    this.membership = membership;
    this.handOver = handOver;
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

  /** Where they are read from is found out by {@link #decide}, which may have to ask again. */
  @Override
  public void onPartitionsAssigned(Collection<TopicPartition> partitions) {
    changed = true;
    undecided.addAll(partitions);
    consumer.pause(partitions);
  }

  /**
   * Seeks to where reading begins in partitions that the group gave us since: behind what this
   * model has, and, in a shared group, behind what others learned that follows on it.
   *
   * @throws TimeoutException if the brokers do not answer: the rest is undecided yet
   */
  void decide() {
    if (undecided.isEmpty()) {
      return;
    }
    Map<TopicPartition, OffsetAndMetadata> committed = consumer.committed(undecided, ANSWER);
    for (TopicPartition partition : Set.copyOf(undecided)) {
      begin(track(partition), committed.get(partition));
      undecided.remove(partition); // the next resume resumes it
    }
  }

  private void begin(PartitionTrack track, @Nullable OffsetAndMetadata committed) {
    String lineage = membership.lineage();
    CommitNote note = CommitNote.of(committed);
    long end = committed == null ? PartitionTrack.UNKNOWN : committed.offset();
    long next = Math.max(track.emitted, from.of(track.source).orElse(PartitionTrack.UNKNOWN));
    if (next == PartitionTrack.UNKNOWN) { // what a checkpoint that is gone knew is learned again
      OptionalLong begun = note.begunBy(lineage);
      next = begun.orElse(end);
      if (begun.isEmpty() && note.hasForgottenModels() && !from.equals(Positions.START)) {
        handOver.tellForgotten(track.source, end);
      }
    }
    OptionalLong first = membership.learner().first(track.source);
    track.before = note;
    track.since = note.equals(CommitNote.NONE) ? first.orElse(next) : end;
    track.committed = end;
    track.moveTo(next);
    if (next == PartitionTrack.UNKNOWN) {
      startAtConfigured(Set.of(track.topicPartition));
      return;
    }
    consumer.seek(track.topicPartition, next);
    if (settings.shareGroup()) {
      track.byOthers.addAll(note.byOthers(lineage, next, end));
      if (!track.byOthers.isEmpty()) {
        track.taken = end;
      }
      passOver(track);
    }
  }

  /** Has reading go on behind what other members learned, where it has come to that. */
  void passOverOthers() {
    tracks.values().forEach(this::passOver);
  }

  private void passOver(PartitionTrack track) {
    while (track.byOthers.peek() instanceof CommitNote.Range(long first, long to)
        && track.polled >= first) {
      track.byOthers.remove();
      membership.learner().passOver(track.source, first, to);
      consumer.seek(track.topicPartition, to);
      pending.addStart(track, to);
    }
  }

  @Override
  public void onPartitionsRevoked(Collection<TopicPartition> partitions) {
    List<PartitionTrack> known = letGo(partitions);
    if (settings.shareGroup() && !leaving && !handOver.give(known)) {
      handOver.lost(known);
    }
  }

  @Override
  public void onPartitionsLost(Collection<TopicPartition> partitions) {
    List<PartitionTrack> known = letGo(partitions);
    if (settings.shareGroup()) {
      handOver.lost(known);
    }
  }

  /** Returns those of the partitions that reading had begun in. */
  private List<PartitionTrack> letGo(Collection<TopicPartition> partitions) {
    changed = true;
    pending.drop(partitions);
    partitions.forEach(partition -> track(partition).byOthers.clear());
    List<PartitionTrack> known =
        partitions.stream().filter(p -> !undecided.contains(p)).map(this::track).toList();
    undecided.removeAll(partitions);
    return known;
  }

  /** Gives all partitions back; the learner says when. Call it last. */
  void leave() {
    if (!settings.subscribe()) {
      return;
    }
    pause();
    for (int i = 0; i < LEAVE_ATTEMPTS && !handOver.give(ours()); i++) {
      try {
        consumer.poll(CHANGE); // takes part in the group's change, or it would not end
      } catch (WakeupException | NoOffsetForPartitionException e) {
        // Nothing is read here any more.
      }
    }
    leaving = true;
  }

  /** Whether partitions came or went since this was last asked. */
  boolean changed() {
    boolean was = changed;
    changed = false;
    return was;
  }

  /** Partitions that are read now. */
  List<PartitionTrack> ours() {
    return consumer.assignment().stream()
        .filter(p -> !undecided.contains(p))
        .map(this::track)
        .toList();
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
    for (PartitionTrack track : ours()) {
      TopicPartition partition = track.topicPartition;
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
        handOver.given(),
        handOver.exposed(),
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
