package io.headrace.sink;

import io.headrace.schemas.RecordHeader;
import io.headrace.schemas.RejectedSample;
import java.nio.ByteBuffer;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Keeps dead letters small enough for where they go. */
public final class LetterSize {
  /** The longest payload, key and headers included, that a letter may hold: 1 MiB. */
  public static final int MAX_PAYLOAD_BYTES = 1 << 20;

  private static final int MAX_DETAIL_CHARS = 8192;
  private static final int MAX_ENVELOPE_BYTES = 256 << 10;

  private LetterSize() {}

  /**
   * The letter with its payload, key and headers cut to {@code maxBytes} together and its detail to
   * 8192 characters; itself where it is within both. {@code payloadBytes} still tells the payload's
   * whole length. Headers behind the first 256 KiB of them are left out, and the detail says so.
   */
  public static RejectedSample cut(RejectedSample letter, int maxBytes) {
    List<RecordHeader> headers = fitting(letter);
    int left = letter.getHeaders().size() - headers.size();
    String detail =
        left == 0 ? letter.getDetail() : left + " headers were left out. " + letter.getDetail();
    ByteBuffer payload = letter.getPayload();
    int room = Math.max(0, maxBytes - envelopeBytes(letter.getKey(), headers));
    if (left == 0 && payload.remaining() <= room && detail.length() <= MAX_DETAIL_CHARS) {
      return letter;
    }
    return RejectedSample.newBuilder(letter)
        .setHeaders(headers)
        .setPayload(payload.slice(payload.position(), Math.min(payload.remaining(), room)))
        .setDetail(detail.substring(0, Math.min(detail.length(), MAX_DETAIL_CHARS)))
        .build();
  }

  private static List<RecordHeader> fitting(RejectedSample letter) {
    List<RecordHeader> all = letter.getHeaders();
    int fit = all.size();
    while (fit > 0 && envelopeBytes(letter.getKey(), all.subList(0, fit)) > MAX_ENVELOPE_BYTES) {
      fit--;
    }
    return all.subList(0, fit);
  }

  private static int envelopeBytes(@Nullable ByteBuffer key, List<RecordHeader> headers) {
    int bytes = length(key);
    for (RecordHeader header : headers) {
      bytes += 8 + 3 * header.getKey().length() + length(header.getValue());
    }
    return bytes;
  }

  private static int length(@Nullable ByteBuffer bytes) {
    return bytes == null ? 0 : bytes.remaining();
  }
}
