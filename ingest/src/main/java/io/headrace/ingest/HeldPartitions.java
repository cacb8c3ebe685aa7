package io.headrace.ingest;

import io.headrace.engine.sample.SourcePartition;
import java.util.Set;

/**
 * Partitions of which nothing more is wanted for the moment, while others are. Thread-safe: the
 * receiver of a stream says which, and its source asks and is told of changes.
 */
public final class HeldPartitions {
  private volatile Set<SourcePartition> held = Set.of();
  private volatile Runnable listener = () -> {};

  /** Holds these and no others. */
  public void set(Set<SourcePartition> partitions) {
    if (!partitions.equals(held)) {
      held = Set.copyOf(partitions);
      listener.run();
    }
  }

  public boolean isHeld(SourcePartition partition) {
    return held.contains(partition);
  }

  public boolean isEmpty() {
    return held.isEmpty();
  }

  /**
   * Has {@code changed} run, on the thread of {@link #set}, when others are held than before,
   * behind what was to be run before.
   */
  public synchronized void listen(Runnable changed) {
    Runnable before = listener;
    listener =
        () -> {
          before.run();
          changed.run();
        };
  }
}
