package io.headrace.pipeline;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where each partition was begun, in whichever run of a model's life that was, and what of it was
 * left to other members of a group. With the ledger's next positions these are the ranges that a
 * checkpoint was made from. Thread-safe.
 */
public final class FirstPositions {
  static final String FIRST = "first-positions";
  static final String PASSED_OVER = "passed-over-positions";

  /**
   * Positions of a partition that are in another model.
   *
   * @param to just past the last of them
   */
  public record Range(long from, long to) {}

  private final SortedMap<SourcePartition, Long> first = new TreeMap<>();
  private final SortedMap<SourcePartition, List<Range>> passedOver = new TreeMap<>();
  private final Set<SourcePartition> begun;

  /**
   * Goes on with what an earlier run knew.
   *
   * @param values of the checkpoint that the run goes on from; empty without one
   * @param restored its ledger: partitions in it were begun before
   */
  FirstPositions(Map<String, String> values, Ledger restored) {
    first.putAll(parse(values).next());
    passedOver.putAll(passedOver(values));
    begun = new HashSet<>(restored.entries().keySet());
  }

  /** Of a checkpoint; without partitions that were begun by versions that did not note it. */
  public static Positions of(Checkpoint checkpoint) {
    return parse(checkpoint.values());
  }

  /** What of each partition, between its first and its next position, is not in a checkpoint. */
  public static SortedMap<SourcePartition, List<Range>> passedOver(Checkpoint checkpoint) {
    return passedOver(checkpoint.values());
  }

  synchronized void add(RecordChunk chunk) {
    if (begun.add(chunk.partition())) {
      first.put(chunk.partition(), chunk.firstPosition());
    }
  }

  /** Where a partition was begun; empty if it was not, as far as known. */
  synchronized OptionalLong begunAt(SourcePartition partition) {
    Long position = first.get(partition);
    return position == null ? OptionalLong.empty() : OptionalLong.of(position);
  }

  /** Takes note that another model has a range, before a chunk comes from behind it. */
  synchronized void passOver(SourcePartition partition, long from, long to) {
    List<Range> ranges = passedOver.computeIfAbsent(partition, p -> new ArrayList<>());
    if (!ranges.isEmpty() && ranges.getLast().to() >= to) {
      return; // it was said before, and no chunk came from behind it
    }
    if (!ranges.isEmpty() && ranges.getLast().to() == from) {
      ranges.add(new Range(ranges.removeLast().from(), to));
    } else {
      ranges.add(new Range(from, to));
    }
  }

  /** {@code values} of a checkpoint, with the first positions of the partitions in its ledger. */
  synchronized Map<String, String> addTo(Map<String, String> values, Ledger ledger) {
    var begins = new StringBuilder();
    first.forEach(
        (at, position) -> {
          if (ledger.entries().containsKey(at)) {
            begins.append(position).append(' ').append(name(at)).append('\n');
          }
        });
    var ranges = new StringBuilder();
    passedOver.forEach(
        (at, passed) -> {
          Ledger.Entry entry = ledger.entries().get(at);
          for (Range range : passed) {
            if (entry != null && entry.nextPosition() >= range.to()) { // else nothing lies behind
              ranges.append(range.from()).append(' ').append(range.to()).append(' ');
              ranges.append(name(at)).append('\n');
            }
          }
        });
    var all = new TreeMap<>(values);
    all.put(FIRST, begins.toString());
    if (!ranges.isEmpty()) {
      all.put(PASSED_OVER, ranges.toString());
    }
    return all;
  }

  /** The source last, because it may hold spaces. */
  private static String name(SourcePartition at) {
    return at.partition() + " " + at.source();
  }

  private static Positions parse(Map<String, String> values) {
    var positions = new TreeMap<SourcePartition, Long>();
    for (String line : values.getOrDefault(FIRST, "").lines().toList()) {
      String[] words = line.split(" ", 3);
      positions.put(
          new SourcePartition(words[2], Integer.parseInt(words[1])), Long.parseLong(words[0]));
    }
    return new Positions(positions);
  }

  private static SortedMap<SourcePartition, List<Range>> passedOver(Map<String, String> values) {
    var ranges = new TreeMap<SourcePartition, List<Range>>();
    for (String line : values.getOrDefault(PASSED_OVER, "").lines().toList()) {
      String[] words = line.split(" ", 4);
      ranges
          .computeIfAbsent(
              new SourcePartition(words[3], Integer.parseInt(words[2])), p -> new ArrayList<>())
          .add(new Range(Long.parseLong(words[0]), Long.parseLong(words[1])));
    }
    return ranges;
  }
}
