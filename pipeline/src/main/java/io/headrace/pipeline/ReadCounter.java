package io.headrace.pipeline;

import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;

/** Records that came from the source, settled or not, by partition. Thread-safe. */
final class ReadCounter {
  private final SortedMap<SourcePartition, Long> read = new TreeMap<>();

  /** Starts with what {@code restored} says was read and settled before. */
  ReadCounter(Ledger restored) {
    restored.entries().forEach((partition, entry) -> read.put(partition, entry.read()));
  }

  synchronized void add(RecordChunk chunk) {
    read.merge(chunk.partition(), (long) chunk.count() - chunk.skipped(), Long::sum);
  }

  synchronized SortedMap<SourcePartition, Long> read() {
    return Collections.unmodifiableSortedMap(new TreeMap<>(read));
  }
}
