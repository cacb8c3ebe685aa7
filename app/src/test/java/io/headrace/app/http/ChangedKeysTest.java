package io.headrace.app.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.headrace.pipeline.job.AccessSettings.Jwt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An OpenID provider that changes its keys while the service runs. */
class ChangedKeysTest {
  private static final String ISSUER = "https://login.example.com";
  private static final int MADE_UP = 30;

  private final AtomicInteger readings = new AtomicInteger();
  private volatile boolean up = true;
  private volatile ECKey published = key("first");
  private HttpServer provider;
  private SecuredService secured;

  @BeforeEach
  void start(@TempDir Path folder) throws IOException {
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    provider.createContext("/keys", this::answer);
    provider.start();
    var jwt =
        new Jwt(
            ISSUER,
            URI.create("http://127.0.0.1:%d/keys".formatted(provider.getAddress().getPort())),
            "headrace",
            "roles",
            Map.of());
    secured = new SecuredService(folder, new MovingJob(), Optional.of(jwt), Optional.empty());
  }

  @AfterEach
  void stop() {
    secured.close();
    provider.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    readings.incrementAndGet();
    byte[] keys = new JWKSet(published).toString(true).getBytes(UTF_8);
    exchange.sendResponseHeaders(up ? 200 : 503, keys.length);
    exchange.getResponseBody().write(keys);
    exchange.close();
  }

  @Test
  void theFirstTokenOfANewKeyIsTakenAndThoseOfTheOldNoMore() throws Exception {
    ECKey old = published;
    for (int i = 0; i < 5; i++) {
      assertThat(status(old)).isEqualTo(200);
    }
    assertThat(readings).as("kept").hasValue(1);
    published = key("second");
    assertThat(status(old)).as("not known to be withdrawn yet").isEqualTo(200);
    assertThat(status(published)).isEqualTo(200);
    assertThat(readings).hasValue(2);
    assertThat(status(old)).as("withdrawn").isEqualTo(401);
  }

  @Test
  void aKeyOfAKnownNameThatDoesNotFitIsNoReasonToReadAgain() throws Exception {
    assertThat(status(published)).isEqualTo(200);
    for (int i = 0; i < MADE_UP; i++) {
      assertThat(status(key("first"))).isEqualTo(401);
    }
    assertThat(readings).hasValue(1);
  }

  @Test
  void namesThatAreMadeUpDoNotFloodTheProvider() throws Exception {
    assertThat(status(published)).isEqualTo(200);
    for (int i = 0; i < MADE_UP; i++) {
      assertThat(status(key("made-up-" + i))).isEqualTo(401);
    }
    assertThat(readings.get()).isBetween(2, MADE_UP / 2);
    assertThat(status(published)).as("nor shut out who is known").isEqualTo(200);
  }

  @Test
  void whileTheProviderIsDownTokensAreRefusedAndThenTaken() throws Exception {
    up = false;
    assertThat(status(published)).isEqualTo(401);
    assertThat(readings).hasPositiveValue();
    up = true;
    assertThat(status(published)).isEqualTo(200);
  }

  private int status(ECKey key) throws JOSEException, IOException, InterruptedException {
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.ES256).keyID(key.getKeyID()).build(),
            new JWTClaimsSet.Builder()
                .subject("ada")
                .issuer(ISSUER)
                .audience("headrace")
                .expirationTime(Date.from(Instant.now().plusSeconds(3600)))
                .claim("roles", "viewer")
                .build());
    token.sign(new ECDSASigner(key));
    secured.clock.pass(Duration.ofSeconds(10)); // or this address would have to wait
    return secured.status(
        "GET", "/api/v1/status/history", SecuredService.bearer(token.serialize()));
  }

  private static ECKey key(String name) {
    try {
      return new ECKeyGenerator(Curve.P_256).keyID(name).generate();
    } catch (JOSEException e) {
      throw new AssertionError(e);
    }
  }
}
