package io.headrace.app.http;

import io.headrace.app.access.ApiToken;
import io.micronaut.http.HttpRequest;
import io.micronaut.http.cookie.Cookie;
import io.micronaut.http.cookie.SameSite;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.token.reader.TokenReader;
import io.micronaut.security.token.validator.TokenValidator;
import jakarta.inject.Singleton;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/**
 * Pages that signed in: each has a cookie with a random name of its session instead of the token.
 * They are in memory alone, so a restart ends them all; revoking or expiry of the token that began
 * one ends it too. Bounded: the oldest makes room. Thread-safe.
 */
@Singleton
final class Sessions implements TokenReader<HttpRequest<?>>, TokenValidator<HttpRequest<?>> {
  static final String COOKIE = "headrace-session";
  static final Duration LONGEST = Duration.ofHours(12);

  private static final int MOST = 1_000;
  private static final int BYTES = 32;

  private record Session(Authentication caller, Instant until) {}

  private final Gatekeeper gatekeeper;
  private final SecureRandom random = new SecureRandom();

  /** By the digest of their names: how long a search takes says nothing of a name. */
  private final Map<String, Session> sessions = new LinkedHashMap<>();

  Sessions(Gatekeeper gatekeeper) {
    this.gatekeeper = gatekeeper;
  }

  /** The cookie of a new session for a caller who has just proved who they are. */
  synchronized Cookie begin(Authentication caller) {
    byte[] bytes = new byte[BYTES];
    random.nextBytes(bytes);
    String name = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    if (sessions.size() == MOST) {
      sessions.remove(sessions.keySet().iterator().next());
    }
    sessions.put(key(name), new Session(caller, gatekeeper.clock().instant().plus(LONGEST)));
    return cookie(name).maxAge(LONGEST);
  }

  /** Ends the session of a request, and answers the cookie that removes its cookie. */
  synchronized Cookie end(HttpRequest<?> request) {
    findToken(request).map(Sessions::key).ifPresent(sessions::remove);
    return cookie("").maxAge(Duration.ZERO);
  }

  @Override
  public Optional<String> findToken(HttpRequest<?> request) {
    return request.getCookies().findCookie(COOKIE).map(Cookie::getValue);
  }

  @Override
  public synchronized Publisher<Authentication> validateToken(
      String token, HttpRequest<?> request) {
    Session session = sessions.get(key(token));
    if (session == null) {
      return Mono.empty();
    }
    if (!gatekeeper.clock().instant().isBefore(session.until())
        || !gatekeeper.holds(session.caller())) {
      sessions.remove(key(token));
      return Mono.empty();
    }
    return Mono.just(session.caller());
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  private static String key(String name) {
    return HexFormat.of().formatHex(ApiToken.digest(name));
  }

  private Cookie cookie(String value) {
    return Cookie.of(COOKIE, value)
        .path("/")
        .httpOnly(true)
        .sameSite(SameSite.Strict)
        .secure(gatekeeper.exposure().tls().isPresent());
  }
}
