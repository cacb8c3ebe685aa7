package io.headrace.ingest.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.ChunkPool;
import io.headrace.ingest.Envelope;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.BaseSubscriber;
import reactor.core.publisher.Flux;
import reactor.core.publisher.Sinks;
import reactor.test.scheduler.VirtualTimeScheduler;

class StreamShuffledSourceTest {
  private static final long LINGER = 1_000;
  private static final SourcePartition P0 = new SourcePartition("topic", 0);
  private static final SourcePartition P1 = new SourcePartition("topic", 1);

  private final VirtualTimeScheduler clock = VirtualTimeScheduler.create();

  /** Every third record comes with nothing. */
  private static Envelope envelope(long offset) {
    return offset % 3 == 0
        ? Envelope.NONE
        : new Envelope(
            ByteBuffer.wrap(("key " + offset).getBytes(StandardCharsets.UTF_8)),
            List.of(new Envelope.Header("trace", null)));
  }

  /** A log of records at offsets, gaps between them, read in chunks of any size. */
  private static final class Log implements SampleSource {
    final Map<SourcePartition, List<Long>> offsets = new TreeMap<>();
    final ChunkPool pool = new ChunkPool();
    final Random random = new Random(7);
    Flux<RecordChunk> live = Flux.empty();
    Positions kept = Positions.START;

    @Override
    public void keepFrom(Positions oldest) {
      kept = oldest;
    }

    Log with(SourcePartition partition, long first, int count, int gapsPercent, long seed) {
      var gaps = new Random(seed);
      List<Long> all = written(partition);
      for (long at = first; all.size() < count; at++) {
        if (gaps.nextInt(100) >= gapsPercent) {
          all.add(at);
        }
      }
      return this;
    }

    List<Long> written(SourcePartition partition) {
      return offsets.computeIfAbsent(partition, p -> new ArrayList<>());
    }

    @Override
    public Flux<RecordChunk> chunks(Positions from) {
      return Flux.fromIterable(offsets.keySet())
          .concatMap(p -> Flux.fromIterable(chunks(p, from.of(p).orElse(0))))
          .concatWith(live);
    }

    private List<RecordChunk> chunks(SourcePartition partition, long from) {
      List<Long> wanted = written(partition).stream().filter(at -> at >= from).toList();
      List<RecordChunk> chunks = new ArrayList<>();
      for (int i = 0; i < wanted.size(); ) {
        int count = Math.min(1 + random.nextInt(40), wanted.size() - i);
        chunks.add(chunk(partition, wanted.subList(i, i + count)));
        i += count;
      }
      return chunks;
    }

    RecordChunk chunk(SourcePartition partition, List<Long> at) {
      RecordChunk chunk = pool.take();
      chunk.start(partition, at.isEmpty() ? 0 : at.getFirst());
      for (long offset : at) {
        byte[] text = (partition.partition() + ":" + offset).getBytes(StandardCharsets.UTF_8);
        chunk.add(text, 0, text.length, offset, 0);
      }
      List<Long> keys = List.copyOf(at);
      chunk.envelopes(i -> envelope(keys.get(i)));
      return chunk;
    }

    RecordChunk quiet(SourcePartition partition, long next) {
      RecordChunk chunk = pool.take();
      chunk.start(partition, next);
      chunk.markCaughtUp();
      return chunk;
    }
  }

  /** What was given, and the positions after each record, marks included. */
  private static class Given extends BaseSubscriber<RecordChunk> {
    final List<String> records = new ArrayList<>();
    final List<Positions> settled = new ArrayList<>();
    final List<String> marks = new ArrayList<>();
    final Map<SourcePartition, Long> next;
    int caughtUp;
    long lost;
    boolean completed;
    @Nullable Throwable failure;

    Given(Positions from) {
      next = new HashMap<>(from.next());
    }

