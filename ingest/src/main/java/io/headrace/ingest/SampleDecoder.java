package io.headrace.ingest;

import io.headrace.engine.sample.SampleBlock;

/** Makes sample rows of raw records. One instance serves one thread at a time. */
public interface SampleDecoder {
  /**
   * Decodes every record of {@code from} into {@code into}, which was started for it. A record that
   * cannot become a sample is counted there with {@code rejectRow} and told to {@code rejections};
   * it never throws for bad data.
   */
  void decode(RecordChunk from, SampleBlock into, Rejections rejections);
}
