package io.headrace.app.http;

import io.headrace.app.access.ApiToken;
import io.micronaut.http.HttpRequest;
import io.micronaut.security.authentication.Authentication;
import io.micronaut.security.token.validator.TokenValidator;
import jakarta.inject.Singleton;
import java.util.Map;
import org.reactivestreams.Publisher;
import reactor.core.publisher.Mono;

/** Knows callers by the API token that they send. Thread-safe. */
@Singleton
final class TokenSignIn implements TokenValidator<HttpRequest<?>> {
  /** Attribute of a caller: the id of the API token. */
  static final String ID = "token";

  private final Gatekeeper gatekeeper;

  TokenSignIn(Gatekeeper gatekeeper) {
    this.gatekeeper = gatekeeper;
  }

  @Override
  public Publisher<Authentication> validateToken(String token, HttpRequest<?> request) {
    return Mono.justOrEmpty(
        gatekeeper.tokens().flatMap(known -> known.find(token)).map(TokenSignIn::caller));
  }

  @Override
  public int getOrder() {
    return HIGHEST_PRECEDENCE;
  }

  private static Authentication caller(ApiToken token) {
    return Authentication.build(token.name(), token.role().permissions(), Map.of(ID, token.id()));
  }
}
