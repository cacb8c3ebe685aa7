package io.headrace.app.access;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tokens of a file as they are at each question: a token that was revoked is refused from the
 * next one on. While the file cannot be read there are none. Thread-safe.
 */
public final class KnownTokens {
  private static final Logger log = LoggerFactory.getLogger(KnownTokens.class);

  /** By which a change of the file is noticed: a rename brings another key. */
  private record Version(Object key, Instant modified, long size) {}

  private static final Version NONE = new Version("", Instant.EPOCH, -1);

  private final TokenFile file;
  private final InstantSource clock;
  private Version version = NONE;
  private List<ApiToken> tokens = List.of();

  /**
   * @throws HeadraceException if the file cannot be read now
   */
  public KnownTokens(TokenFile file, InstantSource clock) {
    this.file = file;
    this.clock = clock;
    file.read();
  }

  /** The token that {@code secret} is, unless it has expired or was revoked. */
  public Optional<ApiToken> find(String secret) {
    byte[] digest = ApiToken.digest(secret);
    ApiToken found = null;
    for (ApiToken token : current()) { // to the end, so that the time says nothing of the place
      if (token.matches(digest)) {
        found = token;
      }
    }
    return Optional.ofNullable(found).filter(token -> token.holds(clock.instant()));
  }

  /** Whether the token of that id is still worth something. */
  public boolean holds(String id) {
    return current().stream()
        .anyMatch(token -> token.id().equals(id) && token.holds(clock.instant()));
  }

  private synchronized List<ApiToken> current() {
    Version now = look();
    if (!now.equals(version)) {
      version = now;
      try {
        tokens = file.read();
      } catch (HeadraceException unreadable) {
        tokens = List.of();
        log.warn("No token is accepted: {}", unreadable.getMessage());
      }
    }
    return tokens;
  }

  private Version look() {
    try {
      var seen = Files.readAttributes(file.path(), BasicFileAttributes.class);
      return new Version(
          String.valueOf(seen.fileKey()), seen.lastModifiedTime().toInstant(), seen.size());
    } catch (IOException gone) {
      return new Version("gone", Instant.EPOCH, -1);
    }
  }
}
