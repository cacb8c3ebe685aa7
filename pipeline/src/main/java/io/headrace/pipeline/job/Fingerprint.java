package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.Settings;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Every setting of a job that decides what is learned from a stream, defaults included, by its
 * dotted path. Jobs with equal fingerprints can go on from each other's checkpoints. Immutable.
 */
public record Fingerprint(SortedMap<String, String> settings) {
  public Fingerprint {
    settings = Collections.unmodifiableSortedMap(new TreeMap<>(settings));
  }

  /** One line a setting, {@code path = value}, in alphabetical order. */
  public String text() {
    StringBuilder text = new StringBuilder();
    settings.forEach((path, value) -> text.append(path).append(" = ").append(value).append('\n'));
    return text.toString();
  }

  /** Reads what {@link #text} wrote. */
  public static Fingerprint parse(String text) {
    var settings = new TreeMap<String, String>();
    text.lines()
        .filter(line -> line.contains(" = "))
        .forEach(
            line -> {
              int equals = line.indexOf(" = ");
              settings.put(line.substring(0, equals), line.substring(equals + 3));
            });
    return new Fingerprint(settings);
  }

  /** What differs, one line each, for a person: {@code batch.size: was 64, is 32}. */
  public List<String> differencesFrom(Fingerprint before) {
    var paths = new TreeSet<>(settings.keySet());
    paths.addAll(before.settings.keySet());
    List<String> differences = new ArrayList<>();
    for (String path : paths) {
      String was = before.settings.getOrDefault(path, "absent");
      String is = settings.getOrDefault(path, "absent");
      if (!was.equals(is)) {
        differences.add(path + ": was " + was + ", is " + is);
      }
    }
    return differences;
  }

  /** Collects the settings of a fingerprint. */
  static final class Builder {
    private static final int LONGEST = 2000;
    private static final int SHOWN = 60;

    private final TreeMap<String, String> settings = new TreeMap<>();

    Builder add(String path, Object value) {
      settings.put(path, shortened(text(value).replace("\n", "\\n")));
      return this;
    }

    /** Long values, such as vocabularies, are known by how they begin and their digest. */
    private static String shortened(String value) {
      return value.length() <= LONGEST
          ? value
          : value.substring(0, SHOWN) + "... (sha256 " + digest(value) + ")";
    }

    private static String digest(String value) {
      try {
        byte[] hash =
            MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
        return HexFormat.of().formatHex(hash);
      } catch (NoSuchAlgorithmException e) {
        throw new IllegalStateException("every Java has SHA-256", e);
      }
    }

    /** Maps have no order of their own that is the same in every run. */
    private static String text(Object value) {
      return value instanceof Map<?, ?> map ? new TreeMap<>(map).toString() : String.valueOf(value);
    }

    /** For settings that came later: checkpoints from before say nothing of {@code usual}. */
    Builder addUnless(Object usual, String path, Object value) {
      return value.equals(usual) ? this : add(path, value.toString().toLowerCase(Locale.ROOT));
    }

    Builder add(String path, Settings group) {
      group.asMap().forEach((key, value) -> addNested(path + "." + key, value));
      return this;
    }

    /** Lists of components inside a component are told setting by setting as well. */
    private void addNested(String path, Object value) {
      if (value instanceof Map<?, ?> map
          && map.values().stream().anyMatch(inner -> inner instanceof List<?>)) {
        map.forEach((name, inner) -> addNested(path + "." + name, inner));
      } else if (value instanceof List<?> items
          && !items.isEmpty()
          && items.stream().allMatch(ComponentSpec.class::isInstance)) {
        add(path, items.stream().map(ComponentSpec.class::cast).toList());
      } else {
        add(path, value);
      }
    }

    Builder add(String path, ComponentSpec component) {
      return add(path, component.name()).add(path + "." + component.name(), component.settings());
    }

    Builder add(String path, List<ComponentSpec> components) {
      for (int i = 0; i < components.size(); i++) {
        add(path + "." + i, components.get(i));
      }
      return this;
    }

    Fingerprint build() {
      return new Fingerprint(settings);
    }
  }
}
