package io.headrace.sink;

import io.headrace.schemas.RejectedSample;
import java.nio.ByteBuffer;

/** Keeps dead letters small enough for where they go. */
public final class LetterSize {
  /** The longest payload that a letter may hold: 1 MiB. */
  public static final int MAX_PAYLOAD_BYTES = 1 << 20;

  private static final int MAX_DETAIL_CHARS = 8192;

  private LetterSize() {}

  /**
   * The letter with its payload cut to the first {@code maxPayloadBytes} and its detail to 8192
   * characters; itself where it is within both. {@code payloadBytes} still tells the whole length.
   */
  public static RejectedSample cut(RejectedSample letter, int maxPayloadBytes) {
    ByteBuffer payload = letter.getPayload();
    String detail = letter.getDetail();
    if (payload.remaining() <= maxPayloadBytes && detail.length() <= MAX_DETAIL_CHARS) {
      return letter;
    }
    return RejectedSample.newBuilder(letter)
        .setPayload(
            payload.slice(payload.position(), Math.min(payload.remaining(), maxPayloadBytes)))
        .setDetail(detail.substring(0, Math.min(detail.length(), MAX_DETAIL_CHARS)))
        .build();
  }
}
