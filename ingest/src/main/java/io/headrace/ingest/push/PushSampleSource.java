package io.headrace.ingest.push;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.mask.ChunkMask;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;

/**
 * Samples that clients push. What is acknowledged is in a log on disk, from which this source reads
 * in order and without end; the log is its one partition. Requests are taken from the first
 * subscription on, which opens the log, until the source is closed.
 *
 * <p>Thread-safe. Each subscription reads on a thread of its own, which emits. Chunks belong to
 * their receiver until released. Whoever makes the source closes it.
 */
public final class PushSampleSource implements SampleSource, PushIntake {
  /** The one partition, as positions and ledger name it. */
  public static final SourcePartition PARTITION = new SourcePartition("http", 0);

  private static final Logger LOG = LoggerFactory.getLogger(PushSampleSource.class);

  private final PushSettings settings;
  private final PushSettings.Segments place;
  private volatile IntakeDesk desk;
  private volatile @Nullable Supplier<ChunkMask> masks;
  private final ChunkPool pool = new ChunkPool();
  private volatile BlockSeal seal = BlockSeal.NONE;
  private volatile @Nullable OpenLog open;
  private volatile @Nullable LogReading reading;

  /** The log, once it is open. */
  private record OpenLog(SegmentLog segments, GroupCommit commits) {}

  public PushSampleSource(PushSettings settings, PushSettings.Segments place, InstantSource clock) {
    this.settings = settings;
    this.place = place;
    desk =
        new IntakeDesk(
            PushBody.of(settings.format(), settings.maxRequestBytes()),
            settings.maxRequestBytes(),
            clock);
  }

  /** Says how what is pushed comes to the disk; before the first subscription. */
  public void sealWith(BlockSeal blocks) {
    seal = blocks;
  }

  @Override
  public void maskWith(Supplier<ChunkMask> chunkMasks) {
    masks = chunkMasks;
    desk = desk.masking(chunkMasks);
  }

  /**
   * Encrypts the log's files anew, with the key that new ones get.
   *
   * @param wanted which of them
   * @param from opens them as they are
   * @return how many were written anew
   * @throws HeadraceException if a run has the log open, or a file cannot be read or written
   */
  public int rewrite(Predicate<Path> wanted, BlockSeal from, BlockSeal to) {
    return Files.isDirectory(place.directory())
        ? SegmentLog.rewrite(place.directory(), wanted, from, to)
        : 0;
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

  /**
   * Records from {@code from} on, or from the oldest that the log has. The stream fails with a
   * {@link HeadraceException} if the log cannot be opened or read, or no longer has what {@code
   * from} names.
   */
  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    return Flux.create(sink -> read(from, sink), FluxSink.OverflowStrategy.ERROR);
  }

  private void read(Positions from, FluxSink<RecordChunk> sink) {
    LogReading next;
    try {
      next = new LogReading(reader(from), pool, sink);
    } catch (HeadraceException e) {
      sink.error(e);
      return;
    }
    reading = next;
    next.start();
  }

  private synchronized LogReader reader(Positions from) {
    OpenLog log = open == null ? opened() : open;
    OptionalLong position = from.of(PARTITION);
    if (position.isPresent() && position.getAsLong() < log.segments().oldest()) {
      throw LogReader.gone(log.segments(), position.getAsLong());
    }
    long begin = position.orElse(log.segments().oldest());
    log.segments().readFrom(begin);
    if (open == null) {
      open = log;
      log.commits().start();
    }
    Supplier<ChunkMask> masking = masks;
    return new LogReader(log.segments(), PARTITION, begin, masking == null ? null : masking.get());
  }

  private OpenLog opened() {
    var keys = new RememberedKeys(settings.rememberedKeys());
    SegmentLog segments = SegmentLog.open(place.directory(), place.segmentBytes(), keys, seal);
    return new OpenLog(
        segments,
        new GroupCommit(
            segments, keys, settings.limits(), receipt -> PARTITION.toString(), this::committed));
  }

  private void committed() {
    LogReading now = reading;
    if (now != null) {
      now.wakeUp();
    }
  }

  @Override
  public CompletionStage<PushOutcome> push(byte[] content, Optional<String> key) {
    OpenLog log = open;
    return desk.take(log == null ? null : log.commits(), content, key);
  }

  /** Deletes the files of the log that hold nothing at or behind these positions. */
  @Override
  public void keepFrom(Positions oldest) {
    OpenLog log = open;
    OptionalLong position = oldest.of(PARTITION);
    if (log != null && position.isPresent()) {
      try {
        log.segments().deleteBefore(position.getAsLong());
      } catch (IOException e) {
        LOG.warn(
            "Files of the log of pushed samples in {} could not be deleted; it is tried again",
            place.directory(),
            e);
      }
    }
  }

  /** How the source is doing. */
  public PushSourceStatus status() {
    OpenLog log = open;
    LogReading now = reading;
    return log == null || now == null
        ? PushSourceStatus.NOT_STARTED
        : new PushSourceStatus(
            now.position(), log.segments().durable(), log.segments().backlogBytes());
  }

  /** Chunks that were emitted and not yet released. */
  public int chunksOutstanding() {
    return pool.outstanding();
  }

  /** Commits what waits and closes the log; requests are refused from then on. */
  @Override
  public void close() {
    OpenLog log = open;
    if (log != null) {
      log.commits().close();
      try {
        log.segments().close();
      } catch (IOException e) {
        throw new HeadraceException(
            "The log of pushed samples in %s could not be closed: %s. What was acknowledged is on disk."
                .formatted(place.directory(), e),
            e);
      }
    }
  }
}
