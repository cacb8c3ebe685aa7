package io.headrace.ingest.order;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import reactor.core.publisher.Flux;

/**
 * The records of a finite source in shuffled order. They are gathered in windows of a number of
 * records, and each window is given in an order that depends on seed, epoch and the window's number
 * alone; a window that is no smaller than the source shuffles all of it.
 *
 * <p>All its records lie in one partition, whatever the source's partitions: a record's position is
 * its number in the order of reading, and the position to go on from counts the records that were
 * given. To go on, the window it lies in is gathered again and what was given of it left out.
 *
 * <p>Thread-safe if the source is. At most a window's records are held at a time, as their bytes.
 */
public final class ShuffledSource implements SampleSource {
  private final SampleSource source;
  private final SourcePartition partition;
  private final int window;
  private final long seed;
  private final ChunkPool pool = new ChunkPool();

  /**
   * @param source gives the same records in the same order at every reading
   * @param name of the one partition
   * @param window most records held at a time
   * @param epoch another one leads to another order
   */
  public ShuffledSource(SampleSource source, String name, int window, long seed, int epoch) {
    this.source = source;
    this.partition = new SourcePartition(name, 0);
    this.window = window;
    this.seed = Permutation.seed(seed, epoch);
  }

  /**
   * Records from {@code from} on. The stream fails with a {@link
   * io.headrace.engine.error.HeadraceException} if the source has fewer records than {@code from}
   * says.
   */
  @Override
  public Flux<RecordChunk> chunks(Positions from) {
    return Flux.defer(
        () -> {
          var gathered =
              new ShuffleWindow(partition, window, seed, from.of(partition).orElse(0), pool);
          return source
              .chunks(Positions.START)
              .concatMapIterable(gathered::add, 1)
              .concatWith(Flux.defer(() -> Flux.fromIterable(gathered.rest())));
        });
  }

  /** Chunks that were emitted and not yet released. */
  int chunksOutstanding() {
    return pool.outstanding();
  }
}
