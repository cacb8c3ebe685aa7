package io.headrace.app.http;

import io.micronaut.http.HttpRequest;
import io.micronaut.security.token.Claims;
import io.micronaut.security.token.jwt.validator.GenericJwtClaimsValidator;
import jakarta.inject.Singleton;

/**
 * Refuses signed tokens that do not say when they expire; whether they have is looked at elsewhere.
 * Stateless.
 */
@Singleton
final class ExpiryClaim implements GenericJwtClaimsValidator<HttpRequest<?>> {
  @Override
  public boolean validate(Claims claims, HttpRequest<?> request) {
    return claims.get(Claims.EXPIRATION_TIME) != null;
  }
}
