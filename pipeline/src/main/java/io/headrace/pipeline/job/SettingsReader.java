package io.headrace.pipeline.job;

import io.headrace.engine.config.ComponentList;
import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.config.NamedComponentLists;
import io.headrace.engine.config.Setting;
import io.headrace.engine.config.SettingGroup;
import io.headrace.engine.config.Settings;
import io.headrace.engine.config.Suggestion;
import io.headrace.engine.config.Variant;
import io.headrace.engine.config.Variants;
import io.headrace.engine.error.InvalidSettingException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Reads groups of settings and components against what they declare, and notes every fault with its
 * path and line. Not thread-safe.
 */
final class SettingsReader {
  private final Problems problems;

  SettingsReader(Problems problems) {
    this.problems = problems;
  }

  /** The settings of the group at {@code path}; empty where something is wrong with them. */
  Optional<Settings> settings(List<Setting<?>> declared, String path, YamlNode.Group group) {
    List<String> names = declared.stream().map(Setting::name).toList();
    boolean sound = knownKeysOnly(names, path, group);
    Map<String, Object> raw = new HashMap<>();
    for (Setting<?> setting : declared) {
      sound &= check(setting, path, group, raw);
    }
    return sound ? Optional.of(Settings.of(declared, raw)) : Optional.empty();
  }

  /** Whether {@code group} has no other keys than {@code names}; notes those it has. */
  boolean knownKeysOnly(List<String> names, String path, YamlNode.Group group) {
    boolean sound = true;
    for (Map.Entry<String, YamlNode.Entry> entry : group.entries().entrySet()) {
      if (!names.contains(entry.getKey())) {
        String at = path.isEmpty() ? entry.getKey() : path + "." + entry.getKey();
        problems.add(at, Suggestion.unknownKey(entry.getKey(), names), entry.getValue().place());
        sound = false;
      }
    }
    return sound;
  }

  private boolean check(
      Setting<?> setting, String path, YamlNode.Group group, Map<String, Object> raw) {
    String at = path.isEmpty() ? setting.name() : path + "." + setting.name();
    Optional<YamlNode> given = group.value(setting.name());
    if (given.isEmpty()) {
      if (setting.defaultValue() == null && !setting.optional()) {
        problems.add(
            at,
            "is missing. Add it (" + setting.type() + "): " + setting.doc(),
            group.placeOf(setting.name()));
        return false;
      }
      return true;
    }
    if (!soundInside(setting, at, given.get())) {
      return false;
    }
    Object value = YamlNode.raw(given.get());
    try {
      setting.read(value);
    } catch (InvalidSettingException e) {
      noteValue(at, value, String.valueOf(e.getMessage()), given.get().place());
      return false;
    }
    raw.put(setting.name(), value);
    return true;
  }

  /** Whether every component in the lists that a setting holds is; notes what is wrong. */
  private boolean soundInside(Setting<?> setting, String path, YamlNode given) {
    if (setting.reader() instanceof ComponentList list && given instanceof YamlNode.Items items) {
      return sound(list, path, items);
    }
    if (setting.reader() instanceof SettingGroup<?> group) {
      return sound(group, setting.name(), path, given);
    }
    boolean sound = true;
    if (setting.reader() instanceof NamedComponentLists lists
        && given instanceof YamlNode.Group group) {
      for (Map.Entry<String, YamlNode.Entry> entry : group.entries().entrySet()) {
        if (entry.getValue().value() instanceof YamlNode.Items items) {
          sound &= sound(lists.list(), path + "." + entry.getKey(), items);
        }
      }
    }
    return sound;
  }

  /** Whether a group of settings inside a component is; notes what is wrong with it. */
  private boolean sound(SettingGroup<?> group, String name, String path, YamlNode given) {
    if (!(given instanceof YamlNode.Group keys)) {
      problems.add( // which does not repeat the value: it may hold a secret
          path,
          "is a single value or a list, not a group of keys. Write %s: {%s: ...}."
              .formatted(name, group.declared().getFirst().name()),
          given.place());
      return false;
    }
    Optional<Settings> read = settings(group.declared(), path, keys);
    try {
      return read.map(group.create()).isPresent();
    } catch (InvalidSettingException e) {
      problems.add(path, e, keys);
      return false;
    }
  }

  /** Whether every component of a list inside a component is; notes what is wrong with each. */
  private boolean sound(ComponentList list, String path, YamlNode.Items items) {
    boolean sound = true;
    for (int i = 0; i < items.nodes().size(); i++) {
      sound &=
          component(list.alternatives().get(), path + "." + i, items.nodes().get(i)).isPresent();
    }
    return sound;
  }

