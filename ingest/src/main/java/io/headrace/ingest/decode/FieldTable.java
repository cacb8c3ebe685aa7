package io.headrace.ingest.decode;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Where each field of a mapping goes: to slots of {@link FieldValues}, to vectors of inputs, or to
 * several of them. Label, weight and event time have slots of their own. Immutable.
 */
final class FieldTable {
  static final int LABEL = 0;
  static final int WEIGHT = 1;
  static final int EVENT_TIME = 2;

  /**
   * Where one field goes.
   *
   * @param slots of {@link FieldValues}
   * @param vectors indices of inputs that take the field as their vector
   */
  record Use(List<Integer> slots, List<Integer> vectors) {}

  private final Map<String, Use> uses = new LinkedHashMap<>();
  private final Map<String, Integer> features = new LinkedHashMap<>();
  private final Map<String, Integer> times = new LinkedHashMap<>();

  FieldTable(SampleMapping mapping) {
    if (!mapping.label().field().isEmpty()) {
      use(mapping.label().field()).slots().add(LABEL);
    }
    mapping.weightField().ifPresent(field -> use(field).slots().add(WEIGHT));
    mapping.eventTimeField().ifPresent(field -> use(field).slots().add(EVENT_TIME));
    for (int i = 0; i < mapping.inputs().size(); i++) {
      switch (mapping.inputs().get(i)) {
        case InputMapping.SparseFields sparse -> {
          sparse.fields().forEach(this::addFeature);
          sparse.dates().forEach(date -> add(date.field(), times));
        }
        case InputMapping.DenseFields dense -> dense.fields().forEach(this::addFeature);
        case InputMapping.DenseVector vector -> use(vector.field()).vectors().add(i);
        case InputMapping.Tokens tokens -> addFeature(tokens.field());
        case InputMapping.Image image -> use(image.field()).vectors().add(i);
      }
    }
  }

  private void addFeature(String field) {
    add(field, features);
  }

  private void add(String field, Map<String, Integer> kind) {
    if (!kind.containsKey(field)) {
      int slot = slots();
      kind.put(field, slot);
      use(field).slots().add(slot);
    }
  }

  private Use use(String field) {
    return uses.computeIfAbsent(field, f -> new Use(new ArrayList<>(), new ArrayList<>()));
  }

  /** Every field in use, by its name. */
  Map<String, Use> uses() {
    return uses;
  }

  /** The slot of a field that feeds sparse or dense features. */
  int featureSlot(String field) {
    Integer slot = features.get(field);
    if (slot == null) {
      throw new IllegalArgumentException(field + " is no feature");
    }
    return slot;
  }

  /** The slot of a field that is taken as a time, whatever unit it was written in. */
  int timeSlot(String field) {
    Integer slot = times.get(field);
    if (slot == null) {
      throw new IllegalArgumentException(field + " is no time");
    }
    return slot;
  }

  /** Whether a slot takes times as {@link #EVENT_TIME} does, in milliseconds. */
  boolean isTime(int slot) {
    return slot == EVENT_TIME || times.containsValue(slot);
  }

  int slots() {
    return EVENT_TIME + 1 + features.size() + times.size();
  }
}
