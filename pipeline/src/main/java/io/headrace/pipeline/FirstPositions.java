package io.headrace.pipeline;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Where each partition was begun, in whichever run of a model's life that was. With the ledger's
 * next positions these are the ranges that a checkpoint was made from. Thread-safe.
 */
public final class FirstPositions {
  /** Value of a checkpoint that holds them. */
  public static final String VALUE = "first-positions";

  private final SortedMap<SourcePartition, Long> first = new TreeMap<>();
  private final Set<SourcePartition> begun;

  /**
   * Goes on with what an earlier run knew.
   *
   * @param values of the checkpoint that the run goes on from; empty without one
   * @param restored its ledger: partitions in it were begun before
   */
  FirstPositions(Map<String, String> values, Ledger restored) {
    first.putAll(parse(values).next());
    begun = new HashSet<>(restored.entries().keySet());
  }

  /** Of a checkpoint; without partitions that were begun by versions that did not note it. */
  public static Positions of(Checkpoint checkpoint) {
    return parse(checkpoint.values());
  }

  synchronized void add(RecordChunk chunk) {
    if (begun.add(chunk.partition())) {
      first.put(chunk.partition(), chunk.firstPosition());
    }
  }

  /** {@code values} of a checkpoint, with the first positions of the partitions in its ledger. */
  synchronized Map<String, String> addTo(Map<String, String> values, Ledger ledger) {
    var text = new StringBuilder();
    first.forEach(
        (at, position) -> {
          if (ledger.entries().containsKey(at)) {
            text.append(position).append(' ').append(at.partition()).append(' ');
            text.append(at.source()).append('\n'); // last, because it may hold spaces
          }
        });
    var all = new TreeMap<>(values);
    all.put(VALUE, text.toString());
    return all;
  }

  private static Positions parse(Map<String, String> values) {
    var positions = new TreeMap<SourcePartition, Long>();
    for (String line : values.getOrDefault(VALUE, "").lines().toList()) {
      String[] words = line.split(" ", 3);
      positions.put(
          new SourcePartition(words[2], Integer.parseInt(words[1])), Long.parseLong(words[0]));
    }
    return new Positions(positions);
  }
}
