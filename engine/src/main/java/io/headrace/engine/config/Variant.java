package io.headrace.engine.config;

import java.util.List;
import java.util.Map;
import java.util.function.Function;

/**
 * One of several named alternatives (a layer, an optimizer, a source) with its settings and what it
 * makes of them. Immutable.
 *
 * @param name the word in the job file
 * @param doc what it is, in one or two sentences, formula and paper included
 * @param settings its declared settings
 * @param create makes the component from checked settings; may throw {@link
 *     io.headrace.engine.error.InvalidSettingException} for values that do not fit together
 */
public record Variant<T>(
    String name, String doc, List<Setting<?>> settings, Function<Settings, T> create) {

  public Variant {
    settings = List.copyOf(settings);
  }

  /** Checks the raw values and makes the component. */
  public T from(Map<String, ?> raw) {
    return create.apply(Settings.of(settings, raw));
  }
}
