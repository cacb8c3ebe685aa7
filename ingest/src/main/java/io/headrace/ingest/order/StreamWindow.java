package io.headrace.ingest.order;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.decode.AvroRuns;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.NavigableSet;

/**
 * One window after the other of one partition of a stream: gathers what lies between its start and
 * its end, then gives it in the window's order. Not thread-safe.
 *
 * <p>What was settled of a window is counted from its start: that number of its records, in the
 * order in which they are given; past the last of them the position is the window's end.
 */
final class StreamWindow {
  private static final int SEGMENT_BYTES = 1 << 20;

  /** Records larger than this together are given before their window is full. */
  private static final long WINDOW_BYTES = 256L << 20;

  private final SourcePartition partition;
  private final int size;
  private final long seed;
  private final ChunkPool pool;
  private final NavigableSet<Long> cuts;
  private final AvroRuns runs = new AvroRuns();
  private final Deque<RecordChunk> incoming = new ArrayDeque<>();
  private final Deque<RecordChunk> ready = new ArrayDeque<>();
  private final GatheredRecords gathered;

  /** Records of the first of {@link #incoming} that are in this window or before it. */
  private int taken;

  private long bytes;
  private long cameMillis;
  private long oldestMillis;
  private boolean giving;

  /** Where the window that is gathered or given begins and ends; the next begins there. */
  private long start;

  private long end;
  private long settled;

  /** Just past everything gathered or passed over. */
  private long read;

  /**
   * @param settled position to go on from
   * @param cuts where windows were cut before, and are again
   * @param cutAtStart whether nothing says yet that a window begins at {@code settled}
   */
  StreamWindow(
      SourcePartition partition,
      int size,
      long seed,
      long settled,
      NavigableSet<Long> cuts,
      boolean cutAtStart,
      ChunkPool pool) {
    this.partition = partition;
    this.size = size;
    this.seed = Permutation.seed(seed, partition.partition());
    this.pool = pool;
    this.cuts = cuts;
    this.settled = settled;
    this.gathered = new GatheredRecords(size);
    if (cutAtStart) {
      cuts.add(settled);
    }
    begin(WindowMarks.startOf(settled, size, cuts));
    if (cutAtStart && settled % size != 0) {
      ready.add(empty(WindowMarks.end(partition), settled));
    }
  }

  private void begin(long from) {
    start = from;
    end = WindowMarks.endOf(start, size, cuts);
    read = Math.max(read, start);
  }

  SourcePartition partition() {
    return partition;
  }

  long settled() {
    return settled;
  }

  /** Takes a chunk of the partition, behind those before. */
  void add(RecordChunk chunk, long nowMillis) {
    runs.delimit(chunk);
    incoming.add(chunk);
    cameMillis = nowMillis;
  }

  /** Whether records wait for their window to fill. */
  boolean holdsBack() {
    return !giving && incoming.isEmpty() && gathered.count() > 0;
  }

  /** Ends a window whose first record came at or before {@code millis}, however full it is. */
  void cutIfOlderThan(long millis) {
    if (holdsBack() && oldestMillis <= millis) {
      cut(read);
    }
  }

  /** Whether there is something to give. */
  boolean hasNext() {
    while (ready.isEmpty() && !giving && !incoming.isEmpty()) {
      gather(incoming.element());
    }
    return giving || !ready.isEmpty();
  }

  RecordChunk next() {
    return ready.isEmpty() ? give() : ready.remove();
  }

  private void gather(RecordChunk chunk) {
    if (chunk.lost() > 0) {
      passOver(chunk);
      return;
    }
    while (taken < chunk.count() && chunk.position(taken) < end && bytes < WINDOW_BYTES) {
      long position = chunk.position(taken);
      if (position >= start) {
        put(chunk, taken, position);
      }
      taken++;
      read = position + 1;
    }
    boolean usedUp = taken == chunk.count();
    long next = usedUp ? chunk.nextPosition() : chunk.position(taken);
    read = Math.max(read, Math.min(next, end));
    if (next >= end) {
      close(next);
    } else if (bytes >= WINDOW_BYTES) {
      cut(read);
    }
    if (usedUp && next < end) {
      done();
    }
  }

  private void done() {
    incoming.remove().release();
    taken = 0;
  }

  /** Copies a record, so that many small chunks are not held for the few records in each. */
  private void put(RecordChunk from, int record, long position) {
    if (gathered.count() == 0) {
      oldestMillis = cameMillis;
    }
    RecordChunk segment = gathered.lastChunk();
    if (segment == null
        || segment.filled() >= SEGMENT_BYTES
        || !GatheredRecords.sameKind(segment, from)) {
      segment = pool.take();
      segment.start(partition, position);
      segment.writerSchema(from.writerSchema());
      segment.header(from.header());
      gathered.take(segment);
    }
    GatheredRecords.copy(from, record, position, segment);
    gathered.add(segment.count() - 1);
    bytes += from.end(record) - from.start(record);
  }

  /** Ends the window behind what was gathered, and says so before any of it is given. */
  private void cut(long at) {
    mark(at);
    end = at;
    close(at);
  }

  private void mark(long at) {
    if (start % size != 0) {
      ready.add(empty(WindowMarks.start(partition), start));
    }
    ready.add(empty(WindowMarks.end(partition), at));
    cuts.add(at);
  }

  /**
   * The window is whole.
   *
   * @param next where the source goes on, at its end or behind it
   */
  private void close(long next) {
    boolean cutBefore = end % size != 0;
    if (cutBefore && (ready.isEmpty() || ready.getLast().nextPosition() != end)) {
      mark(end);
    }
    int before = (int) (settled - start);
    if (before > gathered.count()) {
      throw new HeadraceException(
          "%s from %d to %d has %d records, but the checkpoint has counted %d of them: records were deleted or the data has changed. Go on from another checkpoint, or start without one"
              .formatted(partition, start, end, gathered.count(), before));
    }
    gathered.shuffle(Permutation.seed(seed, start), before);
    giving = before < gathered.count();
    if (!giving) {
      finish(Math.max(end, WindowMarks.startOf(next, size, cuts)));
      ready.add(empty(partition, settled));
    }
  }

  private RecordChunk give() {
    RecordChunk out = pool.take();
    out.startShuffled(partition, settled);
    gathered.give(out, (chunk, record, number) -> chunk.position(record));
    settled += out.count();
    if (gathered.given() == gathered.count()) {
      finish(end);
      out.settleUpTo(settled);
    }
    return out;
  }

  private void finish(long next) {
    gathered.clear(null);
    bytes = 0;
    giving = false;
    settled = next;
    cuts.headSet(next - next % size, false).clear();
    begin(next);
  }

  /**
   * Goes on behind records that the source no longer has. A window that some were given of before a
   * resume cannot be known again without them: what is left of it is lost as well.
   */
  private void passOver(RecordChunk chunk) {
    if (gathered.count() > 0 && settled == start) {
      cut(read);
      return;
    }
    long next = settled > start ? Math.max(end, chunk.nextPosition()) : chunk.nextPosition();
    if (next % size != 0) {
      mark(next);
    }
    RecordChunk out = empty(partition, next);
    out.lose(settled > start ? next - settled : chunk.lost());
    ready.add(out);
    done();
    finish(next);
  }

  private RecordChunk empty(SourcePartition of, long position) {
    RecordChunk chunk = pool.take();
    chunk.start(of, position);
    return chunk;
  }

  /** A chunk that says there is nothing more for the moment. */
  RecordChunk caughtUp() {
    RecordChunk chunk = empty(partition, settled);
    chunk.markCaughtUp();
    return chunk;
  }
}
