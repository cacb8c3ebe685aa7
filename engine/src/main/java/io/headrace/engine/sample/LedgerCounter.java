package io.headrace.engine.sample;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;

/**
 * A ledger while it is being written: a few partitions, added up without allocation once each has
 * been seen. Not thread-safe.
 */
public final class LedgerCounter {
  private static final int NEXT = 0;
  private static final int TRAINED = 1;
  private static final int REJECTED = 2;
  private static final int FILTERED = 3;
  private static final int LOST = 4;

  private final List<SourcePartition> partitions = new ArrayList<>();

  /** Beside {@link #partitions}; may be longer, for {@link #clear} keeps what was allocated. */
  private final List<long[]> counts = new ArrayList<>();

  /** Counts records of one partition, all of them before {@code nextPosition}. */
  public void add(
      SourcePartition partition, long nextPosition, long trained, long rejected, long filtered) {
    long[] entry = entry(partition);
    entry[NEXT] = nextPosition;
    entry[TRAINED] += trained;
    entry[REJECTED] += rejected;
    entry[FILTERED] += filtered;
  }

  /** Counts positions of one partition that are gone, all of them before its next position. */
  public void addLost(SourcePartition partition, long lost) {
    entry(partition)[LOST] += lost;
  }

  /** Adds all that {@code later} counted, which lies behind what is here. */
  public void add(LedgerCounter later) {
    for (int i = 0; i < later.partitions.size(); i++) {
      SourcePartition partition = later.partitions.get(i);
      long[] entry = later.counts.get(i);
      add(partition, entry[NEXT], entry[TRAINED], entry[REJECTED], entry[FILTERED]);
      addLost(partition, entry[LOST]);
    }
  }

  /** Adds all that {@code later} counted, its trained records as rejected ones. */
  public void addRejected(LedgerCounter later) {
    for (int i = 0; i < later.partitions.size(); i++) {
      SourcePartition partition = later.partitions.get(i);
      long[] entry = later.counts.get(i);
      long rejected = entry[TRAINED] + entry[REJECTED];
      add(partition, entry[NEXT], 0, rejected, entry[FILTERED]);
      addLost(partition, entry[LOST]);
    }
  }

  /** Counts one record of {@code partition} as rejected that was counted as trained. */
  public void rejectOneTrained(SourcePartition partition) {
    long[] entry = entry(partition);
    entry[TRAINED]--;
    entry[REJECTED]++;
  }

  /** Counts what was trained since {@code before} as rejected. */
  public void rejectTrainedSince(Ledger before) {
    for (SourcePartition partition : partitions) {
      long[] entry = entry(partition);
      Ledger.Entry was = before.entries().get(partition);
      long trained = was == null ? 0 : was.trained();
      entry[REJECTED] += entry[TRAINED] - trained;
      entry[TRAINED] = trained;
    }
  }

  /** Starts again from {@code ledger}. */
  public void reset(Ledger ledger) {
    clear();
    ledger
        .entries()
        .forEach(
            (p, e) -> {
              add(p, e.nextPosition(), e.trained(), e.rejected(), e.filtered());
              addLost(p, e.lost());
            });
  }

  /** Forgets everything, and keeps the memory for the partitions to come. */
  public void clear() {
    partitions.clear();
  }

  public boolean isEmpty() {
    return partitions.isEmpty();
  }

  /** The last epoch that any partition was read in; 0 where there is none. */
  public long lastEpoch() {
    long last = 0;
    for (int i = 0; i < partitions.size(); i++) {
      last = Math.max(last, EpochPosition.epoch(counts.get(i)[NEXT]));
    }
    return last;
  }

  public Ledger ledger() {
    var entries = new TreeMap<SourcePartition, Ledger.Entry>();
    for (int i = 0; i < partitions.size(); i++) {
      long[] e = counts.get(i);
      entries.put(
          partitions.get(i),
          new Ledger.Entry(e[NEXT], e[TRAINED], e[REJECTED], e[FILTERED], e[LOST]));
    }
    return new Ledger(entries);
  }

  private long[] entry(SourcePartition partition) {
    int index = partitions.indexOf(partition);
    if (index >= 0) {
      return counts.get(index);
    }
    int added = partitions.size();
    partitions.add(partition);
    if (added == counts.size()) {
      counts.add(new long[5]);
    }
    long[] entry = counts.get(added);
    Arrays.fill(entry, 0);
    return entry;
  }
}
