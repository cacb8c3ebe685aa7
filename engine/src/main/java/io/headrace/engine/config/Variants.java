package io.headrace.engine.config;

import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Map;

/**
 * All alternatives of one kind, e.g. every optimizer. Immutable.
 *
 * @param kind what they are, for messages: "optimizer"
 */
public record Variants<T>(String kind, List<Variant<T>> all) {
  public Variants {
    all = List.copyOf(all);
  }

  /**
   * The alternative called {@code name}.
   *
   * @throws InvalidSettingException if there is none, with the nearest one
   */
  public Variant<T> named(String name) {
    return all.stream()
        .filter(variant -> variant.name().equals(name))
        .findFirst()
        .orElseThrow(() -> unknown(name));
  }

  /** Checks the raw values against what the named alternative declares. */
  public ComponentSpec spec(String name, Map<String, ?> raw) {
    return new ComponentSpec(name, Settings.of(named(name).settings(), raw));
  }

  public T create(ComponentSpec spec) {
    return named(spec.name()).create().apply(spec.settings());
  }

  private InvalidSettingException unknown(String name) {
    List<String> names = all.stream().map(Variant::name).toList();
    return new InvalidSettingException(
        name, "is not a known " + kind + ". " + Suggestion.nearest(name, names));
  }
}
