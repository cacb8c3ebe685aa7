package io.headrace.ingest;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What every source keeps to. A subclass gives a finite source of a few hundred records in several
 * chunks, in each partition's order.
 */
public abstract class SampleSourceContract {
  /** A record as the contract compares it. */
  public record Seen(long position, String text) {}

  /** A source that completes when {@link #expected} were given. */
  protected abstract SampleSource source();

  /** Every record that the source holds. */
  protected abstract SortedMap<SourcePartition, List<Seen>> expected();

  /** Chunks that the source of this test has given out and not got back. */
  protected abstract int outstanding(SampleSource source);

  /** The records of a chunk; those of a run have to be read by the subclass. */
  protected List<Seen> records(RecordChunk chunk) {
    List<Seen> records = new ArrayList<>();
    for (int i = 0; i < chunk.count(); i++) {
      int start = chunk.start(i);
      var text = new String(chunk.bytes(), start, chunk.end(i) - start, StandardCharsets.UTF_8);
      records.add(new Seen(chunk.position(i), text));
    }
    return records;
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5})
  void givesTheSameRecordsForAnyDemandAndNeverMoreThanRequested(long seed) {
    var random = new Random(seed);
    var found = new TreeMap<SourcePartition, List<Seen>>();
    var collector = new ChunkCollector(chunk -> collect(chunk, found));
    SampleSource source = source();
    source.chunks(Positions.START).subscribe(collector);
    long asked = 0;
    while (!collector.completed() && asked < 100_000) {
      int next = 1 + random.nextInt(4);
      asked += next;
      collector.ask(next);
      long wanted = asked;
      ChunkCollector.await(
          "chunk " + wanted,
          () ->
              collector.completed()
                  || collector.failure() != null
                  || collector.received() == wanted);
      assertThat(collector.failure()).as("seed %s", seed).isNull();
    }
    assertThat(collector.breaches()).as("seed %s", seed).isEmpty();
    assertThat(found).as("seed %s", seed).isEqualTo(expected());
    assertThat(outstanding(source)).isZero();
  }

  @Test
  void givesEverythingForDemandWithoutBound() {
    assertThat(read(Positions.START)).isEqualTo(expected());
  }

  @Test
  void resumesFromEveryPosition() {
    SourcePartition partition = expected().firstKey();
    List<Seen> all = expected().getOrDefault(partition, List.of());
    Map<SourcePartition, Long> ends = new TreeMap<>();
    expected().forEach((p, records) -> ends.put(p, records.getLast().position() + 1));
    int step = Math.max(1, all.size() / 25);
    for (int i = 0; i < all.size(); i += step) {
      ends.put(partition, all.get(i).position());
      SortedMap<SourcePartition, List<Seen>> rest = read(Positions.of(ends));
      assertThat(rest)
          .as("from position %s", all.get(i).position())
          .isEqualTo(new TreeMap<>(Map.of(partition, all.subList(i, all.size()))));
    }
  }

  @Test
  void everyChunksNextPositionIsWhereReadingGoesOn() {
    List<Positions> stops = new ArrayList<>();
    var upTo = new TreeMap<SourcePartition, Long>();
    var found = new TreeMap<SourcePartition, List<Seen>>();
    List<Map<SourcePartition, List<Seen>>> before = new ArrayList<>();
    run(
        Positions.START,
        chunk -> {
          collect(chunk, found);
          upTo.put(chunk.partition(), chunk.nextPosition());
          stops.add(Positions.of(upTo));
          before.add(copy(found));
        });
    for (int i = 0; i < stops.size(); i += Math.max(1, stops.size() / 8)) {
      SortedMap<SourcePartition, List<Seen>> whole = copy(before.get(i));
      read(stops.get(i))
          .forEach((p, rest) -> whole.computeIfAbsent(p, x -> new ArrayList<>()).addAll(rest));
      assertThat(whole).as("stopped at %s", stops.get(i)).isEqualTo(expected());
    }
  }

  @Test
  void cancellingInTheMiddleEndsItAndLeavesNothingBehind() {
    SampleSource source = source();
    var collector = new ChunkCollector(chunk -> {});
    source.chunks(Positions.START).subscribe(collector);
    collector.ask(1);
    ChunkCollector.await("the first chunk", () -> collector.received() == 1);
    collector.cancel();
    collector.ask(5);
    assertThat(collector.received()).isEqualTo(1);
    assertThat(collector.completed()).isFalse();
    ChunkCollector.await("chunks given back", () -> outstanding(source) == 0);
    assertThat(read(Positions.START)).isEqualTo(expected());
  }

  private SortedMap<SourcePartition, List<Seen>> read(Positions from) {
    var found = new TreeMap<SourcePartition, List<Seen>>();
    run(from, chunk -> collect(chunk, found));
    return found;
  }

  private void run(Positions from, java.util.function.Consumer<RecordChunk> onChunk) {
    var collector = new ChunkCollector(onChunk);
    source().chunks(from).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
    collector.awaitEnd();
    assertThat(collector.failure()).isNull();
  }

  private void collect(RecordChunk chunk, Map<SourcePartition, List<Seen>> into) {
    List<Seen> records = records(chunk);
    if (!records.isEmpty()) {
      into.computeIfAbsent(chunk.partition(), p -> new ArrayList<>()).addAll(records);
    }
  }

  private static SortedMap<SourcePartition, List<Seen>> copy(
      Map<SourcePartition, List<Seen>> found) {
    var copy = new TreeMap<SourcePartition, List<Seen>>();
    found.forEach((p, records) -> copy.put(p, new ArrayList<>(records)));
    return copy;
  }

  /** Expected records with positions counted from 0. */
  protected static List<Seen> numbered(List<String> texts) {
    List<Seen> seen = new ArrayList<>();
    for (String text : texts) {
      seen.add(new Seen(seen.size(), text));
    }
    return Collections.unmodifiableList(seen);
  }
}
