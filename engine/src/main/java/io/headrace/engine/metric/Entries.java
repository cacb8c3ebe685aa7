package io.headrace.engine.metric;

import java.util.SortedMap;
import java.util.TreeMap;

/** Named scores, without those that have no finite value. */
record Entries(SortedMap<String, Double> entries) {
  Entries() {
    this(new TreeMap<>());
  }

  Entries with(String name, double value) {
    if (Double.isFinite(value)) {
      entries.put(name, value);
    }
    return this;
  }
}
