package io.headrace.pipeline.job;

import io.headrace.engine.config.Setting;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A value of the job file and its place. Scalars keep their text as it was written: what reads them
 * knows which type it wants, so that a class called {@code no} or {@code 01} stays what it is.
 * Immutable.
 */
sealed interface YamlNode {
  Place place();

  /** What it is, for a sentence: "a list". */
  String kind();

  /** A single value. */
  record Scalar(String text, Place place) implements YamlNode {
    @Override
    public String kind() {
      return "'" + text + "'";
    }
  }

  /** Nothing behind the key, or {@code null}. */
  record Absent(Place place) implements YamlNode {
    @Override
    public String kind() {
      return "empty";
    }
  }

  /** A list. */
  record Items(List<YamlNode> nodes, Place place) implements YamlNode {
    public Items {
      nodes = List.copyOf(nodes);
    }

    @Override
    public String kind() {
      return "a list";
    }
  }

  /** Keys and their values, in the order of the file. */
  record Group(Map<String, Entry> entries, Place place) implements YamlNode {
    public Group {
      entries = Collections.unmodifiableMap(new LinkedHashMap<>(entries));
    }

    static Group empty(Place place) {
      return new Group(Map.of(), place);
    }

    @Override
    public String kind() {
      return "a group of keys";
    }

    /** The value of {@code key}, unless it is absent or empty. */
    Optional<YamlNode> value(String key) {
      return Optional.ofNullable(entries.get(key))
          .map(Entry::value)
          .filter(value -> !(value instanceof Absent));
    }

    /** Where {@code key} stands, or the group where it does not. */
    Place placeOf(String key) {
      Entry entry = entries.get(key);
      if (entry != null) {
        return entry.place();
      }
      int dot = key.indexOf('.');
      return dot > 0 ? placeInside(key.substring(0, dot), key.substring(dot + 1)) : place;
    }

    private Place placeInside(String outer, String rest) {
      Entry entry = entries.get(outer);
      if (entry == null) {
        return place;
      }
      boolean has = entry.value() instanceof Group group && group.entries().containsKey(rest);
      return has ? ((Group) entry.value()).placeOf(rest) : entry.place();
    }

    /** The same group with only the keys of {@code settings}. */
    Group only(List<Setting<?>> settings) {
      var kept = new LinkedHashMap<>(entries);
      kept.keySet().retainAll(settings.stream().map(Setting::name).toList());
      return new Group(kept, place);
    }

    /** The same group with {@code key} set to {@code value}. */
    Group with(String key, YamlNode value) {
      var changed = new LinkedHashMap<>(entries);
      changed.put(key, new Entry(value.place(), value));
      return new Group(changed, place);
    }
  }

  /**
   * A value behind its key.
   *
   * @param place of the key
   */
  record Entry(Place place, YamlNode value) {}

  /**
   * The bare value, as settings read it: text, a list or a map of such. Empty values inside lists
   * and maps are empty text.
   */
  static Object raw(YamlNode node) {
    return switch (node) {
      case Scalar scalar -> scalar.text();
      case Absent absent -> "";
      case Items items -> items.nodes().stream().map(YamlNode::raw).toList();
      case Group group -> {
        var values = new LinkedHashMap<String, Object>();
        group.entries().forEach((key, entry) -> values.put(key, raw(entry.value())));
        yield values;
      }
    };
  }
}
