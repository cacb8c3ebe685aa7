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
  private final ChunkMask mask;

  MaskedDecoder(SampleDecoder decoder, ChunkMask mask) {
    this.decoder = decoder;
    this.mask = mask;
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    mask.mask(from);
    decoder.decode(from, into, mask.withholding(rejections));
  }
}
