package io.headrace.sink.journal;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.sink.BatchJournal.Run;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What a journal's segments, told one after the other, say happened behind one place in the stream.
 * A segment that begins at a batch in the middle of what was told replaces what follows it: that
 * part was undone and done otherwise. One that begins anywhere else leaves a gap, behind which
 * nothing is known until the place comes again. Not thread-safe.
 */
final class RecordedOrder {
  private final Positions from;
  private SortedMap<SourcePartition, Long> at = new TreeMap<>();
  private @Nullable List<List<Run>> behind;
  private boolean begun;
  private boolean passed;
  private @Nullable Positions gapFrom;
  private @Nullable Positions gapTo;

  RecordedOrder(Positions from) {
    this.from = from;
  }

  /** A segment begins. */
  void begin(Positions start) {
    if (behind != null && !start.next().equals(at)) {
      Positions before = new Positions(at);
      behind = upTo(start);
      if (behind == null) {
        gapFrom = before;
        gapTo = start;
      }
    }
    at = new TreeMap<>(start.next());
    begun = true;
    lookWhere();
  }

  /** Goes on with the next batch of the segment. */
  void add(List<Run> batch) {
    batch.forEach(run -> at.put(run.partition(), run.to()));
    if (behind != null) {
      behind.add(batch);
    }
    lookWhere();
  }

  private void lookWhere() {
    if (at.equals(from.next())) {
      behind = new ArrayList<>();
      passed = true;
    }
  }

  /** What was told up to {@code end}; null if no batch ended there. */
  private @Nullable List<List<Run>> upTo(Positions end) {
    List<List<Run>> told = behind == null ? List.of() : behind;
    var position = new TreeMap<>(from.next());
    int count = 0;
    while (!position.equals(end.next())) {
      if (count == told.size()) {
        return null;
      }
      told.get(count++).forEach(run -> position.put(run.partition(), run.to()));
    }
    return new ArrayList<>(told.subList(0, count));
  }

  /** Positions behind all that was told. */
  Positions at() {
    return new Positions(at);
  }

  boolean isAt(Positions place) {
    return begun && at.equals(place.next());
  }

  /** Batches behind the place, oldest first; null where it did not come, or a gap follows it. */
  @Nullable List<List<Run>> behind() {
    return behind;
  }

  /** Whether the place came at all. */
  boolean passed() {
    return passed;
  }

  /** Where the last gap behind the place begins. */
  @Nullable Positions gapFrom() {
    return gapFrom;
  }

  @Nullable Positions gapTo() {
    return gapTo;
  }
}
