package io.headrace.ingest.mask;

import io.headrace.ingest.RecordChunk;

/** Formats whose records each lie by themselves. */
interface EachMasked extends MaskedFormat {
  /** Gets ready for the records of a chunk. */
  default void begin(RecordChunk chunk) {}

  /**
   * Writes one record.
   *
   * @throws UnreadableRecordException if it is not of this format
   */
  void write(byte[] bytes, int start, int end, RewrittenRecords into)
      throws UnreadableRecordException;

  @Override
  default void rewrite(RecordChunk chunk, RewrittenRecords into) {
    begin(chunk);
    for (int i = 0; i < chunk.count(); i++) {
      into.add(chunk, i, this);
    }
  }
}
