package io.headrace.engine.config;

import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads a setting that is itself a group of settings: {@code registry: {url: http://registry:8081,
 * timeout-ms: 500}}. Immutable.
 *
 * @param declared every setting of the group
 * @param create makes the value of checked settings; may throw {@link InvalidSettingException}
 */
public record SettingGroup<T>(List<Setting<?>> declared, Function<Settings, T> create)
    implements Function<Object, T> {

  public SettingGroup {
    declared = List.copyOf(declared);
  }

  /** A setting whose value is made of a group of settings. */
  public static <T> Setting<T> setting(
      String name, List<Setting<?>> declared, Function<Settings, T> create, String doc) {
    return new Setting<>(name, "group", null, false, doc, new SettingGroup<>(declared, create));
  }

  @Override
  public T apply(Object raw) {
    if (!(raw instanceof Map<?, ?> group)) { // which a message does not repeat: it may be a secret
      throw new InvalidSettingException("", "is a single value, not a group of keys.");
    }
    var keys = new TreeMap<String, Object>();
    group.forEach((key, value) -> keys.put(String.valueOf(key), value));
    return create.apply(Settings.of(declared, keys));
  }
}
