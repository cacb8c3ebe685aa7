package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;

/** Writes records of one format anew, with their fields masked. Not thread-safe. */
interface MaskedFormat {
  /** Writes all records of {@code chunk} that are not to be read over, one after the other. */
  void rewrite(RecordChunk chunk, RewrittenRecords into);
}
