package io.headrace.sink.checkpoint;

import java.lang.foreign.MemorySegment;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/** SHA-256 over memory of any length. Not thread-safe. */
final class Digest {
  static final int HEX_DIGITS = 64;

  private final MessageDigest sha256;

  Digest() {
    try {
      sha256 = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }

  Digest add(byte[] bytes) {
    sha256.update(bytes);
    return this;
  }

  Digest add(MemorySegment data) {
    Chunks.of(data).forEach(sha256::update);
    return this;
  }

  /** The hash as lower-case hexadecimal digits. */
  String hex() {
    return HexFormat.of().formatHex(sha256.digest());
  }
}
