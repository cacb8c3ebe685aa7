package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.SettingGroup;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The {@code access} group: who may use the page and the HTTP API, and how they are served.
 * Immutable; holds no secret. Relative paths belong to the run, as those of checkpoints do.
 *
 * @param tokens file of API tokens
 * @param jwt whose signed tokens are taken as well
 * @param tls with which certificate the service proves who it is; empty for plain HTTP
 * @param audit file that every call that changes something is written to
 */
public record AccessSettings(
    Optional<Path> tokens, Optional<Jwt> jwt, Optional<Tls> tls, Optional<Path> audit) {

  /**
   * An issuer of signed tokens.
   *
   * @param issuer what {@code iss} must be
   * @param jwks where its public keys are
   * @param audience what {@code aud} must hold
   * @param roleClaim the claim that says what somebody may do: a text or a list of them
   * @param roles from values of that claim to roles of ours; empty if they are ours
   */
  public record Jwt(
      String issuer, URI jwks, String audience, String roleClaim, Map<String, String> roles) {
    private static final Setting<String> ISSUER =
        Setting.text("issuer", "What the claim iss of a token must be.");
    private static final Setting<String> JWKS =
        Setting.text(
            "jwks",
            "Where the issuer publishes its keys, e.g. https://login.example.com/keys; the"
                + " jwks_uri of its OpenID configuration.");
    private static final Setting<String> AUDIENCE =
        Setting.text("audience", "What the claim aud of a token must be or hold.");
    private static final Setting<String> ROLE_CLAIM =
        Setting.text(
                "role-claim", "The claim that has somebody's roles or groups: a text or a list.")
            .orElse("roles");
    private static final Setting<Map<String, String>> ROLES =
        Setting.textMap(
                "roles",
                "From values of that claim to viewer, producer, operator or admin; without it the"
                    + " claim has these themselves.")
            .orElse(Map.of());

    private static final List<Setting<?>> DECLARED =
        List.of(ISSUER, JWKS, AUDIENCE, ROLE_CLAIM, ROLES);

    public Jwt {
      roles = Map.copyOf(roles);
    }

    private static Jwt of(Settings settings) {
      return new Jwt(
          settings.value(ISSUER),
          url(settings.value(JWKS)),
          settings.value(AUDIENCE),
          settings.value(ROLE_CLAIM),
          settings.value(ROLES));
    }

    private static URI url(String text) {
      try {
        URI url = URI.create(text);
        if (url.getHost() != null
            && ("http".equals(url.getScheme()) || "https".equals(url.getScheme()))) {
          return url;
        }
      } catch (IllegalArgumentException notOne) {
        // Told below, as every other text that is none.
      }
      throw new InvalidSettingException(
          "jwks", "is no URL of http or https. Write for example https://login.example.com/keys.");
    }
  }

  /**
   * The files of a certificate, in PEM; read again when they change.
   *
   * @param certificate with those that it was signed by
   * @param key its private key, PKCS #8 or PKCS #1
   */
  public record Tls(Path certificate, Path key) {
    private static final Setting<String> CERTIFICATE =
        Setting.text("certificate", "PEM file of the certificate, then of those that signed it.");
    private static final Setting<String> KEY =
        Setting.text("key", "PEM file of its private key, without a password.");

    private static final List<Setting<?>> DECLARED = List.of(CERTIFICATE, KEY);

    private static Tls of(Settings settings) {
      return new Tls(Path.of(settings.value(CERTIFICATE)), Path.of(settings.value(KEY)));
    }
  }

  private static final Setting<String> TOKENS =
      Setting.text(
              "tokens",
              "File of API tokens, which headrace tokens create makes. Read again when it changes.")
          .absentByDefault();
  private static final Setting<Jwt> JWT =
      SettingGroup.setting(
              "jwt",
              Jwt.DECLARED,
              Jwt::of,
              "Takes tokens that an OpenID Connect provider signs, besides those of the file.")
          .absentByDefault();
  private static final Setting<Tls> TLS =
      SettingGroup.setting(
              "tls",
              Tls.DECLARED,
              Tls::of,
              "Serves HTTPS; the files are read again when they change.")
          .absentByDefault();
  private static final Setting<String> AUDIT =
      Setting.text(
              "audit",
              "File to which a line of JSON is added for each call that changes something, and for"
                  + " each that is refused; absent: audit.jsonl in checkpoints.directory, or in the"
                  + " directory that the command runs in.")
          .absentByDefault();

  static final List<Setting<?>> DECLARED = List.of(TOKENS, JWT, TLS, AUDIT);

  static AccessSettings from(Settings settings) {
    return new AccessSettings(
        settings.optional(TOKENS).map(Path::of),
        settings.optional(JWT),
        settings.optional(TLS),
        settings.optional(AUDIT).map(Path::of));
  }

  /** Whether callers have to say who they are. */
  public boolean authenticates() {
    return tokens.isPresent() || jwt.isPresent();
  }
}
