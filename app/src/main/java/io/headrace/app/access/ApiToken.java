package io.headrace.app.access;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;

/**
 * What is kept of an API token: everything but the token. Immutable.
 *
 * @param id by which people and the audit log know it
 * @param name who or what has it
 * @param expires from when on it is worth nothing
 * @param sha256 of the token's characters, in hexadecimal digits
 */
public record ApiToken(
    String id, String name, Role role, Instant created, Instant expires, String sha256) {
  private static final SecureRandom RANDOM = new SecureRandom();
  private static final String PREFIX = "headrace_";
  private static final int BYTES = 32;
  private static final int ID_BYTES = 6;

  /**
   * A token that was just made.
   *
   * @param secret for whoever is to have it; it cannot be found out again
   */
  public record Made(ApiToken token, String secret) {
    /** Without the secret, wherever this is printed by mistake. */
    @Override
    public String toString() {
      return token.toString();
    }
  }

  static Made make(String name, Role role, Instant created, Instant expires) {
    byte[] random = new byte[BYTES];
    RANDOM.nextBytes(random);
    byte[] id = new byte[ID_BYTES];
    RANDOM.nextBytes(id);
    String secret = PREFIX + Base64.getUrlEncoder().withoutPadding().encodeToString(random);
    var token =
        new ApiToken(
            HexFormat.of().formatHex(id),
            name,
            role,
            created,
            expires,
            HexFormat.of().formatHex(digest(secret)));
    return new Made(token, secret);
  }

  /** Whether it is the token of {@code digest}; takes as long whatever they have in common. */
  boolean matches(byte[] digest) {
    return MessageDigest.isEqual(HexFormat.of().parseHex(sha256), digest);
  }

  /** Whether it is still worth something. */
  boolean holds(Instant now) {
    return now.isBefore(expires);
  }

  /** SHA-256 of a secret: looking for it takes a time that tells nothing of the secret. */
  public static byte[] digest(String secret) {
    try {
      return MessageDigest.getInstance("SHA-256").digest(secret.getBytes(StandardCharsets.UTF_8));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }
}
