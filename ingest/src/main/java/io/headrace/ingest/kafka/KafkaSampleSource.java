package io.headrace.ingest.kafka;

import io.headrace.engine.sample.Positions;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.GroupMember;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SourceAlerts;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;

/**
 * Records of a Kafka topic. Each subscription has a consumer and a poll thread of its own, which
 * emits: keep what it calls short. Without demand it pauses and goes on polling, so that it stays
 * in its group. Brokers that do not answer are waited for.
 *
 * <p>Thread-safe. {@link #commit} and {@link #status} speak of the latest subscription. Chunks
 * belong to their receiver until released.
 */
public final class KafkaSampleSource implements SampleSource, GroupMember {
  private static final Logger LOG = LoggerFactory.getLogger(KafkaSampleSource.class);
  private static final Duration LEAVE = Duration.ofSeconds(20);

  private final KafkaSourceSettings settings;
  private final ChunkPool pool = new ChunkPool();
  private volatile SourceAlerts alerts = (code, message) -> LOG.warn("{}", message);
  private volatile Membership membership =
      new Membership(GroupMember.newLineage(), GroupMember.Learner.NONE);
  private volatile @Nullable KafkaTopic known;
  private final AtomicReference<@Nullable KafkaPollLoop> latest = new AtomicReference<>();

  public KafkaSampleSource(KafkaSourceSettings settings) {
    this.settings = settings;
  }

  /** Has operators told of what happens to the subscriptions to come; else it is only logged. */
  public void alertTo(SourceAlerts listener) {
    alerts = listener;
  }

  @Override
  public void join(String lineage, Learner learner) {
    membership = new Membership(lineage, learner);
  }

  @Override
  public void leave() {
    KafkaPollLoop loop = latest.get();
    if (loop != null && settings.subscribe()) {
      loop.awaitEnd(LEAVE);
    }
  }

  /** Says which topic the positions are of that reading will go on from. */
  public void goOnIn(KafkaTopic topic) {
    known = topic;
  }

  /** The topic that the latest subscription reads or has read; empty before it was found. */
  public Optional<KafkaTopic> topic() {
    KafkaPollLoop loop = latest.get();
    KafkaTopic found = loop == null ? null : loop.topic();
    return Optional.ofNullable(found == null ? known : found);
  }

  /**
   * Records from {@code from} on; other partitions start at the offset that the group committed,
   * where it assigns them, else at the configured end of the topic. In a shared group, a partition
   * that another model learned further goes on there. After all records that there were, one chunk
   * without records says that the source is caught up.
   *
   * <p>The stream fails with a {@link io.headrace.engine.error.HeadraceException} when the group
   * has other members and is not to be shared, when a position lies behind a partition's end, or
   * before its beginning and the settings say to fail, when the topic is another one than before,
   * when the brokers refuse us, and, with {@code fail-fast}, when they cannot be reached or the
   * topic is missing.
   */
  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    return chunks(from, new HeldPartitions());
  }

  @Override
  public Flux<RecordChunk> chunks(Positions from, HeldPartitions held) {
    return Flux.from(publisher(from, held));
  }

  Publisher<RecordChunk> publisher(Positions from) {
    return publisher(from, new HeldPartitions());
  }

  private Publisher<RecordChunk> publisher(Positions from, HeldPartitions held) {
    return subscriber -> {
      Objects.requireNonNull(subscriber, "subscriber");
      var loop =
          new KafkaPollLoop(
              settings, from, known, held, pool, alerts, membership, subscriber, this::ended);
      latest.set(loop);
      subscriber.onSubscribe(loop);
      loop.start();
    };
  }

  /**
   * Commits offsets to the broker for people to look at, and for other members of the group to go
   * on from. Call it only when the checkpoint that covers {@code positions} is durable. It returns
   * at once; failures are logged. Without a group, or when nothing is being read, it does nothing.
   */
  public void commit(Positions positions) {
    KafkaPollLoop loop = latest.get();
    if (loop != null && settings.group() != null) {
      loop.commit(positions);
    }
  }

  /** How reading goes: at most a second old. */
  public KafkaSourceStatus status() {
    KafkaPollLoop loop = latest.get();
    return loop == null ? KafkaSourceStatus.NOT_STARTED : loop.status();
  }

  /** Chunks that were emitted and not yet released. */
  public int chunksOutstanding() {
    return pool.outstanding();
  }

  private void ended(KafkaPollLoop loop) {
    KafkaTopic found = loop.topic();
    known = found == null ? known : found;
    latest.compareAndSet(loop, null);
  }
}
