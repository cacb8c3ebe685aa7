package io.headrace.ingest.push;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.kafka.KafkaSampleSource;
import io.headrace.ingest.mask.ChunkMask;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletionStage;
import java.util.function.Supplier;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Flux;

/**
 * Samples that clients push and that a Kafka topic keeps: what is acknowledged is produced to it
 * with {@code acks=all}, in a transaction, and this source reads the topic. Requests are taken from
 * the first subscription on until the source is closed.
 *
 * <p>Thread-safe. Whoever makes the source closes it.
 */
public final class TopicPushSource implements SampleSource, PushIntake {
  private final PushSettings settings;
  private final PushSettings.Topic topic;
  private final KafkaSampleSource reading;
  private volatile IntakeDesk desk;
  private volatile @Nullable Supplier<ChunkMask> masks;
  private @Nullable TopicStore store;
  private volatile @Nullable GroupCommit commits;

  /**
   * @param schema that containers' records are made messages in; needed for Avro alone
   */
  public TopicPushSource(
      PushSettings settings,
      PushSettings.Topic topic,
      Optional<Schema> schema,
      InstantSource clock) {
    this.settings = settings;
    this.topic = topic;
    reading = new KafkaSampleSource(topic.source());
    PushBody plain = PushBody.of(settings.format(), settings.maxRequestBytes());
    PushBody messages =
        plain instanceof ContainerBody containers
            ? new SingleObjectBody(containers, schema.orElseThrow())
            : plain;
    var body = new MessageBody(messages, topic.maxRecordBytes());
    desk = new IntakeDesk(body, settings.maxRequestBytes(), clock);
  }

  @Override
  public void maskWith(Supplier<ChunkMask> chunkMasks) {
    masks = chunkMasks;
    desk = desk.masking(chunkMasks);
  }

  /** The source of the topic's records, for what is asked of those of Kafka. */
  public KafkaSampleSource topic() {
    return reading;
  }

  @Override
  public List<String> mediaTypes() {
    return desk.body().mediaTypes();
  }

  @Override
  public int maxRequestBytes() {
    return settings.maxRequestBytes();
  }

  @Override
  public long maxReceivingBytes() {
    return settings.maxReceivingBytes();
  }

  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    return masked(reading.chunks(from)).doOnSubscribe(subscription -> begin());
  }

  @Override
  public Flux<RecordChunk> chunks(Positions from, HeldPartitions held) {
    return masked(reading.chunks(from, held)).doOnSubscribe(subscription -> begin());
  }

  private Flux<RecordChunk> masked(Flux<RecordChunk> chunks) {
    Supplier<ChunkMask> masking = masks;
    return masking == null
        ? chunks.map(TopicMarks::read)
        : Flux.defer(
            () -> {
              ChunkMask mask = masking.get();
              return chunks.map(chunk -> TopicMarks.masked(chunk, mask));
            });
  }

  private synchronized void begin() {
    if (commits == null) {
      var keys = new RememberedKeys(settings.rememberedKeys());
      var producing = new TopicStore(topic.source().topic(), topic.clients(), keys);
      var committing =
          new GroupCommit(
              producing,
              keys,
              settings.limits(),
              receipt ->
                  new SourcePartition(topic.source().topic(), receipt.partition()).toString(),
              () -> {});
      committing.start();
      store = producing;
      commits = committing;
    }
  }

  @Override
  public CompletionStage<PushOutcome> push(byte[] content, Optional<String> key) {
    return desk.take(commits, content, key);
  }

  @Override
  public synchronized void close() {
    GroupCommit last = commits;
    if (last != null) {
      last.close();
    }
    if (store != null) {
      store.close();
    }
  }
}
