package io.headrace.ingest.order;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import java.util.Map;
import java.util.NavigableSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Where the windows of a stream begin and end. They begin at the multiples of their size, and where
 * a window was cut short the next begins there: such cuts are kept as positions of two partitions
 * beside the stream's own, {@code topic:window-start} and {@code topic:window-end}, which have no
 * records. So checkpoints, ledger and batch journal hold them like every other position. Stateless.
 */
final class WindowMarks {
  private static final String START = ":window-start";
  private static final String END = ":window-end";

  private WindowMarks() {}

  /** Holds where the window began that was cut last, if it did not begin at a multiple. */
  static SourcePartition start(SourcePartition of) {
    return new SourcePartition(of.source() + START, of.partition());
  }

  /** Holds where a window was cut last. */
  static SourcePartition end(SourcePartition of) {
    return new SourcePartition(of.source() + END, of.partition());
  }

  static boolean isMark(SourcePartition partition) {
    return partition.source().endsWith(START) || partition.source().endsWith(END);
  }

  /** The partition that a mark is of. */
  static SourcePartition of(SourcePartition mark) {
    String source = mark.source();
    return new SourcePartition(source.substring(0, source.lastIndexOf(':')), mark.partition());
  }

  /** The cuts that are known of a partition. */
  static NavigableSet<Long> cuts(SourcePartition partition, Positions positions) {
    var cuts = new TreeSet<Long>();
    positions.of(start(partition)).ifPresent(cuts::add);
    positions.of(end(partition)).ifPresent(cuts::add);
    return cuts;
  }

  /** Where the window begins that {@code position} lies in. */
  static long startOf(long position, int size, NavigableSet<Long> cuts) {
    Long cut = cuts.floor(position);
    long multiple = position - position % size;
    return cut == null ? multiple : Math.max(cut, multiple);
  }

  /** Where the window ends that begins at {@code start}. */
  static long endOf(long start, int size, NavigableSet<Long> cuts) {
    Long cut = cuts.higher(start);
    long multiple = start - start % size + size;
    return cut == null ? multiple : Math.min(cut, multiple);
  }

  /** Where reading has to begin to go on from {@code positions}: at the starts of windows. */
  static Positions starts(Positions positions, int size) {
    Map<SourcePartition, Long> starts = new TreeMap<>();
    positions
        .next()
        .forEach(
            (partition, position) -> {
              if (!isMark(partition)) {
                starts.put(partition, startOf(position, size, cuts(partition, positions)));
              }
            });
    return Positions.of(starts);
  }
}
