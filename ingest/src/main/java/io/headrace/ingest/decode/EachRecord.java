package io.headrace.ingest.decode;

import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import org.jspecify.annotations.Nullable;

/** Decodes every record of a chunk by itself: into a row, or with its fault. Not thread-safe. */
abstract class EachRecord implements SampleDecoder {
  /** The row under construction. */
  final SampleRow row;

  EachRecord(SampleRow row) {
    this.row = row;
  }

  @Override
  public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
    for (int i = 0; i < from.count(); i++) {
      row.begin(into);
      Fault fault = from.fault(i);
      if (fault == null) {
        fault = read(from.bytes(), from.start(i), end(from, i));
      }
      if (fault == null) {
        row.end(from, i, rejections);
      } else {
        row.reject(from, i, fault, rejections);
      }
    }
  }

  /** Where the part of record {@code i} ends that is read. */
  int end(RecordChunk from, int i) {
    return from.end(i);
  }

  /** Reads a record into the row; returns what is wrong with it, or null. */
  abstract @Nullable Fault read(byte[] bytes, int start, int end);
}
