package io.headrace.ingest.decode;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The fields of an object that somebody uses, by name, with the objects within it. Immutable once
 * built.
 */
final class JsonFields {
  private static final int[] NONE = {};

  private final Map<String, JsonFields> children = new HashMap<>();
  private final String path;
  private int[] slots = NONE;
  private int[] vectors = NONE;

  private JsonFields(String path) {
    this.path = path;
  }

  /** The tree of all fields in {@code table}, whose dots lead downwards. */
  static JsonFields of(FieldTable table) {
    var root = new JsonFields("");
    table
        .uses()
        .forEach(
            (path, use) -> {
              JsonFields node = root;
              for (String name : path.split("\\.", -1)) {
                String childPath = node.path.isEmpty() ? name : node.path + "." + name;
                node = node.children.computeIfAbsent(name, n -> new JsonFields(childPath));
              }
              node.slots = use.slots().stream().mapToInt(Integer::intValue).toArray();
              node.vectors = use.vectors().stream().mapToInt(Integer::intValue).toArray();
            });
    return root;
  }

  @Nullable JsonFields child(String name) {
    return children.get(name);
  }

  boolean hasChildren() {
    return !children.isEmpty();
  }

  String path() {
    return path;
  }

  int[] slots() {
    return slots;
  }

  int[] vectors() {
    return vectors;
  }
}
