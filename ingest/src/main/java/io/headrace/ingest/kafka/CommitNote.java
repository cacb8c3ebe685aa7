package io.headrace.ingest.kafka;

import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.jspecify.annotations.Nullable;

/** What stands beside a committed offset: which model learned the records before it. */
final class CommitNote {
  private static final String LINEAGE = "headrace-lineage=";

  private CommitNote() {}

  static OffsetAndMetadata offset(long next, String lineage) {
    return new OffsetAndMetadata(next, LINEAGE + lineage);
  }

  /** The lineage of whoever committed; null if it was none of us. */
  static @Nullable String lineage(OffsetAndMetadata committed) {
    String note = committed.metadata();
    return note.startsWith(LINEAGE) ? note.substring(LINEAGE.length()) : null;
  }
}
