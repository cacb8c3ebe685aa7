package io.headrace.app.http;

import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.JWKMatcher;
import com.nimbusds.jose.jwk.JWKSelector;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.SignedJWT;
import io.headrace.pipeline.job.AccessSettings;
import io.headrace.pipeline.job.AccessSettings.Jwt;
import io.micronaut.context.annotation.Requires;
import io.micronaut.security.token.jwt.signature.ReactiveSignatureConfiguration;
import io.micronaut.security.token.jwt.signature.jwks.JwkValidator;
import jakarta.inject.Singleton;
import java.net.MalformedURLException;
import java.net.URI;
import java.time.Duration;
import org.reactivestreams.Publisher;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import reactor.core.publisher.Mono;

/**
 * The public keys that an issuer of signed tokens publishes. They are read again each minute, and
 * at once when a token names a key that is not among them: the issuer may have changed its keys.
 * Strangers can make up such names, so that no more than two readings happen in ten seconds.
 * Thread-safe; {@link #verify} blocks whoever subscribes while keys are read.
 */
@Singleton
@Requires(property = HttpSettings.JWT_ENABLED, value = "true")
final class IssuerKeys implements ReactiveSignatureConfiguration<SignedJWT> {
  private static final Logger LOG = LoggerFactory.getLogger(IssuerKeys.class);

  private static final Duration KEPT = Duration.ofMinutes(1);

  /** Twice in each. */
  private static final Duration READ_AGAIN = Duration.ofSeconds(10);

  private static final Duration PATIENCE = Duration.ofSeconds(2);
  private static final int MOST_BYTES = 256 << 10;

  private final URI published;
  private final JWKSource<SecurityContext> keys;
  private final JwkValidator validator;

  IssuerKeys(Gatekeeper gatekeeper, JwkValidator validator) throws MalformedURLException {
    this.published =
        gatekeeper.exposure().access().flatMap(AccessSettings::jwt).map(Jwt::jwks).orElseThrow();
    this.validator = validator;
    int patience = Math.toIntExact(PATIENCE.toMillis());
    var reader = new DefaultResourceRetriever(patience, patience, MOST_BYTES);
    this.keys =
        JWKSourceBuilder.create(published.toURL(), reader)
            .cache(KEPT.toMillis(), 3 * PATIENCE.toMillis())
            .refreshAheadCache(false)
            .rateLimited(READ_AGAIN.toMillis())
            .build();
  }

  @Override
  public Publisher<Boolean> verify(SignedJWT token) {
    return Mono.fromCallable(() -> verified(token));
  }

  private boolean verified(SignedJWT token) {
    JWSHeader header = token.getHeader();
    if (!JWSAlgorithm.Family.SIGNATURE.contains(header.getAlgorithm())) {
      return false; // A key that is public proves nothing when it is a secret of both sides.
    }
    try {
      return keys.get(new JWKSelector(JWKMatcher.forJWSHeader(header)), null).stream()
          .anyMatch(key -> validator.validate(token, key));
    } catch (RateLimitReachedException e) {
      return false;
    } catch (KeySourceException e) {
      LOG.warn(
          "A signed token is refused, for the issuer's keys at {} cannot be read: {}. Check access.jwt.jwks and that this machine reaches it.",
          published,
          e.getMessage());
      return false;
    }
  }
}
