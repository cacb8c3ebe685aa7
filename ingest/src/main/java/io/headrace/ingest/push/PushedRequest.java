package io.headrace.ingest.push;

import java.util.List;

/**
 * What one request brought: kept whole or not at all. Immutable.
 *
 * @param key that the client gave it, the same when it tries again; empty without one
 * @param bodyCrc CRC-32C of the body, to tell a second try from another request with the same key
 * @param receivedMillis since 1970
 * @param schema of runs of Avro data, as JSON; empty for delimited records
 */
record PushedRequest(
    String key, int bodyCrc, long receivedMillis, String schema, List<PushedBlock> blocks) {
  PushedRequest {
    blocks = List.copyOf(blocks);
  }

  int records() {
    return blocks.stream().mapToInt(block -> block.records).sum();
  }

  /** Bytes of its records. */
  long bytes() {
    return blocks.stream().mapToLong(block -> block.length).sum();
  }
}
