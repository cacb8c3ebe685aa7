package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.Rejections;
import java.util.function.IntPredicate;

/** Masks the records of chunks, one chunk after the other. Not thread-safe. */
public final class ChunkMask {
  private final MaskedFormat format;
  private final RewrittenRecords records;
  private final Unreadable unreadable;

  ChunkMask(MaskedFormat format, RecordFields fields, Unreadable unreadable) {
    this.format = format;
    this.records = new RewrittenRecords(fields, unreadable);
    this.unreadable = unreadable;
  }

  /** Puts masked records in the place of the chunk's own; what cannot be masked is a fault. */
  public void mask(RecordChunk chunk) {
    mask(chunk, i -> false);
  }

  /** What tells {@code to} of records that were masked and then rejected. */
  Rejections withholding(Rejections to) {
    return format.withholding(to);
  }

  /**
   * Masks records, but for those that were masked before.
   *
   * @param masked which those are, by their place in the chunk; of a run, none
   */
  public void mask(RecordChunk chunk, IntPredicate masked) {
    records.passOver(masked);
    format.rewrite(chunk, records);
    records.moveTo(chunk);
    chunk.mapEnvelopes(unreadable::kept);
  }
}
