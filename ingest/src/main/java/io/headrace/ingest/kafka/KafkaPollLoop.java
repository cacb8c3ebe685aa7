package io.headrace.ingest.kafka;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SourceAlerts;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.CloseOptions;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.NoOffsetForPartitionException;
import org.apache.kafka.clients.consumer.OffsetOutOfRangeException;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;
import org.apache.kafka.common.errors.WakeupException;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Subscriber;
import org.reactivestreams.Subscription;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One subscription to a topic: the thread that polls and emits. Its turns are: emit what was polled
 * while there is demand, poll when there is nothing left, and poll paused when there is no demand.
 *
 * <p>The {@link Subscription} methods, {@link #commit} and {@link #status} may be called by any
 * thread; everything else belongs to the poll thread.
 */
final class KafkaPollLoop implements Subscription, Runnable {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSampleSource.class);
  private static final Duration POLL = Duration.ofMillis(200);
  private static final Duration PAUSED_POLL = Duration.ofMillis(500);
  private static final Duration ANSWER = Duration.ofSeconds(2);
  private static final Duration CLOSE = Duration.ofSeconds(2);
  private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
  private static final long CHORES_NANOS = TimeUnit.SECONDS.toNanos(1);
  private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

  private final KafkaSourceSettings settings;
  private final Positions from;
  private final HeldPartitions held;
  private final ChunkPool pool;
  private final SourceAlerts alerts;
  private final Membership membership;
  private final MetadataUpdates updates = new MetadataUpdates();
  private final TopicWatch topic;
  private final java.util.function.Consumer<KafkaPollLoop> ended;
  private final Demand demand = new Demand();
  private final OffsetCommits commits;
  private final GroupClaim claim;
  private final BrokerWatch watch;
  private final PendingRecords pending;
  private final Thread thread = new Thread(this, "headrace-kafka-poll");

  private volatile @Nullable Subscriber<? super RecordChunk> subscriber;
  private volatile @Nullable Consumer<ByteBuffer, ByteBuffer> consumer;
  private volatile boolean cancelled;
  private volatile boolean parked;
  private volatile boolean polling;
  private volatile @Nullable IllegalArgumentException misuse;
  private volatile KafkaSourceStatus status = KafkaSourceStatus.NOT_STARTED;

  private boolean finished;
  private boolean unsure;
  private @Nullable PartitionTrack unsignalled;
  private long choresNanos;
  private long heardNanos;

  KafkaPollLoop(
      KafkaSourceSettings settings,
      Positions from,
      @Nullable KafkaTopic known,
      HeldPartitions held,
      ChunkPool pool,
      SourceAlerts alerts,
      Membership membership,
      Subscriber<? super RecordChunk> subscriber,
      java.util.function.Consumer<KafkaPollLoop> ended) {
    this.settings = settings;
    this.from = from;
    this.held = held;
    this.pool = pool;
    this.alerts = alerts;
    this.membership = membership;
    this.subscriber = subscriber;
    this.ended = ended;
    commits = new OffsetCommits(settings.topic(), membership.lineage());
    claim = new GroupClaim(settings, membership.lineage(), System::nanoTime);
    topic = new TopicWatch(settings, known, from, updates);
    watch = new BrokerWatch(settings, alerts, System::nanoTime);
    pending = new PendingRecords(settings.chunkRows(), settings.maxRecordBytes());
    thread.setDaemon(true);
  }

  void start() {
    held.listen(
        () -> {
          if (polling) {
            wakeUp();
          }
        });
    thread.start();
  }

  @Override
  public void request(long n) {
    if (n <= 0) {
      misuse = new IllegalArgumentException("§3.9: requested " + n + ", which is not positive");
      wakeUp();
      return;
    }
    demand.add(n);
    if (parked) {
      wakeUp();
    }
  }

  @Override
  public void cancel() {
    cancelled = true;
    subscriber = null;
    wakeUp();
  }

  private void wakeUp() {
    LockSupport.unpark(thread);
    Consumer<ByteBuffer, ByteBuffer> waiting = consumer;
    if (waiting != null) {
      waiting.wakeup();
    }
  }

  void commit(Positions positions) {
    commits.ask(positions);
  }

  /** The topic that is read; null until it was found. */
  @Nullable KafkaTopic topic() {
    return topic.topic();
  }

  KafkaSourceStatus status() {
    return status;
  }

  /** Returns when the thread has ended, or after {@code wait}. */
  void awaitEnd(Duration wait) {
    try {
      thread.join(wait);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void run() {
    try {
      Consumer<ByteBuffer, ByteBuffer> opened = open();
      if (opened != null) {
        read(opened);
      }
    } finally {
      ended.accept(this);
    }
  }

  private @Nullable Consumer<ByteBuffer, ByteBuffer> open() {
    try {
      String name = GroupClaim.memberName(settings, membership.lineage());
      Consumer<ByteBuffer, ByteBuffer> opened =
          ConsumerOpening.open(settings, name, updates, watch, this::stopped);
      if (opened == null) {
        tellEnd(misuse);
      }
      return opened;
    } catch (RuntimeException | Error e) {
      tellEnd(e);
      return null;
    }
  }

  private void read(Consumer<ByteBuffer, ByteBuffer> opened) {
    consumer = opened;
    var handOver = new HandOver(settings, membership, alerts, opened);
    var assignment = new Assignment(settings, from, held, opened, pending, membership, handOver);
    try {
      Throwable failure = misuse;
      try {
        read(opened, assignment);
        failure = misuse;
      } catch (RuntimeException | Error e) {
        failure = e;
      }
      tellEnd(failure); // so that the learner ends as well, and we know how far it came
      assignment.leave();
    } catch (KafkaException e) {
      LOG.warn("leaving the group {} failed: {}", settings.group(), e.getMessage());
    } finally {
      consumer = null;
      topic.close();
      opened.close(CloseOptions.timeout(CLOSE));
    }
  }

  private void tellEnd(@Nullable Throwable failure) {
    Subscriber<? super RecordChunk> told = subscriber;
    subscriber = null;
    if (cancelled || told == null) {
      return;
    }
    cancelled = true;
    if (failure == null) {
      told.onComplete();
    } else {
      told.onError(explained(failure));
    }
  }

  private void read(Consumer<ByteBuffer, ByteBuffer> opened, Assignment assignment) {
    boolean begun = false;
    while (!stopped() && !begun) {
      begun = begin(opened, assignment);
    }
    while (!stopped() && !finished) {
      try {
        turn(opened, assignment);
      } catch (WakeupException e) {
        // There is demand, or a cancellation: the next turn sees which.
      }
    }
    commits.sendTo(opened, assignment.ours());
  }

  private boolean stopped() {
    return cancelled || misuse != null;
  }

  /** One attempt to find the topic and begin. */
  private boolean begin(Consumer<ByteBuffer, ByteBuffer> kafka, Assignment assignment) {
    try {
      List<PartitionInfo> existing = kafka.partitionsFor(settings.topic(), ANSWER);
      if (existing != null && !existing.isEmpty()) {
        int atFirst = topic.confirm(ANSWER).partitions();
        if (!settings.subscribe() || claim.mayJoin()) {
          assignment.begin(existing, atFirst);
          heard();
          return true;
        }
        LockSupport.parkNanos(this, RETRY_NANOS);
        return false;
      }
      Set<String> topics = kafka.listTopics(ANSWER).keySet();
      if (!topics.contains(settings.topic())) { // else it was created between the questions
        watch.topicMissing(topics);
      }
      LockSupport.parkNanos(this, RETRY_NANOS);
    } catch (UnknownTopicOrPartitionException e) {
      LockSupport.parkNanos(this, RETRY_NANOS); // it was deleted between the questions
    } catch (TimeoutException e) {
      watch.unanswered();
    } catch (WakeupException e) {
      // Cancelled, or demand that has to wait.
    }
    return false;
  }

  private void turn(Consumer<ByteBuffer, ByteBuffer> kafka, Assignment assignment) {
    commits.sendTo(kafka, assignment.ours());
    chores(kafka, assignment);
    if (!settle(kafka, assignment)) {
      assignment.pause();
      receive(kafka, POLL, assignment);
    } else if (pending.isEmpty() && assignment.reachedStop()) {
      finished = true;
    } else if (demand.none()) {
      pollPaused(kafka, assignment);
    } else if (pending.has(assignment::isWanted) && !confirmed(kafka)) {
      assignment.pause();
      receive(kafka, POLL, assignment);
    } else if (pending.has(assignment::isWanted)) {
      RecordChunk chunk = pool.take();
      unsignalled = pending.cut(assignment::isWanted, chunk);
      emit(chunk);
    } else if (unsignalled != null && pending.isEmpty() && assignment.caughtUp()) {
      emit(caughtUp(unsignalled));
      unsignalled = null;
    } else {
      assignment.resume();
      polling = true;
      try {
        receive(kafka, POLL, assignment);
      } finally {
        polling = false;
      }
    }
  }

  /** Finds out where new partitions begin, and whether we are alone if we have to be. */
  private boolean settle(Consumer<ByteBuffer, ByteBuffer> kafka, Assignment assignment) {
    try {
      if (settings.subscribe() && !settings.shareGroup() && (unsure |= assignment.changed())) {
        claim.requireAlone(kafka.groupMetadata().memberId());
        unsure = false;
      }
      assignment.decide();
      return true;
    } catch (TimeoutException e) {
      watch.unanswered();
      return false;
    }
  }

  /** Whether the topic is known to be the one that what was polled is expected from. */
  private boolean confirmed(Consumer<ByteBuffer, ByteBuffer> kafka) {
    try {
      if (topic.isDue()) {
        topic.confirm(ANSWER);
      }
      return true;
    } catch (UnknownTopicOrPartitionException e) {
      watch.topicMissing(kafka.listTopics(ANSWER).keySet());
    } catch (TimeoutException e) {
      watch.unanswered();
    }
    return false;
  }

  private void pollPaused(Consumer<ByteBuffer, ByteBuffer> kafka, Assignment assignment) {
    assignment.pause();
    parked = true;
    try {
      if (demand.none() && !stopped()) {
        receive(kafka, PAUSED_POLL, assignment);
      }
    } finally {
      parked = false;
    }
  }

  private void receive(
      Consumer<ByteBuffer, ByteBuffer> kafka, Duration wait, Assignment assignment) {
    try {
      ConsumerRecords<ByteBuffer, ByteBuffer> polled = kafka.poll(wait);
      pending.add(polled, assignment.tracks());
      assignment.passOverOthers();
      if (!polled.isEmpty()) {
        heard();
      }
    } catch (NoOffsetForPartitionException e) {
      startAtConfigured(assignment, e);
    } catch (OffsetOutOfRangeException e) {
      passOver(kafka, e, assignment);
    }
  }

  private void startAtConfigured(Assignment assignment, NoOffsetForPartitionException none) {
    try {
      assignment.startAtConfigured(none.partitions());
    } catch (TimeoutException e) {
      watch.unanswered(); // the next poll says it again
    }
  }

  private void passOver(
      Consumer<ByteBuffer, ByteBuffer> kafka,
      OffsetOutOfRangeException gone,
      Assignment assignment) {
    try {
      for (LostRange range : LostRange.of(kafka, gone, ANSWER)) {
        long next = range.next(settings.onLost());
        alerts.alert("positions-lost", range.passedOver(next));
        pending.addLost(assignment.track(range.partition()), range.wanted(), next);
        kafka.seek(range.partition(), next);
      }
    } catch (TimeoutException e) {
      watch.unanswered(); // the next poll finds the positions gone again
    }
  }

  private RecordChunk caughtUp(PartitionTrack last) {
    RecordChunk chunk = pool.take();
    chunk.start(last.source, last.emitted);
    chunk.markCaughtUp();
    return chunk;
  }

  private void emit(RecordChunk chunk) {
    demand.take();
    Subscriber<? super RecordChunk> receiver = subscriber;
    if (receiver != null) {
      receiver.onNext(chunk);
    }
  }

  private void heard() {
    heardNanos = System.nanoTime();
    watch.answered();
  }

  /** What has to be looked after now and then: new partitions, silent brokers, the status. */
  private void chores(Consumer<ByteBuffer, ByteBuffer> kafka, Assignment assignment) {
    long now = System.nanoTime();
    if (now - choresNanos < CHORES_NANOS && choresNanos != 0) {
      return;
    }
    choresNanos = now;
    status = assignment.status(watch.reachable());
    try {
      if (now - heardNanos > SILENCE_NANOS || !watch.reachable()) {
        ask(kafka, assignment);
      }
      if (watch.reachable() && confirmed(kafka)) {
        assignment.addNew(kafka.partitionsFor(settings.topic(), ANSWER));
      }
    } catch (TimeoutException e) {
      watch.unanswered();
    }
  }

  /** Asks brokers that have been silent whether they are there, and where the partitions end. */
  private void ask(Consumer<ByteBuffer, ByteBuffer> kafka, Assignment assignment) {
    Set<String> topics = kafka.listTopics(ANSWER).keySet();
    if (!topics.contains(settings.topic())) {
      watch.topicMissing(topics);
      return;
    }
    kafka.endOffsets(kafka.assignment(), ANSWER).forEach(assignment::heardEnd);
    heard();
  }

  private Throwable explained(Throwable failure) {
    LOG.debug("reading topic {} ended", settings.topic(), failure);
    if (failure instanceof KafkaException) {
      return new HeadraceException(
          "reading topic "
              + settings.topic()
              + " from Kafka at "
              + settings.bootstrap()
              + " failed: "
              + failure.getMessage(),
          failure);
    }
    return failure;
  }
}
