package io.headrace.sink;

import io.headrace.schemas.RejectedSample;
import java.nio.ByteBuffer;
import java.time.Instant;

/** Rejected records for tests. */
public final class Letters {
  private Letters() {}

  public static RejectedSample letter(long position, int payloadBytes) {
    byte[] payload = new byte[payloadBytes];
    new java.util.SplittableRandom(position).nextBytes(payload);
    return new RejectedSample(
        "job",
        "flights",
        3,
        position,
        "malformed",
        "line " + position + " is not JSON",
        Instant.ofEpochMilli(position),
        ByteBuffer.wrap(payload),
        (long) payloadBytes);
  }
}
