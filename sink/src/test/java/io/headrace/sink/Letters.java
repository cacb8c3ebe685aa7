package io.headrace.sink;

import io.headrace.schemas.RecordHeader;
import io.headrace.schemas.RejectedSample;
import java.nio.ByteBuffer;
import java.time.Instant;
import java.util.List;

/** Rejected records for tests. */
public final class Letters {
  private Letters() {}

  @SuppressWarnings("NullAway") // the generated classes do not say what the schema lets be null
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
        (long) payloadBytes,
        ByteBuffer.wrap(new byte[] {7}),
        List.of(
            new RecordHeader("trace", ByteBuffer.wrap(new byte[] {1, 2})),
            new RecordHeader("empty", null)),
        null,
        position * 10);
  }
}
