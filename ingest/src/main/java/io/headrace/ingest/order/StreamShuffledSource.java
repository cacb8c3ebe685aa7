package io.headrace.ingest.order;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.order.StreamWindows.Signal;
import java.time.Duration;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import reactor.core.publisher.Flux;
import reactor.core.publisher.FluxSink;
import reactor.core.publisher.Mono;
import reactor.core.scheduler.Scheduler;

/**
 * The records of a stream without end in shuffled order. Each partition is cut into windows that
 * begin at the multiples of a number of positions; a window is gathered, then given in an order
 * that depends on seed, partition and the window's start alone. Once the source is caught up and a
 * record has waited for {@code lingerMillis}, its window is cut short and given; the next begins
 * there. So is the first, if reading begins within one.
 *
 * <p>The position to go on from lies in a window, as far behind its start as records of it were
 * given. To go on, the window is gathered again and those left out. Where windows were cut is told
 * in order with the records, by chunks without records of partitions of their own: see {@link
 * WindowMarks}.
 *
 * <p>Thread-safe if the source is, but for {@link #recorded}. A window of records a partition is
 * held at a time, as their bytes, and 256 MiB of them at most.
 */
public final class StreamShuffledSource implements SampleSource {
  private static final long LOOKS = 4;

  private final SampleSource source;
  private final int window;
  private final long seed;
  private final long lingerMillis;
  private final Scheduler clock;
  private final ChunkPool pool = new ChunkPool();
  private final Map<SourcePartition, NavigableSet<Long>> recorded = new TreeMap<>();

  /**
   * @param window positions of a partition whose records are shuffled among each other
   * @param lingerMillis a record waits no longer once the source is caught up, at least 1
   * @param clock tells the time
   */
  public StreamShuffledSource(
      SampleSource source, int window, long seed, long lingerMillis, Scheduler clock) {
    this.source = source;
    this.window = window;
    this.seed = seed;
    this.lingerMillis = lingerMillis;
    this.clock = clock;
  }

  /** Where reading would begin to go on from {@code positions}: everything before is settled. */
  public Positions starts(Positions positions) {
    return WindowMarks.starts(positions, window);
  }

  @Override
  public void keepFrom(Positions oldest) {
    source.keepFrom(starts(oldest));
  }

  @Override
  public void recorded(SourcePartition partition, long position) {
    if (WindowMarks.isMark(partition)) {
      recorded.computeIfAbsent(WindowMarks.of(partition), p -> new TreeSet<>()).add(position);
    }
  }

  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    return chunks(from, new HeldPartitions());
  }

  /**
   * Records from {@code from} on. The stream fails with a {@link
   * io.headrace.engine.error.HeadraceException} if a window has fewer records than were given of
   * it.
   */
  @Override
  public Flux<RecordChunk> chunks(Positions from, HeldPartitions held) {
    return Flux.defer(
        () -> {
          var windows =
              new StreamWindows(
                  window,
                  seed,
                  lingerMillis,
                  from,
                  recorded,
                  held,
                  pool,
                  () -> clock.now(TimeUnit.MILLISECONDS));
          return signals(starts(from), held)
              .concatMapIterable(windows::on, 1)
              .takeWhile(chunk -> chunk != StreamWindows.LAST);
        });
  }

  private Flux<Signal> signals(Positions from, HeldPartitions held) {
    Flux<Signal> arrivals =
        source
            .chunks(from, held)
            .<Signal>map(Signal.Arrived::new)
            .concatWith(Mono.fromSupplier(Signal.Ended::new));
    Flux<Signal> looks =
        Flux.interval(Duration.ofMillis(Math.ceilDiv(lingerMillis, LOOKS)), clock)
            .onBackpressureDrop()
            .map(tick -> new Signal.Looked());
    Flux<Signal> changes =
        Flux.create(
            sink -> held.listen(() -> sink.next(new Signal.Looked())),
            FluxSink.OverflowStrategy.LATEST);
    return Flux.merge(1, arrivals, looks, changes);
  }

  /** Chunks that were emitted or gathered and not yet released. */
  int chunksOutstanding() {
    return pool.outstanding();
  }
}
