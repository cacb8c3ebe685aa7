package io.headrace.ingest;

/** Is told of records that could not become samples. */
@FunctionalInterface
public interface Rejections {
  /**
   * Takes note of a rejected record, whose bytes are still in {@code chunk}.
   *
   * @param record index in the chunk; -1 - index where its bytes cannot be told apart
   * @param reason what kind of fault
   * @param detail what failed, with the values, for a person
   */
  void reject(RecordChunk chunk, int record, RejectionReason reason, String detail);
}
