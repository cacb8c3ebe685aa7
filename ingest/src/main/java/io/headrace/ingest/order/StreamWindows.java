package io.headrace.ingest.order;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import java.util.Iterator;
import java.util.Map;
import java.util.NavigableSet;
import java.util.NoSuchElementException;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The windows of all partitions of one reading, told what happens and asked what there is to give.
 * Not thread-safe.
 */
final class StreamWindows {
  /** What happens to a stream. */
  sealed interface Signal {
    /** Records came. */
    record Arrived(RecordChunk chunk) implements Signal {}

    /** Time has passed, or other partitions are held than before. */
    record Looked() implements Signal {}

    /** Nothing more will come. */
    record Ended() implements Signal {}
  }

  /** Given behind everything else, and by nobody to be used. */
  static final RecordChunk LAST = new RecordChunk(chunk -> {});

  private final int size;
  private final long seed;
  private final long lingerMillis;
  private final Positions from;
  private final Map<SourcePartition, NavigableSet<Long>> recorded;
  private final HeldPartitions held;
  private final ChunkPool pool;
  private final LongSupplier clockMillis;
  private final Map<SourcePartition, StreamWindow> windows = new TreeMap<>();

  /** The window that was told last that the source is caught up; null while it is not. */
  private @Nullable StreamWindow caughtUp;

  private boolean ended;

  /**
   * @param recorded cuts of an earlier run behind {@code from}
   */
  StreamWindows(
      int size,
      long seed,
      long lingerMillis,
      Positions from,
      Map<SourcePartition, NavigableSet<Long>> recorded,
      HeldPartitions held,
      ChunkPool pool,
      LongSupplier clockMillis) {
    this.size = size;
    this.seed = seed;
    this.lingerMillis = lingerMillis;
    this.from = from;
    this.recorded = recorded;
    this.held = held;
    this.pool = pool;
    this.clockMillis = clockMillis;
  }

  /** Takes note of a signal; gives what there is to give after it, as it is iterated. */
  Iterable<RecordChunk> on(Signal signal) {
    switch (signal) {
      case Signal.Arrived(RecordChunk chunk) -> {
        StreamWindow window =
            windows.computeIfAbsent(chunk.partition(), partition -> window(partition, chunk));
        caughtUp = chunk.caughtUp() ? window : null;
        window.add(chunk, clockMillis.getAsLong());
      }
      case Signal.Looked() -> {
        if (caughtUp != null) {
          long late = clockMillis.getAsLong() - lingerMillis;
          windows.values().forEach(window -> window.cutIfOlderThan(late));
        }
      }
      case Signal.Ended() -> ended = true;
    }
    return Given::new;
  }

  private StreamWindow window(SourcePartition partition, RecordChunk first) {
    NavigableSet<Long> cuts = WindowMarks.cuts(partition, from);
    cuts.addAll(recorded.getOrDefault(partition, new TreeSet<>()));
    OptionalLong known = from.of(partition);
    long settled = known.orElse(first.firstPosition());
    boolean begins =
        known.isEmpty()
            || (WindowMarks.startOf(settled, size, cuts) == settled
                && from.of(WindowMarks.end(partition)).orElse(settled) <= settled);
    return new StreamWindow(partition, size, seed, settled, cuts, begins, pool);
  }

  private @Nullable StreamWindow nextToGive() {
    for (StreamWindow window : windows.values()) {
      if (!held.isHeld(window.partition()) && window.hasNext()) {
        return window;
      }
    }
    return null;
  }

  private boolean nothingLeft() {
    return windows.values().stream().noneMatch(window -> window.hasNext() || window.holdsBack());
  }

  private final class Given implements Iterator<RecordChunk> {
    private @Nullable StreamWindow next;
    private boolean promised;

    /** What was promised is kept, although another thread may hold the partition meanwhile. */
    @Override
    public boolean hasNext() {
      if (!promised) {
        next = nextToGive();
        if (next == null && ended) {
          windows.values().forEach(window -> window.cutIfOlderThan(Long.MAX_VALUE));
          next = nextToGive();
        }
        promised = next != null || (nothingLeft() && (ended || caughtUp != null));
      }
      return promised;
    }

    @Override
    public RecordChunk next() {
      if (!hasNext()) {
        throw new NoSuchElementException();
      }
      promised = false;
      if (next != null) {
        return next.next();
      }
      StreamWindow quiet = caughtUp;
      if (quiet != null) {
        caughtUp = null;
        return quiet.caughtUp();
      }
      return LAST;
    }
  }
}
