package io.headrace.pipeline.batch;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.sink.BatchJournal.Run;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The batches that a run before this one made, to be made again. Not thread-safe. */
final class JournalledOrder {
  /** What became of a run when a part of it was poured. */
  enum Progress {
    RUN_GOES_ON,
    RUN_DONE,
    BATCH_DONE,
    DIFFERS
  }

  private final Deque<List<Run>> batches;
  private final SortedMap<SourcePartition, Long> at;
  private int next;
  private @Nullable Run left;

  /**
   * @param at positions before the first batch
   */
  JournalledOrder(List<List<Run>> batches, Positions at) {
    this.batches = new ArrayDeque<>(batches);
    this.at = new TreeMap<>(at.next());
  }

  /** All of the batches that are left, one after the other. */
  List<Run> runs() {
    return batches.stream().flatMap(List::stream).toList();
  }

  boolean isOver() {
    return batches.isEmpty();
  }

  /** What is to be put into the open batch next; only while it is not over. */
  Run run() {
    if (left == null) {
      left = batches.element().get(next);
    }
    return left;
  }

  Progress poured(Run part) {
    Run before = run();
    left =
        new Run(
            before.partition(),
            before.to(),
            before.rows() - part.rows(),
            before.rejected() - part.rejected(),
            before.filtered() - part.filtered());
    if (part.to() < before.to()) {
      return Progress.RUN_GOES_ON;
    }
    if (left.rows() != 0 || left.rejected() != 0 || left.filtered() != 0) {
      return Progress.DIFFERS;
    }
    left = null;
    next++;
    if (next < batches.element().size()) {
      return Progress.RUN_DONE;
    }
    batches.remove().forEach(run -> at.put(run.partition(), run.to()));
    next = 0;
    return Progress.BATCH_DONE;
  }

  /**
   * Forgets what has not been made again.
   *
   * @return positions behind the last batch that was
   */
  Positions abandon() {
    batches.clear();
    left = null;
    return new Positions(at);
  }
}
