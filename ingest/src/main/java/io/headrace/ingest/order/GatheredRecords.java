package io.headrace.ingest.order;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The records of one window: added in the order of reading, given in another. Not thread-safe.
 * Chunks belong to it until it is cleared.
 */
final class GatheredRecords {
  static final int CHUNK_ROWS = 1024;
  private static final int CHUNK_BYTES = 256 << 10;

  /** What position a record has. */
  @FunctionalInterface
  interface Numbering {
    /**
     * The position of a record.
     *
     * @param number in the order of adding
     */
    long position(RecordChunk chunk, int record, int number);
  }

  private final int most;

  /** The chunks that the records are in, in the order of reading. */
  private final List<RecordChunk> chunks = new ArrayList<>();

  /** For each record its place in {@link #chunks}, and in that chunk. */
  private int[] chunkOf;

  private int[] recordOf;
  private int[] order = new int[0];
  private int count;
  private int given;

  GatheredRecords(int most) {
    this.most = most;
    int room = Math.min(most, CHUNK_ROWS);
    this.chunkOf = new int[room];
    this.recordOf = new int[room];
  }

  int count() {
    return count;
  }

  /** How many were given, or are not to be. */
  int given() {
    return given;
  }

  @Nullable RecordChunk lastChunk() {
    return chunks.isEmpty() ? null : chunks.getLast();
  }

  /** Takes a chunk, whose records may then be added. */
  void take(RecordChunk chunk) {
    chunks.add(chunk);
  }

  /** Adds a record of the chunk taken last. */
  void add(int record) {
    if (count == chunkOf.length) {
      int room = (int) Math.min(most, 2L * count);
      chunkOf = Arrays.copyOf(chunkOf, room);
      recordOf = Arrays.copyOf(recordOf, room);
    }
    chunkOf[count] = chunks.size() - 1;
    recordOf[count] = record;
    count++;
  }

  /**
   * Puts them into the order that {@code seed} has; the first {@code settled} are given already.
   */
  void shuffle(long seed, int settled) {
    if (order.length < count) {
      order = new int[count];
    }
    Permutation.fill(order, count, seed);
    given = settled;
  }

  /** Fills a started chunk with the next records, all of one kind. */
  void give(RecordChunk out, Numbering numbering) {
    RecordChunk like = chunkAt(given);
    out.writerSchema(like.writerSchema());
    out.header(like.header());
    while (given < count && out.count() < CHUNK_ROWS && out.filled() < CHUNK_BYTES) {
      RecordChunk from = chunkAt(given);
      if (!sameKind(from, like)) {
        break;
      }
      int number = order[given];
      int record = recordOf[number];
      copy(from, record, numbering.position(from, record, number), out);
      given++;
    }
  }

  private RecordChunk chunkAt(int place) {
    return chunks.get(chunkOf[order[place]]);
  }

  /** A decoder takes one schema and one header for all records of a chunk. */
  static boolean sameKind(RecordChunk a, RecordChunk b) {
    return Objects.equals(a.writerSchema(), b.writerSchema())
        && Objects.equals(a.header(), b.header());
  }

  static void copy(RecordChunk from, int record, long position, RecordChunk out) {
    Fault fault = from.fault(record);
    long time = from.timestampMillis(record);
    out.placeAs(from, record);
    if (fault != null) {
      out.addFault(fault.reason(), fault.detail(), position, time);
    } else {
      int begin = from.start(record);
      out.add(from.bytes(), begin, from.end(record) - begin, position, time);
    }
    out.keepEnvelope(from.envelope(record));
  }

  /** Forgets the records and gives their chunks back, but for one that is still being read. */
  void clear(@Nullable RecordChunk reading) {
    for (RecordChunk chunk : chunks) {
      if (chunk != reading) {
        chunk.release();
      }
    }
    chunks.clear();
    count = 0;
    given = 0;
  }
}
