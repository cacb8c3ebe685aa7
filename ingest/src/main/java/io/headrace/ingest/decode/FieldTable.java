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

  FieldTable(SampleMapping mapping) {
    if (!mapping.label().field().isEmpty()) {
      use(mapping.label().field()).slots().add(LABEL);
    }
    mapping.weightField().ifPresent(field -> use(field).slots().add(WEIGHT));
    mapping.eventTimeField().ifPresent(field -> use(field).slots().add(EVENT_TIME));
    for (int i = 0; i < mapping.inputs().size(); i++) {
      switch (mapping.inputs().get(i)) {
        case InputMapping.SparseFields sparse -> sparse.fields().forEach(this::addFeature);
        case InputMapping.DenseFields dense -> dense.fields().forEach(this::addFeature);
        case InputMapping.DenseVector vector -> use(vector.field()).vectors().add(i);
        case InputMapping.Tokens tokens -> addFeature(tokens.field());
        case InputMapping.Image image -> use(image.field()).vectors().add(i);
      }
    }
  }

  private void addFeature(String field) {
    if (!features.containsKey(field)) {
      int slot = EVENT_TIME + 1 + features.size();
      features.put(field, slot);
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

  int slots() {
    return EVENT_TIME + 1 + features.size();
  }
}
