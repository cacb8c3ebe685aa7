package io.headrace.ingest.order;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.decode.AvroRuns;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import org.jspecify.annotations.Nullable;

/**
 * One window after the other of one reading: gathers records until it is full, then gives them in
 * its order. Not thread-safe. Chunks added belong to it until their last record was given.
 */
final class ShuffleWindow {
  private final SourcePartition partition;
  private final int size;
  private final long seed;
  private final ChunkPool pool;
  private final AvroRuns runs = new AvroRuns();

  private final GatheredRecords gathered;
  private @Nullable RecordChunk incoming;

  /** How many records of {@link #incoming} are in this window or before it. */
  private int taken;

  private boolean giving;

  /** Number of the window's first record in the order of reading. */
  private long start;

  /** Number of the next record that is read. */
  private long read;

  /** How many records were given, those before a resume included. */
  private long settled;

  ShuffleWindow(SourcePartition partition, int size, long seed, long from, ChunkPool pool) {
    this.partition = partition;
    this.size = size;
    this.seed = seed;
    this.pool = pool;
    this.settled = from;
    this.start = from - from % size;
    this.gathered = new GatheredRecords(size);
  }

  /**
   * Adds the records of {@code chunk}; gives those of windows that they fill, as it is iterated.
   */
  Iterable<RecordChunk> add(RecordChunk chunk) {
    if (read + chunk.count() <= start) {
      read += chunk.count();
      chunk.release();
      return List.of();
    }
    runs.delimit(chunk);
    incoming = chunk;
    taken = 0;
    return Given::new;
  }

  /**
   * Gives what is left behind the last full window.
   *
   * @throws HeadraceException if the source ended before the position to go on from
   */
  Iterable<RecordChunk> rest() {
    if (settled > read) {
      throw new HeadraceException(
          "%s has %d records, but the checkpoint goes on at record %d: the data has changed. Put the longer one back, or start without the checkpoint"
              .formatted(partition.source(), read, settled));
    }
    if (gathered.count() > 0) {
      shuffle();
    } else {
      endWindow();
    }
    return Given::new;
  }

  private void gather(RecordChunk chunk) {
    gathered.take(chunk);
    while (taken < chunk.count() && gathered.count() < size) {
      if (read >= start) {
        gathered.add(taken);
      }
      read++;
      taken++;
    }
    if (taken == chunk.count()) {
      incoming = null;
    }
    if (gathered.count() == size) {
      shuffle();
    }
  }

  private void shuffle() {
    gathered.shuffle(Permutation.seed(seed, start / size), (int) (settled - start));
    giving = gathered.given() < gathered.count();
    if (!giving) {
      endWindow();
    }
  }

  private RecordChunk give() {
    RecordChunk out = pool.take();
    out.startShuffled(partition, settled);
    gathered.give(out, (chunk, record, number) -> start + number);
    settled += out.count();
    if (gathered.given() == gathered.count()) {
      endWindow();
    }
    return out;
  }

  private void endWindow() {
    gathered.clear(incoming);
    start += size;
    giving = false;
  }

  /** What the records of the chunk that came last fill, as far as somebody asks for it. */
  private final class Given implements Iterator<RecordChunk> {
    @Override
    public boolean hasNext() {
      while (!giving && incoming != null) {
        gather(incoming);
      }
      return giving;
    }

    @Override
    public RecordChunk next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      return give();
    }
  }
}
