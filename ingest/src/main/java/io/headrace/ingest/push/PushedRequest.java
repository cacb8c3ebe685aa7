package io.headrace.ingest.push;

import java.util.List;

/**
 * What one request brought: kept whole or not at all. Immutable.
 *
 * @param key that the client gave it, the same when it tries again; empty without one
 * @param bodyCrc CRC-32C of the body, or of the records where they were masked, to tell a second
 *     try from another request with the same key
 * @param receivedMillis since 1970
 * @param schema of Avro data that came in a container, as JSON; empty for other records
 * @param masked whether personal data was taken out of the records; they are delimited then
 */
record PushedRequest(
    String key,
    int bodyCrc,
    long receivedMillis,
    String schema,
    boolean masked,
    List<PushedBlock> blocks) {
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
