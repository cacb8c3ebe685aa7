package io.headrace.sink.kafka;

import io.headrace.sink.seal.PublicKeys;
import io.headrace.sink.seal.SigningKeys;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.header.Headers;

/**
 * The signature of an announcement, in a header beside it: the key's id, a blank, and the Ed25519
 * signature in Base64 of a line that says what this is, the message's key in a line, and its value.
 * Stateless.
 */
public final class AnnouncementSignature {
  /** The header's name. */
  public static final String HEADER = "headrace-signature";

  private static final String FIRST = "headrace-announcement 1\n";

  /** What a signature is found to be. */
  public enum Verdict {
    /** One of the keys signed just this. */
    SIGNED,
    /** Nobody signed it. */
    UNSIGNED,
    /** The key that it names is not among them. */
    OTHER_KEY,
    /** The key that it names is among them, and did not sign this. */
    TAMPERED
  }

  private AnnouncementSignature() {}

  /** The header's value for a message. */
  public static byte[] of(String job, byte[] value, SigningKeys keys) {
    byte[] signature = keys.sign(signed(job, value));
    return (keys.id() + " " + Base64.getEncoder().encodeToString(signature))
        .getBytes(StandardCharsets.UTF_8);
  }

  /** Says who signed a message. */
  public static Verdict check(String job, byte[] value, Headers headers, PublicKeys keys) {
    Header header = headers.lastHeader(HEADER);
    if (header == null || header.value() == null) {
      return Verdict.UNSIGNED;
    }
    String text = new String(header.value(), StandardCharsets.UTF_8);
    int end = text.indexOf(' ');
    try {
      if (!keys.has(Long.parseLong(text.substring(0, Math.max(end, 0))))) {
        return Verdict.OTHER_KEY;
      }
      byte[] signature = Base64.getDecoder().decode(text.substring(end + 1));
      return keys.signed(signed(job, value), signature) ? Verdict.SIGNED : Verdict.TAMPERED;
    } catch (IllegalArgumentException e) { // no number, or no Base64
      return Verdict.TAMPERED;
    }
  }

  private static byte[] signed(String job, byte[] value) {
    var bytes = new ByteArrayOutputStream();
    bytes.writeBytes((FIRST + job + "\n").getBytes(StandardCharsets.UTF_8));
    bytes.writeBytes(value);
    return bytes.toByteArray();
  }
}
