package io.headrace.ingest.order;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.decode.AvroRuns;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.NoSuchElementException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One window after the other of one reading: gathers records until it is full, then gives them in
 * its order. Not thread-safe. Chunks added belong to it until their last record was given.
 */
final class ShuffleWindow {
  private static final int CHUNK_ROWS = 1024;
  private static final int CHUNK_BYTES = 256 << 10;

  private final SourcePartition partition;
  private final int size;
  private final long seed;
  private final ChunkPool pool;
  private final AvroRuns runs = new AvroRuns();

  /** The chunks that the window's records are in, in the order of reading. */
  private final List<RecordChunk> chunks = new ArrayList<>();

  /** For each gathered record its place in {@link #chunks}, and in that chunk. */
  private int[] chunkOf;

  private int[] recordOf;
  private int[] order = new int[0];
  private @Nullable RecordChunk incoming;

  /** How many records of {@link #incoming} are in this window or before it. */
  private int taken;

  private int gathered;
  private int given;
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
    int room = Math.min(size, CHUNK_ROWS);
    this.chunkOf = new int[room];
    this.recordOf = new int[room];
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
    if (gathered > 0) {
      shuffle();
    } else {
      endWindow();
    }
    return Given::new;
  }

  private void gather(RecordChunk chunk) {
    chunks.add(chunk);
    while (taken < chunk.count() && gathered < size) {
      if (read >= start) {
        put(chunks.size() - 1, taken);
      }
      read++;
      taken++;
    }
    if (taken == chunk.count()) {
      incoming = null;
    }
    if (gathered == size) {
      shuffle();
    }
  }

  private void put(int chunk, int record) {
    if (gathered == chunkOf.length) {
      int room = (int) Math.min(size, 2L * gathered);
      chunkOf = Arrays.copyOf(chunkOf, room);
      recordOf = Arrays.copyOf(recordOf, room);
    }
    chunkOf[gathered] = chunk;
    recordOf[gathered] = record;
    gathered++;
  }

  private void shuffle() {
    if (order.length < gathered) {
      order = new int[gathered];
    }
    Permutation.fill(order, gathered, Permutation.seed(seed, start / size));
    given = (int) (settled - start);
    giving = given < gathered;
    if (!giving) {
      endWindow();
    }
  }

  private RecordChunk give() {
    RecordChunk like = chunkAt(given);
    RecordChunk out = pool.take();
    out.startShuffled(partition, settled);
    out.writerSchema(like.writerSchema());
    out.header(like.header());
    while (given < gathered && out.count() < CHUNK_ROWS && out.filled() < CHUNK_BYTES) {
      RecordChunk from = chunkAt(given);
      if (!sameKind(from, like)) {
        break;
      }
      copy(from, recordOf[order[given]], start + order[given], out);
      given++;
      settled++;
    }
    if (given == gathered) {
      endWindow();
    }
    return out;
  }

  private RecordChunk chunkAt(int place) {
    return chunks.get(chunkOf[order[place]]);
  }

  /** A decoder takes one schema and one header for all records of a chunk. */
  private static boolean sameKind(RecordChunk a, RecordChunk b) {
    return Objects.equals(a.writerSchema(), b.writerSchema())
        && Objects.equals(a.header(), b.header());
  }

  private static void copy(RecordChunk from, int record, long position, RecordChunk out) {
    Fault fault = from.fault(record);
    long time = from.timestampMillis(record);
    if (fault != null) {
      out.addFault(fault.reason(), fault.detail(), position, time);
    } else {
      int begin = from.start(record);
      out.add(from.bytes(), begin, from.end(record) - begin, position, time);
    }
  }

  private void endWindow() {
    for (RecordChunk chunk : chunks) {
      if (chunk != incoming) {
        chunk.release();
      }
    }
    chunks.clear();
    start += size;
    gathered = 0;
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
