package io.headrace.engine.sample;

import java.util.Collections;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.ToLongFunction;

/**
 * What became of every record up to the next position of each partition: trained, rejected or
 * filtered, nothing else; and how many positions the source no longer had when they were due.
 * Immutable.
 */
public record Ledger(SortedMap<SourcePartition, Entry> entries) {
  public static final Ledger EMPTY = new Ledger(Collections.emptySortedMap());

  /**
   * One partition's account.
   *
   * @param nextPosition position just past the last record counted here
   * @param lost positions that were deleted at the source before they were read, and passed over
   */
  public record Entry(long nextPosition, long trained, long rejected, long filtered, long lost) {
    /** The account of a partition that lost nothing. */
    public Entry(long nextPosition, long trained, long rejected, long filtered) {
      this(nextPosition, trained, rejected, filtered, 0);
    }

    /** Records read and settled. */
    public long read() {
      return trained + rejected + filtered;
    }
  }

  public Ledger {
    entries = Collections.unmodifiableSortedMap(new TreeMap<>(entries));
  }

  public Positions positions() {
    var next = new TreeMap<SourcePartition, Long>();
    entries.forEach((partition, entry) -> next.put(partition, entry.nextPosition()));
    return new Positions(next);
  }

  public long read() {
    return sum(Entry::read);
  }

  public long trained() {
    return sum(Entry::trained);
  }

  public long rejected() {
    return sum(Entry::rejected);
  }

  public long filtered() {
    return sum(Entry::filtered);
  }

  public long lost() {
    return sum(Entry::lost);
  }

  private long sum(ToLongFunction<Entry> part) {
    return entries.values().stream().mapToLong(part).sum();
  }
}
