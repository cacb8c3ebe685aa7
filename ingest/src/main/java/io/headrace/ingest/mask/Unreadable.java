package io.headrace.ingest.mask;

import io.headrace.ingest.Envelope;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is kept of bytes that have no fields that could be masked: records that are not what their
 * format says, and the keys and headers of all. Immutable.
 *
 * @param detects whether to keep text without what detectors find in it, or nothing
 */
record Unreadable(boolean detects) {
  /** What may be kept, as text; empty for nothing. */
  String kept(byte[] bytes, int start, int end) {
    if (!detects) {
      return "";
    }
    try {
      String text =
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(bytes, start, end - start))
              .toString();
      for (Detector detector : Detector.ALL) {
        text = detector.replaceIn(text, found -> "<" + detector.code() + ">");
      }
      return text;
    } catch (CharacterCodingException e) {
      return ""; // no text: nobody can say what is in it
    }
  }

  Envelope kept(Envelope envelope) {
    if (!detects) {
      return Envelope.NONE;
    }
    List<Envelope.Header> headers =
        envelope.headers().stream()
            .map(header -> new Envelope.Header(header.key(), kept(header.value())))
            .toList();
    return new Envelope(kept(envelope.key()), headers);
  }

  private @Nullable ByteBuffer kept(@Nullable ByteBuffer value) {
    if (value == null) {
      return null;
    }
    byte[] bytes = new byte[value.remaining()];
    value.duplicate().get(bytes);
    return ByteBuffer.wrap(kept(bytes, 0, bytes.length).getBytes(StandardCharsets.UTF_8));
  }
}
