package io.headrace.engine.config;

import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * The values of a component's declared settings, checked once, when they are read. Immutable.
 * Reading a setting that was not declared is a fault of the program.
 */
public final class Settings {
  private final List<Setting<?>> declared;
  private final Map<String, Object> values;

  private Settings(List<Setting<?>> declared, Map<String, Object> values) {
    this.declared = declared;
    this.values = values;
  }

  /**
   * Reads raw values against what is declared.
   *
   * @param declared every setting of the component
   * @param raw the keys and values that were given
   * @throws InvalidSettingException for an unknown key (with the nearest known one), a missing
   *     required key, or a value that does not fit
   */
  public static Settings of(List<Setting<?>> declared, Map<String, ?> raw) {
    List<String> names = declared.stream().map(Setting::name).toList();
    for (String key : raw.keySet()) {
      if (!names.contains(key)) {
        throw new InvalidSettingException(key, Suggestion.unknownKey(key, names));
      }
    }
    Map<String, Object> values = new TreeMap<>();
    for (Setting<?> setting : declared) {
      Object given = raw.get(setting.name());
      if (given != null) {
        values.put(setting.name(), setting.read(given));
      } else if (setting.defaultValue() != null) {
        values.put(setting.name(), setting.defaultValue());
      } else if (!setting.optional()) {
        throw new InvalidSettingException(
            setting.name(), "is missing (" + setting.type() + "). " + setting.doc());
      }
    }
    return new Settings(List.copyOf(declared), values);
  }

  public <T> T value(Setting<T> setting) {
    return optional(setting)
        .orElseThrow(() -> new IllegalStateException("no value for " + setting.name()));
  }

  /** The value of a setting that may be absent. */
  public <T> Optional<T> optional(Setting<T> setting) {
    if (!declared.contains(setting)) {
      throw new IllegalStateException("setting " + setting.name() + " was not declared");
    }
    @SuppressWarnings("unchecked") // put there by the reader of this very setting
    T value = (T) values.get(setting.name());
    return Optional.ofNullable(value);
  }

  /** Every value, defaults included, by key in alphabetical order. */
  public Map<String, Object> asMap() {
    return java.util.Collections.unmodifiableMap(values);
  }
}
