package io.headrace.ingest.decode;

import java.nio.charset.StandardCharsets;

/** Says, for a person, where in a record of text something is wrong. Stateless. */
final class TextPlace {
  private static final int SHOWN_BYTES = 60;

  private TextPlace() {}

  /** The text from {@code at} on, cut to 60 bytes, and how far behind {@code start} that is. */
  static String show(byte[] bytes, int start, int at, int end) {
    int length = Math.clamp(end - at, 0, SHOWN_BYTES);
    return "'%s' at byte %d"
        .formatted(new String(bytes, at, length, StandardCharsets.UTF_8), at - start);
  }
}