  /** The group behind {@code key}; noted and empty where it is missing or something else. */
  Optional<YamlNode.Group> group(String path, String key, YamlNode.Group outer) {
    Optional<YamlNode> node = outer.value(key);
    if (node.isEmpty()) {
      problems.add(path, "is missing. Add it with its keys inside.", outer.placeOf(key));
      return Optional.empty();
    }
    if (!(node.get() instanceof YamlNode.Group group)) {
      problems.add(
          path,
          "is " + node.get().kind() + ", not a group of keys. Write " + key + ": {key: value}.",
          outer.placeOf(key));
      return Optional.empty();
    }
    return Optional.of(new YamlNode.Group(group.entries(), outer.placeOf(key)));
  }

  /** The settings of a component that stands behind its key, for messages about them. */
  static YamlNode.Group inside(YamlNode.Entry entry) {
    return entry.value() instanceof YamlNode.Group group
            && group.entries().size() == 1
            && group.entries().values().iterator().next().value() instanceof YamlNode.Group inner
        ? inner
        : YamlNode.Group.empty(entry.place());
  }

  private void noteValue(String path, Object value, String message, Place place) {
    String text = String.valueOf(value);
    // A value may contain a full stop: only what follows it is searched for the sentence's end.
    if (message.startsWith(text)) {
      problems.add(path, text, message.substring(text.length()), place);
    } else {
      problems.add(path, message, place);
    }
  }

  /**
   * The component at {@code path}: a bare word, or one name with a group of settings. It is made
   * once, and dropped, to see that its settings fit together.
   */
  <T> Optional<ComponentSpec> component(Variants<T> variants, String path, YamlNode node) {
    return switch (node) {
      case YamlNode.Scalar word ->
          component(variants, path, word.text(), YamlNode.Group.empty(word.place()), word.place());
      case YamlNode.Group group when group.entries().size() == 1 -> {
        Map.Entry<String, YamlNode.Entry> only = group.entries().entrySet().iterator().next();
        yield named(variants, path, only.getKey(), only.getValue());
      }
      case YamlNode.Group group when !group.entries().isEmpty() -> {
        severalNames(variants, path, group);
        yield Optional.empty();
      }
      default -> {
        problems.add(
            path,
            "is " + node.kind() + ", not a " + variants.kind() + ". " + known(variants),
            node.place());
        yield Optional.empty();
      }
    };
  }

  private <T> Optional<ComponentSpec> named(
      Variants<T> variants, String path, String name, YamlNode.Entry entry) {
    return switch (entry.value()) {
      case YamlNode.Group group -> component(variants, path, name, group, entry.place());
      case YamlNode.Absent absent ->
          component(variants, path, name, YamlNode.Group.empty(entry.place()), entry.place());
      default -> {
        problems.add(
            path + "." + name,
            "is "
                + entry.value().kind()
                + ", not a group of settings. Write "
                + name
                + ": {key: value}.",
            entry.place());
        yield Optional.empty();
      }
    };
  }

  private <T> Optional<ComponentSpec> component(
      Variants<T> variants, String path, String name, YamlNode.Group group, Place place) {
    Variant<T> variant;
    try {
      variant = variants.named(name);
    } catch (InvalidSettingException e) {
      problems.add(path, "'" + name + "' ", String.valueOf(e.getMessage()), place);
      return Optional.empty();
    }
    var placed = new YamlNode.Group(group.entries(), place);
    return settings(variant.settings(), path + "." + name, placed)
        .filter(settings -> fitsTogether(variant, settings, path + "." + name, placed))
        .map(settings -> new ComponentSpec(name, settings));
  }

  private <T> boolean fitsTogether(
      Variant<T> variant, Settings settings, String path, YamlNode.Group group) {
    try {
      T made = variant.create().apply(settings);
      return made != null;
    } catch (InvalidSettingException e) {
      problems.add(path, e, group);
      return false;
    }
  }

  private void severalNames(Variants<?> variants, String path, YamlNode.Group group) {
    List<String> keys = new ArrayList<>(group.entries().keySet());
    YamlNode.Entry first = group.entries().values().iterator().next();
    if (first.value() instanceof YamlNode.Absent) {
      problems.add(
          path,
          "'%s' stands beside '%s', not inside it. Indent it further."
              .formatted(keys.get(1), keys.getFirst()),
          group.placeOf(keys.get(1)));
      return;
    }
    problems.add(
        path,
        "names %s, but takes one %s. Remove the others."
            .formatted(String.join(" and ", keys), variants.kind()),
        group.placeOf(keys.get(1)));
  }

  private static String known(Variants<?> variants) {
    return "Known: " + String.join(", ", variants.all().stream().map(Variant::name).toList()) + ".";
  }
}
