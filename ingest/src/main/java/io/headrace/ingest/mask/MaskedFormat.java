package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.Rejections;

/** Writes records of one format anew, with their fields masked. Not thread-safe. */
interface MaskedFormat {
  /** Writes all records of {@code chunk} that are not to be read over, one after the other. */
  void rewrite(RecordChunk chunk, RewrittenRecords into);

  /** What tells {@code to} of rejected records without that which no rule can mask. */
  default Rejections withholding(Rejections to) {
    return to;
  }
}