    @Override
    protected void hookOnNext(RecordChunk chunk) {
      for (int i = 0; i < chunk.count(); i++) {
        String text =
            new String(
                chunk.bytes(),
                chunk.start(i),
                chunk.end(i) - chunk.start(i),
                StandardCharsets.UTF_8);
        assertThat(text).isEqualTo(chunk.partition().partition() + ":" + chunk.position(i));
        assertThat(chunk.envelope(i)).isEqualTo(envelope(chunk.position(i)));
        records.add(text);
        long after = chunk.firstPosition() + i + 1;
        boolean last = i == chunk.count() - 1;
        next.put(chunk.partition(), last ? chunk.nextPosition() : after);
        settled.add(Positions.of(next));
      }
      if (chunk.count() == 0) {
        long before = next.getOrDefault(chunk.partition(), 0L);
        assertThat(chunk.nextPosition()).isGreaterThanOrEqualTo(before);
        next.put(chunk.partition(), chunk.nextPosition());
        if (WindowMarks.isMark(chunk.partition())) {
          marks.add(chunk.partition() + "=" + chunk.nextPosition());
        } else if (!settled.isEmpty()) {
          settled.set(settled.size() - 1, Positions.of(next));
        }
      }
      caughtUp += chunk.caughtUp() ? 1 : 0;
      lost += chunk.lost();
      chunk.release();
    }

    @Override
    protected void hookOnComplete() {
      completed = true;
    }

    @Override
    protected void hookOnError(Throwable throwable) {
      failure = throwable;
    }

    Given whole() {
      assertThat(failure).isNull();
      assertThat(completed).isTrue();
      return this;
    }

    List<Long> offsets(SourcePartition partition) {
      String prefix = partition.partition() + ":";
      return records.stream()
          .filter(record -> record.startsWith(prefix))
          .map(record -> Long.parseLong(record.substring(prefix.length())))
          .toList();
    }
  }

  private StreamShuffledSource shuffled(SampleSource source, int window) {
    return new StreamShuffledSource(source, window, 3, LINGER, clock);
  }

  private Given read(SampleSource source, int window, Positions from) {
    var given = new Given(from);
    shuffled(source, window).chunks(from).subscribe(given);
    return given;
  }

  @ParameterizedTest(name = "window of {0}")
  @ValueSource(ints = {1, 7, 64, 250, 1_000, 100_000})
  void givesEveryRecordOnceAndWithinItsWindow(int window) {
    Log log = new Log().with(P0, 0, 300, 0, 1).with(P1, 1_003, 200, 30, 2);
    Given given = read(log, window, Positions.START).whole();

    for (SourcePartition partition : List.of(P0, P1)) {
      List<Long> found = given.offsets(partition);
      List<Long> written = log.written(partition);
      assertThat(found).containsExactlyInAnyOrderElementsOf(written);
      for (int i = 0; i < found.size(); i++) {
        assertThat(found.get(i) / window).isEqualTo(written.get(i) / window);
      }
      assertThat(given.next.get(partition)).isEqualTo(written.getLast() + 1);
    }
    if (window >= 64) {
      assertThat(given.offsets(P0)).isNotEqualTo(log.written(P0));
    }
    assertThat(log.pool.outstanding()).isZero();
  }

  @Test
  void theOrderOfAWindowIsThatOfItsStartAloneHoweverItIsRead() {
    Log all = new Log().with(P0, 0, 400, 20, 1);
    List<Long> whole = read(all, 64, Positions.START).whole().offsets(P0);
    Log again = new Log().with(P0, 0, 400, 20, 1);
    again.random.setSeed(99);
    assertThat(read(again, 64, Positions.START).whole().offsets(P0)).isEqualTo(whole);
    assertThat(read(again, 64, Positions.of(Map.of(P0, 128L))).whole().offsets(P0))
        .isEqualTo(whole.stream().filter(at -> at >= 128).toList());
    var other = new Given(Positions.START);
    new StreamShuffledSource(again, 64, 4, LINGER, clock).chunks(Positions.START).subscribe(other);
    assertThat(other.offsets(P0)).isNotEqualTo(whole);
  }

  @ParameterizedTest(name = "window of {0}")
  @ValueSource(ints = {1, 7, 64, 250, 1_000})
  void goesOnFromEveryPositionAsIfNothingHadHappened(int window) {
    Log log = new Log().with(P0, 1_005, 250, 25, 1);
    Given whole = read(log, window, Positions.START).whole();

    for (int i = 0; i < whole.records.size(); i++) {
      Given rest = read(log, window, whole.settled.get(i)).whole();
      assertThat(rest.records)
          .as("behind record %d", i)
          .isEqualTo(whole.records.subList(i + 1, whole.records.size()));
      assertThat(rest.next).as("behind record %d", i).isEqualTo(whole.next);
    }
  }

