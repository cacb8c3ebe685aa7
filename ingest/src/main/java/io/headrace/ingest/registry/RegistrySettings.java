package io.headrace.ingest.registry;

import io.headrace.engine.config.Setting;
import io.headrace.engine.config.SettingGroup;
import io.headrace.engine.config.Settings;
import io.headrace.engine.error.InvalidSettingException;
import io.headrace.ingest.Secret;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Where a schema registry is and how it is spoken to. Immutable; holds no secret.
 *
 * @param url of the API, without a slash at its end
 * @param user for basic authentication; a secret without one is a bearer token
 * @param timeoutMillis for a connection, and for an answer
 * @param unknownForMillis how long an id that the registry did not know is taken as unknown
 */
public record RegistrySettings(
    URI url,
    Optional<String> user,
    Optional<Secret> secret,
    int timeoutMillis,
    int unknownForMillis) {

  private static final Setting<String> URL =
      Setting.text(
          "url",
          "Where its Confluent-compatible API is, e.g. http://registry:8081; that of Apicurio is"
              + " at /apis/ccompat/v7.");
  private static final Setting<String> USER =
      Setting.text("user", "Name for basic authentication.").absentByDefault();
  private static final Setting<String> SECRET =
      Setting.text(
              "secret",
              "Where the password is to be found, or without user the bearer token: env:NAME or"
                  + " file:PATH, which is read anew whenever it is needed.")
          .absentByDefault();
  private static final Setting<Integer> TIMEOUT_MS =
      Setting.integer(
              "timeout-ms",
              1,
              Integer.MAX_VALUE,
              "How long to wait for a connection, and for an answer, before trying again.")
          .orElse(5_000);
  private static final Setting<Integer> UNKNOWN_FOR_MS =
      Setting.integer(
              "unknown-for-ms",
              0,
              Integer.MAX_VALUE,
              "How long records of an id that it does not know are rejected before it is asked"
                  + " again.")
          .orElse(30_000);

  private static final List<Setting<?>> DECLARED =
      List.of(URL, USER, SECRET, TIMEOUT_MS, UNKNOWN_FOR_MS);

  /** {@code registry} of a source. */
  public static final Setting<RegistrySettings> REGISTRY =
      SettingGroup.setting(
              "registry",
              DECLARED,
              RegistrySettings::of,
              "The registry that knows the schemas of records in Confluent framing; while it does"
                  + " not answer, reading waits.")
          .absentByDefault();

  public RegistrySettings {
    if (user.isPresent() && secret.isEmpty()) {
      throw new InvalidSettingException(
          "secret",
          "is missing beside user: say where the password is, e.g. env:REGISTRY_PASSWORD.");
    }
  }

  private static RegistrySettings of(Settings settings) {
    return new RegistrySettings(
        address(settings.value(URL)),
        settings.optional(USER),
        settings.optional(SECRET).map(Secret::new),
        settings.value(TIMEOUT_MS),
        settings.value(UNKNOWN_FOR_MS));
  }

  /**
   * Settings for a registry in other places than a job file.
   *
   * @param secret reference to the secret, as the setting has it
   * @throws InvalidSettingException if one does not fit
   */
  public static RegistrySettings of(String url, Optional<String> user, Optional<String> secret) {
    Map<String, Object> given = new TreeMap<>(Map.of(URL.name(), url));
    user.ifPresent(name -> given.put(USER.name(), name));
    secret.ifPresent(place -> given.put(SECRET.name(), place));
    return of(Settings.of(DECLARED, given));
  }

  /** An address may hold credentials by mistake, so no message repeats it. */
  private static URI address(String text) {
    URI url;
    try {
      url = new URI(text.replaceFirst("/+$", ""));
    } catch (URISyntaxException e) {
      throw new InvalidSettingException(
          "url", "is no URL. Write for example http://registry:8081.");
    }
    String scheme = String.valueOf(url.getScheme()).toLowerCase(Locale.ROOT);
    if ((!scheme.equals("http") && !scheme.equals("https")) || url.getHost() == null) {
      throw new InvalidSettingException(
          "url", "is no URL of http or https. Write for example http://registry:8081.");
    }
    if (url.getUserInfo() != null || url.getQuery() != null || url.getFragment() != null) {
      throw new InvalidSettingException(
          "url",
          "has more than host, port and path. Credentials belong in user and secret, which can say"
              + " where the password is: env:NAME or file:PATH.");
    }
    return url;
  }
}
