package io.headrace.app.http;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.KeyUse;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import io.headrace.app.access.Role;
import io.headrace.pipeline.job.AccessSettings.Jwt;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Tokens that an OpenID provider signs, with a provider's key set served here. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class SignedTokensTest {
  private static final String ISSUER = "https://login.example.com";
  private static final String AUDIENCE = "headrace";

  /** What everybody may; of {@code /api/v1/session} not to begin one. */
  private static final Set<String> OPEN =
      Set.of("/api/v1/session", "/api/v1/openapi.yaml", "/health", "/health/{selector}");

  private RSAKey key;
  private RSAKey strangersKey;
  private HttpServer provider;
  private SecuredService secured;

  @BeforeAll
  void start(@TempDir Path folder) throws Exception {
    key =
        new RSAKeyGenerator(2048)
            .keyUse(KeyUse.SIGNATURE)
            .algorithm(JWSAlgorithm.RS256)
            .keyID("one")
            .generate();
    strangersKey = new RSAKeyGenerator(2048).keyID("one").generate();
    byte[] keys = new JWKSet(key).toString(true).getBytes(UTF_8);
    provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 8);
    provider.createContext(
        "/keys",
        exchange -> {
          exchange.getResponseHeaders().add("Content-Type", "application/json");
          exchange.sendResponseHeaders(200, keys.length);
          exchange.getResponseBody().write(keys);
          exchange.close();
        });
    provider.start();
    var jwt =
        new Jwt(
            ISSUER,
            URI.create("http://127.0.0.1:%d/keys".formatted(provider.getAddress().getPort())),
            AUDIENCE,
            "groups",
            Map.of("ml-oncall", "operator", "staff", "viewer", "operator-of-all", "admin"));
    secured =
        new SecuredService(
            Files.createDirectories(folder), new MovingJob(), Optional.of(jwt), Optional.empty());
  }

  @AfterAll
  void stop() {
    secured.close();
    provider.stop(0);
  }

  @Test
  void claimsMapToRoles() throws Exception {
    HttpResponse<String> shown =
        secured.send("GET", "/api/v1/session", SecuredService.bearer(signed(claims("staff"), key)));
    assertThat(shown.body()).contains("\"name\":\"ada\"", "\"may\":[\"see\"]");
    assertThat(pause(signed(claims("staff"), key))).isEqualTo(403);
    assertThat(pause(signed(claims("staff", "ml-oncall"), key))).isEqualTo(200);
    assertThat(
            secured
                .send(
                    "POST",
                    "/api/v1/resume",
                    SecuredService.bearer(signed(claims("ml-oncall"), key)))
                .statusCode())
        .isEqualTo(200);
    assertThat(status(signed(claims("operator"), key)))
        .as("no name of ours is mapped")
        .isEqualTo(403);
    assertThat(status(signed(claims(), key))).isEqualTo(403);
    assertThat(Files.readString(secured.audit)).contains("\"who\":\"ada\"");
  }

  @Test
  void whatIsWrongIsRefused() throws Exception {
    var good = claims("staff");
    assertThat(status(signed(good, key))).isEqualTo(200);
    assertThat(status(signed(good, strangersKey))).as("wrong signature").isEqualTo(401);
    assertThat(
            status(
                changed(good, b -> b.expirationTime(Date.from(Instant.now().minusSeconds(900))))))
        .as("expired")
        .isEqualTo(401);
    assertThat(status(changed(good, b -> b.expirationTime(null))))
        .as("without expiry")
        .isEqualTo(401);
    assertThat(status(changed(good, b -> b.issuer("https://evil.example"))))
        .as("issuer")
        .isEqualTo(401);
    assertThat(status(changed(good, b -> b.audience("another")))).as("audience").isEqualTo(401);
    assertThat(status(changed(good, b -> b.audience((String) null))))
        .as("no audience")
        .isEqualTo(401);
    assertThat(
            status(changed(good, b -> b.notBeforeTime(Date.from(Instant.now().plusSeconds(900))))))
        .as("not yet")
        .isEqualTo(401);
    assertThat(status(new PlainJWT(good).serialize())).as("not signed").isEqualTo(401);
    String token = signed(good, key);
    String[] parts = token.split("\\.", -1);
    String other = signed(claims("ml-oncall"), key).split("\\.", -1)[1];
    assertThat(status(parts[0] + "." + other + "." + parts[2]))
        .as("another's claims")
        .isEqualTo(401);
  }

  /** What a token says of how it is to be checked is not believed. */
  @Test
  void theTokenDoesNotSayHowItIsChecked() throws Exception {
    JWTClaimsSet admin = claims("operator-of-all");
    byte[] published = key.toRSAPublicKey().getEncoded();
    for (byte[] secret : List.of(published, key.toPublicJWK().toJSONString().getBytes(UTF_8))) {
      var symmetric =
          new SignedJWT(new JWSHeader.Builder(JWSAlgorithm.HS256).keyID("one").build(), admin);
      symmetric.sign(new MACSigner(secret));
      assertThat(status(symmetric.serialize())).as("signed with what is public").isEqualTo(401);
    }
    var itsOwn =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256)
                .keyID("one")
                .jwk(strangersKey.toPublicJWK())
                .jwkURL(URI.create("http://127.0.0.1:1/keys"))
                .build(),
            admin);
    itsOwn.sign(new RSASSASigner(strangersKey));
    assertThat(status(itsOwn.serialize())).as("brings its own key").isEqualTo(401);
    assertThat(status(signed(admin, strangersKeyNamed("../../keys")))).isEqualTo(401);
    String[] parts = signed(admin, key).split("\\.", -1);
    for (String algorithm : List.of("none", "None", "nOnE", "HS256", "RS1", "")) {
      String header =
          Base64.getUrlEncoder()
              .withoutPadding()
              .encodeToString("{\"alg\":\"%s\"}".formatted(algorithm).getBytes(UTF_8));
      assertThat(status(header + "." + parts[1] + ".")).as(algorithm).isEqualTo(401);
      assertThat(status(header + "." + parts[1] + "." + parts[2])).as(algorithm).isEqualTo(401);
    }
    assertThat(status(parts[0] + "." + parts[1])).as("without a signature").isEqualTo(401);
    assertThat(status(signed(admin, key))).as("the good one").isEqualTo(200);
  }

  private static RSAKey strangersKeyNamed(String id) throws JOSEException {
    return new RSAKeyGenerator(2048).keyID(id).generate();
  }

  /** On each route, what is no good token gets what no token gets. */
  @Test
  void whatIsWrongOpensNoRoute() throws Exception {
    var admin = claims("operator-of-all");
    Map<String, String> wrong =
        Map.of(
            "wrong signature", signed(admin, strangersKey),
            "not signed", new PlainJWT(admin).serialize(),
            "expired",
                changed(admin, b -> b.expirationTime(Date.from(Instant.now().minusSeconds(900)))),
            "without expiry", changed(admin, b -> b.expirationTime(null)),
            "issuer", changed(admin, b -> b.issuer("https://evil.example")));
    var softly = new SoftAssertions();
    for (String route : secured.service.routes()) {
      String[] parts = route.split(" ", 2);
      String path = parts[1].replaceAll("\\{\\?.*?}", "").replaceAll("\\{\\w+}", "x");
      int anonymous = secured.status(parts[0], path);
      softly
          .assertThat(anonymous)
          .as(route)
          .isEqualTo(OPEN.contains(route.substring(route.indexOf('/'))) ? anonymous : 401);
      softly.assertThat(anonymous).as(route).isNotEqualTo(500);
      for (Map.Entry<String, String> token : wrong.entrySet()) {
        secured.clock.pass(Duration.ofMinutes(1)); // or this address would have to wait
        softly
            .assertThat(secured.status(parts[0], path, SecuredService.bearer(token.getValue())))
            .as(route + " " + token.getKey())
            .isEqualTo(anonymous);
      }
    }
    softly.assertAll();
  }

  @Test
  void tokensOfTheFileAreTakenBesides() throws Exception {
    assertThat(status(secured.secret(Role.VIEWER))).isEqualTo(200);
  }

  private int status(String token) throws IOException, InterruptedException {
    secured.clock.pass(Duration.ofSeconds(10)); // or this address would have to wait
    return secured.status("GET", "/api/v1/status/history", SecuredService.bearer(token));
  }

  private int pause(String token) throws IOException, InterruptedException {
    return secured.status("POST", "/api/v1/pause", SecuredService.bearer(token));
  }

  private String changed(JWTClaimsSet claims, UnaryOperator<JWTClaimsSet.Builder> change)
      throws JOSEException {
    return signed(change.apply(new JWTClaimsSet.Builder(claims)).build(), key);
  }

  private static JWTClaimsSet claims(String... groups) {
    return new JWTClaimsSet.Builder()
        .subject("ada")
        .issuer(ISSUER)
        .audience(AUDIENCE)
        .expirationTime(Date.from(Instant.now().plusSeconds(3600)))
        .claim("groups", List.of(groups))
        .build();
  }

  private static String signed(JWTClaimsSet claims, RSAKey key) throws JOSEException {
    var token =
        new SignedJWT(
            new JWSHeader.Builder(JWSAlgorithm.RS256).keyID(key.getKeyID()).build(), claims);
    token.sign(new RSASSASigner(key));
    return token.serialize();
  }
}
