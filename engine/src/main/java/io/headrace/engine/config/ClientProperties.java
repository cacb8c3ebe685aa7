package io.headrace.engine.config;

import io.headrace.engine.error.InvalidSettingException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Settings of a client library that a job file passes on. Secrets among them are named by the place
 * where they are, {@code ${env:NAME}} or {@code ${file:PATH}}, and what is there is never kept, so
 * that nothing that prints settings can print one. Stateless.
 */
public final class ClientProperties {
  private static final Pattern REFERENCE = Pattern.compile("\\$\\{(env|file):([^}]+)}");

  /** Keys whose value is a secret, and within the value of another the words before one. */
  private static final Pattern SECRET_KEY =
      Pattern.compile(".*(password|secret|ssl\\.keystore\\.key|credentials|\\.user\\.info)");

  private static final Pattern SECRET_WITHIN =
      Pattern.compile("(?i)\\w*(password|secret)\\w*\\s*=\\s*[\"']?(?!\\$\\{)[^\"'\\s;]");

  /** Who has Kafka look things up means its own syntax. */
  private static final String OF_THE_LIBRARY = "config.providers";

  private ClientProperties() {}

  /** The setting {@code properties}: free keys with scalar values, without secrets. */
  public static Setting<Map<String, String>> setting(String doc) {
    Setting<Map<String, String>> map =
        Setting.textMap(
            "properties",
            doc
                + " ${env:NAME} and ${file:PATH} stand for what a variable or a file holds:"
                + " passwords may be given in no other way.");
    return new Setting<>(
            map.name(), map.type(), null, false, map.doc(), raw -> checked(map.reader().apply(raw)))
        .orElse(Map.of());
  }

  /**
   * The properties with what their references stand for, which is not to be kept or printed.
   *
   * @throws InvalidSettingException if a variable or a file is not there
   */
  public static <T> Map<String, T> resolved(Map<String, T> properties) {
    if (properties.containsKey(OF_THE_LIBRARY)) {
      return properties;
    }
    Map<String, T> resolved = new TreeMap<>(properties);
    resolved.replaceAll((key, value) -> resolved(key, value));
    return resolved;
  }

  @SuppressWarnings("unchecked") // text in, text out
  private static <T> T resolved(String key, T value) {
    return value instanceof String text && text.contains("${")
        ? (T) REFERENCE.matcher(text).replaceAll(at -> Matcher.quoteReplacement(read(key, at)))
        : value;
  }

  private static String read(String key, java.util.regex.MatchResult reference) {
    String name = reference.group(2);
    if (reference.group(1).equals("env")) {
      String value = System.getenv(name);
      if (value == null) {
        throw new InvalidSettingException(
            "properties",
            "%s refers to the environment variable %s, which is not set. Set it before the job starts."
                .formatted(key, name));
      }
      return value;
    }
    try {
      return Files.readString(Path.of(name)).strip();
    } catch (IOException e) {
      throw new InvalidSettingException(
          "properties",
          "%s refers to the file %s, which cannot be read: %s. Name one that this user may read."
              .formatted(key, name, e));
    }
  }

  private static Map<String, String> checked(Map<String, String> properties) {
    properties.forEach(
        (key, value) -> {
          boolean secret = SECRET_KEY.matcher(key.toLowerCase(Locale.ROOT)).matches();
          if (secret ? !value.contains("${") : SECRET_WITHIN.matcher(value).find()) {
            throw new InvalidSettingException(
                "properties",
                "%s holds a secret, which does not belong in a job file: say where it is, ${env:NAME} or ${file:PATH}."
                    .formatted(key));
          }
        });
    return properties;
  }
}
