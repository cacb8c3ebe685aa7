package io.headrace.ingest.mask;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;

/**
 * Masks the records of each chunk within it before another decoder reads them, so that nobody who
 * is given the chunk later, a dead letter least of all, sees what they were. Not thread-safe.
 */
final class MaskedDecoder implements SampleDecoder {
  private final SampleDecoder decoder;
  private final MaskedFormat format;
  private final RewrittenRecords records;
  private final Unreadable unreadable;

  MaskedDecoder(
      SampleDecoder decoder, MaskedFormat format, RecordFields fields, Unreadable unreadable) {
    this.decoder = decoder;
    this.format = format;
    this.records = new RewrittenRecords(fields, unreadable);
    this.unreadable = unreadable;
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    format.rewrite(from, records);
    records.moveTo(from);
    from.mapEnvelopes(unreadable::kept);
    decoder.decode(from, into, rejections);
  }
}
