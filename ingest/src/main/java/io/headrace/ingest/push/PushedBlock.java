package io.headrace.ingest.push;

import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RecordChunk.Fault;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Some records of a request, at most about a chunk's worth. Nobody changes its arrays once it is
 * made.
 */
final class PushedBlock {
  /** At least as long as the records. */
  final byte[] bytes;

  /** Where each record ends in the bytes; null if they are a run of Avro data. */
  final int @Nullable [] ends;

  /** Bytes in use. */
  final int length;

  /** Number of records. */
  final int records;

  /** Why records are to be rejected, by their place in the block. */
  final Map<Integer, Fault> faults;

  private PushedBlock(
      byte[] bytes, int @Nullable [] ends, int length, int records, Map<Integer, Fault> faults) {
    this.bytes = bytes;
    this.ends = ends;
    this.length = length;
    this.records = records;
    this.faults = Map.copyOf(faults);
  }

  /** Records that lie one behind the other. */
  static PushedBlock delimited(byte[] bytes, int[] ends) {
    return masked(bytes, ends, Map.of());
  }

  /** Records that lie one behind the other, some of which are not to be learned from. */
  static PushedBlock masked(byte[] bytes, int[] ends, Map<Integer, Fault> faults) {
    return new PushedBlock(bytes, ends, ends[ends.length - 1], ends.length, faults);
  }

  /** Adds its records from {@code record} on to a chunk; they are delimited. */
  void addTo(RecordChunk chunk, int record, long position, long timestampMillis) {
    int[] to = Objects.requireNonNull(ends, "delimited");
    for (int i = record; i < records; i++) {
      int start = i == 0 ? 0 : to[i - 1];
      chunk.add(bytes, start, to[i] - start, position + i - record, timestampMillis);
      Fault fault = faults.get(i);
      if (fault != null) {
        chunk.fault(chunk.count() - 1, fault);
      }
    }
  }

  /** The records of an Avro container's block, which only a decoder can tell apart. */
  static PushedBlock run(byte[] bytes, int length, int records) {
    return new PushedBlock(bytes, null, length, records, Map.of());
  }
}
