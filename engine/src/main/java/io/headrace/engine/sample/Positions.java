package io.headrace.engine.sample;

import java.util.Collections;
import java.util.Map;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where to go on reading: for each source partition the position of the next record. Immutable.
 *
 * @param next offset in a topic, record number in a file
 */
public record Positions(SortedMap<SourcePartition, Long> next) {
  public static final Positions START = new Positions(Collections.emptySortedMap());

  public Positions {
    next = Collections.unmodifiableSortedMap(new TreeMap<>(next));
  }

  public static Positions of(Map<SourcePartition, Long> next) {
    return new Positions(new TreeMap<>(next));
  }

  /** The next position of {@code partition}; empty where nothing of it was read yet. */
  public OptionalLong of(SourcePartition partition) {
    Long position = next.get(partition);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }
}
