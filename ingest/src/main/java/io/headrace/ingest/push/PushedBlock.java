package io.headrace.ingest.push;

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

  private PushedBlock(byte[] bytes, int @Nullable [] ends, int length, int records) {
    this.bytes = bytes;
    this.ends = ends;
    this.length = length;
    this.records = records;
  }

  /** Records that lie one behind the other. */
  static PushedBlock delimited(byte[] bytes, int[] ends) {
    return new PushedBlock(bytes, ends, ends[ends.length - 1], ends.length);
  }

  /** The records of an Avro container's block, which only a decoder can tell apart. */
  static PushedBlock run(byte[] bytes, int length, int records) {
    return new PushedBlock(bytes, null, length, records);
  }
}
