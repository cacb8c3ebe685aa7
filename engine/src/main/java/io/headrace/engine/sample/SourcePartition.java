package io.headrace.engine.sample;

import java.util.Comparator;

/**
 * A part of a source whose records have an order: a partition of a topic, or a file (partition 0).
 *
 * @param source the topic's name or the file's path as the job gives it
 */
public record SourcePartition(String source, int partition) implements Comparable<SourcePartition> {
  private static final Comparator<SourcePartition> ORDER =
      Comparator.comparing(SourcePartition::source).thenComparingInt(SourcePartition::partition);

  @Override
  public int compareTo(SourcePartition other) {
    return ORDER.compare(this, other);
  }

  @Override
  public String toString() {
    return source + "-" + partition;
  }
}
