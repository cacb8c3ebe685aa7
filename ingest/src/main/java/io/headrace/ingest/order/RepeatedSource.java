package io.headrace.ingest.order;

import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import java.util.TreeMap;
import java.util.function.IntFunction;
import reactor.core.publisher.Flux;

/**
 * A finite source that is read a number of times, each of which is an epoch. Positions are {@link
 * EpochPosition}s, so that the position behind a partition's last record says which reading it was.
 *
 * <p>Thread-safe if the sources of its epochs are.
 */
public final class RepeatedSource implements SampleSource {
  private final int epochs;
  private final IntFunction<SampleSource> source;

  /**
   * @param source of an epoch, counted from 0; completes, and gives the same records in each
   */
  public RepeatedSource(int epochs, IntFunction<SampleSource> source) {
    this.epochs = epochs;
    this.source = source;
  }

  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    int first = epoch(from);
    return Flux.range(first, Math.max(0, epochs - first))
        .concatMap(
            epoch -> epoch(epoch, epoch == first ? within(first, from) : Positions.START), 1);
  }

  private Flux<RecordChunk> epoch(int epoch, Positions from) {
    long start = EpochPosition.of(epoch, 0);
    return source.apply(epoch).chunks(from).doOnNext(chunk -> chunk.shift(start));
  }

  /** The last epoch that any partition was read in. */
  private static int epoch(Positions from) {
    long last = from.next().values().stream().mapToLong(EpochPosition::epoch).max().orElse(0);
    return Math.toIntExact(last);
  }

  /** Where to go on in {@code epoch}; partitions not reached in it start over. */
  private static Positions within(int epoch, Positions from) {
    var next = new TreeMap<SourcePartition, Long>();
    from.next()
        .forEach(
            (partition, position) -> {
              if (EpochPosition.epoch(position) == epoch) {
                next.put(partition, EpochPosition.record(position));
              }
            });
    return new Positions(next);
  }
}
