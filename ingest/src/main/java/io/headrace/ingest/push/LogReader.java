package io.headrace.ingest.push;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.mask.ChunkMask;
import java.io.Closeable;
import java.io.IOException;
import java.util.ArrayDeque;
import org.apache.avro.Schema;
import org.jspecify.annotations.Nullable;

/**
 * Reads the durable records of a log in the order of their positions. Those that damage has taken
 * are faults at their positions, so that every position is accounted for. Not thread-safe.
 */
final class LogReader implements Closeable {
  private static final int CHUNK_RECORDS = 1024;
  private static final int CHUNK_BYTES = 256 << 10;

  /** A block in its place. */
  private record Placed(long first, PushedBlock block, LogFrame.Request of) {}

  private final SegmentLog log;
  private final SourcePartition partition;
  private final ArrayDeque<Placed> blocks = new ArrayDeque<>();
  private final @Nullable ChunkMask mask;
  private long position;
  private long soundFrom;
  private @Nullable SegmentReader segment;
  private long segmentFirst = -1;
  private String schemaText = "";
  private @Nullable Schema schema;

  /**
   * @param position of the first record to read
   * @param mask for records that were kept as they came; null to leave them so
   */
  LogReader(SegmentLog log, SourcePartition partition, long position, @Nullable ChunkMask mask) {
    this.log = log;
    this.partition = partition;
    this.position = position;
    this.mask = mask;
    soundFrom = position;
  }

  /** Position of the next record to read. */
  long position() {
    return position;
  }

  /** Whether everything durable was read. */
  boolean caughtUp() {
    return position == log.durable();
  }

  /**
   * Starts {@code chunk} and fills it with what comes next.
   *
   * @return whether there was anything
   */
  boolean fill(RecordChunk chunk) throws IOException {
    chunk.start(partition, position);
    PushedRequest kind = null;
    while (chunk.count() < CHUNK_RECORDS && chunk.filled() < CHUNK_BYTES && ready()) {
      if (position < soundFrom) {
        addLost(chunk);
        continue;
      }
      Placed next = blocks.element();
      if (next.block().ends == null) {
        if (chunk.count() == 0) {
          addRun(blocks.remove(), chunk);
        }
        break;
      }
      PushedRequest of = next.of().request();
      boolean fits = chunk.count() + next.block().records <= CHUNK_RECORDS;
      if (kind == null ? chunk.count() > 0 && !fits : !fits || !isAlike(of, kind)) {
        break;
      }
      kind = of;
      add(blocks.remove(), chunk);
    }
    if (mask != null && (kind == null || !kind.masked())) {
      mask.mask(chunk);
    }
    return chunk.count() > 0;
  }

  private static boolean isAlike(PushedRequest a, PushedRequest b) {
    return a.masked() == b.masked() && a.schema().equals(b.schema());
  }

  /**
   * Whether there is a block at the position, or none is and the position is before a sound one.
   */
  private boolean ready() throws IOException {
    while (blocks.isEmpty() && position >= soundFrom && position < log.durable()) {
      readRequest();
    }
    return !blocks.isEmpty() || position < soundFrom;
  }

  private void readRequest() throws IOException {
    SegmentReader from = segmentAt(position);
    LogFrame frame = from == null ? null : from.next();
    if (from != null) {
      log.readUpTo(segmentFirst, from.offset());
    }
    long end = Math.min(log.endOf(segmentFirst), log.durable());
    if (frame instanceof LogFrame.Request request && request.first() < end) {
      place(request);
    } else if (!(frame instanceof LogFrame.Start)) {
      soundFrom = end;
    }
  }

  /** The segment with {@code wanted}; null if no file has it. */
  private @Nullable SegmentReader segmentAt(long wanted) throws IOException {
    Long first = log.segmentOf(wanted);
    if (first == null) {
      return null;
    }
    if (segment == null || first != segmentFirst) {
      close();
      segment = log.reader(first);
      segmentFirst = first;
    }
    return segment;
  }

  private void place(LogFrame.Request request) {
    if (request.first() > position) {
      soundFrom = request.first();
    }
    long first = request.first();
    for (PushedBlock block : request.request().blocks()) {
      if (first + block.records > position) {
        blocks.add(new Placed(first, block, request));
      }
      first += block.records;
    }
  }

  private void add(Placed placed, RecordChunk chunk) {
    PushedBlock block = placed.block();
    PushedRequest of = placed.of().request();
    block.addTo(chunk, (int) (position - placed.first()), position, of.receivedMillis());
    position = placed.first() + block.records;
    if (!of.schema().isEmpty()) {
      chunk.writerSchema(schema(of.schema()));
    }
  }

  private void addRun(Placed placed, RecordChunk chunk) {
    PushedBlock block = placed.block();
    Schema writer = schema(placed.of().request().schema());
    chunk.addRun(block.bytes, block.length, block.records, placed.first(), writer);
    chunk.skip((int) (position - placed.first()));
    position = placed.first() + block.records;
  }

  private Schema schema(String json) {
    Schema known = schema;
    if (known == null || !json.equals(schemaText)) {
      known = new Schema.Parser().parse(json);
      schema = known;
      schemaText = json;
    }
    return known;
  }

  private void addLost(RecordChunk chunk) {
    String detail = "the log of pushed samples in " + log.directory() + " is damaged here";
    chunk.addFault(RejectionReason.MALFORMED, detail, position++, 0);
  }

  /** Says that the log no longer has {@code position}. */
  static HeadraceException gone(SegmentLog log, long position) {
    return new HeadraceException(
        "The log of pushed samples begins at position %d, but the checkpoint goes on at %d: what lies between was deleted. Go on from a newer checkpoint, or start with --fresh."
            .formatted(log.oldest(), position));
  }

  @Override
  public void close() throws IOException {
    if (segment != null) {
      segment.close();
      segment = null;
    }
  }
}
