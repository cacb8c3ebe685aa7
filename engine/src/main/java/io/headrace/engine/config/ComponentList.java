package io.headrace.engine.config;

import io.headrace.engine.error.InvalidSettingException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Reads a setting that is itself a list of components, e.g. the layers inside a layer: each is a
 * name, or a name with its settings. Immutable.
 *
 * @param alternatives what may stand in the list; asked when it is read, since a component's own
 *     kind is still being declared when the component is
 */
public record ComponentList(Supplier<? extends Variants<?>> alternatives)
    implements Function<Object, List<ComponentSpec>> {

  /** A setting whose value is a list of one or more {@code alternatives}. */
  public static Setting<List<ComponentSpec>> setting(
      String name, String type, Supplier<? extends Variants<?>> alternatives, String doc) {
    return new Setting<>(name, type, null, false, doc, new ComponentList(alternatives));
  }

  @Override
  public List<ComponentSpec> apply(Object raw) {
    if (!(raw instanceof List<?> entries) || entries.isEmpty()) {
      throw new IllegalArgumentException("a list of one or more");
    }
    List<ComponentSpec> components = new ArrayList<>();
    for (Object entry : entries) {
      components.add(component(entry));
    }
    return List.copyOf(components);
  }

  private ComponentSpec component(Object raw) {
    return switch (raw) {
      case ComponentSpec made -> made;
      case String name -> read(name, Map.of());
      case Map<?, ?> map when map.size() == 1 -> {
        Map.Entry<?, ?> only = map.entrySet().iterator().next();
        Object settings = "".equals(only.getValue()) ? Map.of() : only.getValue();
        if (!(settings instanceof Map<?, ?> group)) {
          throw new IllegalArgumentException("a list of names with groups of settings");
        }
        Map<String, Object> keys = new TreeMap<>();
        group.forEach((key, value) -> keys.put(String.valueOf(key), value));
        yield read(String.valueOf(only.getKey()), keys);
      }
      default -> throw new IllegalArgumentException("a list of names, each with its settings");
    };
  }

  private ComponentSpec read(String name, Map<String, ?> settings) {
    try {
      return alternatives.get().spec(name, settings);
    } catch (InvalidSettingException e) {
      throw new InvalidSettingException(name + "." + e.key(), String.valueOf(e.getMessage()));
    }
  }
}
