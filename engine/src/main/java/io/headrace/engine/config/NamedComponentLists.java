package io.headrace.engine.config;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads a setting that holds several lists of components, each behind a name: {@code {text:
 * [embedding, lstm], numbers: [dense]}}. They come in the alphabetical order of their names, since
 * keys have no order that every writer of a job file keeps. Immutable.
 *
 * @param list reads each of them
 */
public record NamedComponentLists(ComponentList list)
    implements Function<Object, SortedMap<String, List<ComponentSpec>>> {

  @Override
  public SortedMap<String, List<ComponentSpec>> apply(Object raw) {
    if (!(raw instanceof Map<?, ?> given) || given.isEmpty()) {
      throw new IllegalArgumentException("a group of one or more names, each with a list");
    }
    var lists = new TreeMap<String, List<ComponentSpec>>();
    given.forEach((name, components) -> lists.put(name(name), list.apply(components)));
    return Collections.unmodifiableSortedMap(lists);
  }

  /** Names are parts of paths, whose parts a dot divides. */
  private static String name(Object raw) {
    String name = String.valueOf(raw);
    if (name.isBlank() || name.contains(".")) {
      throw new IllegalArgumentException("a group whose names have no dots");
    }
    return name;
  }
}