  /** A stream that goes quiet now and then, at a time of nobody's choice. */
  private Given lingering(Sinks.Many<RecordChunk> live, Log log, int window, long seed) {
    var given = new Given(Positions.START);
    log.live = live.asFlux();
    shuffled(log, window).chunks(Positions.START).subscribe(given);
    var random = new Random(seed);
    long[] at = {0, 50};
    for (int burst = 0; burst < 40; burst++) {
      SourcePartition partition = random.nextBoolean() ? P0 : P1;
      List<Long> offsets = new ArrayList<>();
      for (int i = 0; i < 1 + random.nextInt(30); i++) {
        long offset = at[partition.partition()] + (random.nextInt(5) == 0 ? 2 : 0);
        offsets.add(offset);
        at[partition.partition()] = offset + 1;
      }
      log.written(partition).addAll(offsets);
      live.tryEmitNext(log.chunk(partition, offsets)).orThrow();
      live.tryEmitNext(log.quiet(partition, at[partition.partition()])).orThrow();
      if (random.nextInt(3) == 0) {
        clock.advanceTimeBy(Duration.ofMillis(LINGER / 2 + random.nextInt(2_000)));
      }
    }
    live.tryEmitComplete().orThrow();
    log.live = Flux.empty();
    return given.whole();
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void cutsAWindowShortWhenTheStreamGoesQuietAndRepeatsTheCutsWhenItGoesOn(long seed) {
    Log log = new Log();
    int window = 64;
    Given whole = lingering(Sinks.many().unicast().onBackpressureBuffer(), log, window, seed);
    assertThat(whole.marks).as("cuts, seed %d", seed).hasSizeGreaterThan(4);
    for (SourcePartition partition : List.of(P0, P1)) {
      assertThat(whole.offsets(partition))
          .containsExactlyInAnyOrderElementsOf(log.written(partition));
    }

    for (int i = 0; i < whole.records.size(); i++) {
      Positions from = whole.settled.get(i);
      var source = shuffled(log, window);
      // What a journal has: every position after those, the marks among them.
      for (Positions later : whole.settled.subList(i, whole.settled.size())) {
        later.next().forEach(source::recorded);
      }
      whole.next.forEach(source::recorded);
      var rest = new Given(from);
      source.chunks(from).subscribe(rest);
      rest.whole();
      for (SourcePartition partition : List.of(P0, P1)) {
        String prefix = partition.partition() + ":";
        assertThat(rest.records.stream().filter(record -> record.startsWith(prefix)))
            .as("behind record %d, seed %d", i, seed)
            .isEqualTo(
                whole.records.subList(i + 1, whole.records.size()).stream()
                    .filter(record -> record.startsWith(prefix))
                    .toList());
      }
    }
  }

  @Test
  void aRecordWaitsNoLongerThanItsTimeAndOnlyThenIsTheSourceSaidToBeCaughtUp() {
    Log log = new Log();
    Sinks.Many<RecordChunk> live = Sinks.many().unicast().onBackpressureBuffer();
    log.live = live.asFlux();
    var given = new Given(Positions.START);
    shuffled(log, 100).chunks(Positions.START).subscribe(given);
    live.tryEmitNext(log.chunk(P0, List.of(0L, 1L, 2L))).orThrow();
    clock.advanceTimeBy(Duration.ofMillis(5 * LINGER));
    assertThat(given.records).as("not caught up: more is on its way").isEmpty();
    live.tryEmitNext(log.quiet(P0, 3)).orThrow();
    assertThat(given.caughtUp).isZero();
    clock.advanceTimeBy(Duration.ofMillis(LINGER / 2));
    assertThat(given.offsets(P0)).containsExactlyInAnyOrder(0L, 1L, 2L);
    assertThat(given.caughtUp).isOne();
    assertThat(given.marks).containsExactly(WindowMarks.end(P0) + "=3");

    live.tryEmitNext(log.chunk(P0, List.of(3L))).orThrow();
    live.tryEmitNext(log.quiet(P0, 4)).orThrow();
    clock.advanceTimeBy(Duration.ofMillis(LINGER / 2));
    assertThat(given.records).hasSize(3);
    clock.advanceTimeBy(Duration.ofMillis(LINGER));
    assertThat(given.records).hasSize(4);
    assertThat(given.next)
        .isEqualTo(Map.of(P0, 4L, WindowMarks.end(P0), 4L, WindowMarks.start(P0), 3L));
    assertThat(given.caughtUp).isEqualTo(2);
    given.cancel();
  }

  @Test
  void givesOtherPartitionsWhileOneIsHeld() {
    Log log = new Log().with(P0, 0, 100, 0, 1).with(P1, 0, 100, 0, 2);
    var held = new HeldPartitions();
    held.set(Set.of(P0));
    var given = new Given(Positions.START);
    shuffled(log, 10).chunks(Positions.START, held).subscribe(given);
    assertThat(given.offsets(P0)).isEmpty();
    assertThat(given.offsets(P1)).hasSize(100);
    assertThat(given.completed).isFalse();
    held.set(Set.of());
    assertThat(given.offsets(P0)).hasSize(100);
    given.whole();
  }

  @Test
  void aPartitionThatIsHeldAfterItsTurnWasPromisedIsGivenOnceMore() {
    Log log = new Log().with(P0, 0, 30, 0, 1);
    var held = new HeldPartitions();
    var windows =
        new StreamWindows(10, 1, LINGER, Positions.START, Map.of(), held, log.pool, () -> 0L);
    var given =
        windows.on(new StreamWindows.Signal.Arrived(log.chunk(P0, log.written(P0)))).iterator();
    assertThat(given.hasNext()).isTrue();
    held.set(Set.of(P0));
    assertThat(given.next().count()).isEqualTo(10);
    assertThat(given.hasNext()).isFalse();
  }

  @Test
  void asksTheSourceForNoMoreThanItHasRoomFor() {
    Log log = new Log().with(P0, 0, 2_000, 0, 1);
    var given =
        new Given(Positions.START) {
          @Override
          protected void hookOnSubscribe(org.reactivestreams.Subscription subscription) {}
        };
    shuffled(log, 10).chunks(Positions.START).subscribe(given);
    given.request(1);
    assertThat(given.records).hasSize(10);
    given.request(2);
    assertThat(given.records).hasSize(30);
    given.cancel();
  }

  @Test
  void whatIsLeftOfAWindowIsLostIfRecordsOfItAreGoneBeforeAResume() {
    Log log = new Log();
    RecordChunk gone = log.chunk(P0, List.of());
    gone.start(P0, 5);
    gone.lose(5);
    log.live = Flux.just(gone, log.chunk(P0, List.of(5L, 6L, 7L, 8L, 9L, 10L, 11L)));
    Given given = read(log, 10, Positions.of(Map.of(P0, 3L))).whole();
    assertThat(given.lost).isEqualTo(7);
    assertThat(given.offsets(P0)).containsExactlyInAnyOrder(10L, 11L);
    assertThat(given.next.get(P0)).isEqualTo(12);
  }

  @Test
  void recordsThatAreLostBetweenOthersAreCountedAndTheOthersGiven() {
    Log log = new Log();
    RecordChunk gone = log.chunk(P0, List.of());
    gone.start(P0, 17);
    gone.lose(14);
    log.live =
        Flux.just(log.chunk(P0, List.of(0L, 1L, 2L)), gone, log.chunk(P0, List.of(17L, 18L)));
    Given given = read(log, 10, Positions.START).whole();
    assertThat(given.lost).isEqualTo(14);
    assertThat(given.offsets(P0)).containsExactlyInAnyOrder(0L, 1L, 2L, 17L, 18L);
    assertThat(given.next.get(P0)).isEqualTo(19);
  }

  @Test
  void saysThatAWindowHasFewerRecordsThanWereCounted() {
    Log log = new Log().with(P0, 0, 12, 0, 1);
    log.written(P0).removeIf(at -> at > 2 && at < 9);
    Given given = read(log, 10, Positions.of(Map.of(P0, 7L)));
    assertThat(given.failure)
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("from 0 to 10 has 4 records, but the checkpoint has counted 7");
  }

  @Test
  void theSourceKeepsWhatWindowsAreReadAgainFrom() {
    Log log = new Log();
    shuffled(log, 10)
        .keepFrom(
            Positions.of(
                Map.of(P0, 27L, P1, 38L, WindowMarks.end(P1), 36L, WindowMarks.start(P1), 33L)));
    assertThat(log.kept).isEqualTo(Positions.of(Map.of(P0, 20L, P1, 36L)));
  }
}
