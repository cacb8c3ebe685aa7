package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.ChunkCollector;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.SampleSourceContract;
import io.headrace.ingest.order.StreamShuffledSource;
import io.headrace.ingest.push.PushOutcome.Accepted;
import io.headrace.ingest.push.PushOutcome.Reason;
import io.headrace.ingest.push.PushOutcome.Refused;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import reactor.core.scheduler.Schedulers;

class PushSampleSourceTest extends SampleSourceContract {
  private static final int RECORDS = 600;
  private static final InstantSource CLOCK = InstantSource.fixed(Instant.ofEpochMilli(77));

  @TempDir private Path folder;

  private final List<Seen> expected = new ArrayList<>();
  private @Nullable PushSampleSource current;

  @BeforeEach
  void fill() throws IOException {
    try (SegmentLog log =
        SegmentLog.open(folder.resolve("full"), 1 << 19, new RememberedKeys(0), BlockSeal.NONE)) {
      for (int first = 0; first < RECORDS; first += 10) {
        String[] texts = new String[10];
        for (int i = 0; i < 10; i++) {
          texts[i] = "record " + (first + i) + " " + "x".repeat(2000);
          expected.add(new Seen(first + i, texts[i]));
        }
        log.commit(List.of(Requests.lines("", texts)));
      }
    }
  }

  @AfterEach
  void close() {
    if (current != null) {
      current.close();
    }
  }

  private PushSampleSource open(Path directory, long backlog, int request) {
    close();
    var place = new PushSettings.Segments(directory, 1 << 20);
    var settings = new PushSettings("jsonl", 0, place, backlog, request, 0, 100, 1 << 30);
    var source = new PushSampleSource(settings, place, CLOCK);
    current = source;
    return source;
  }

  @Override
  protected SampleSource source() {
    PushSampleSource endless = open(folder.resolve("full"), 1 << 20, 1 << 12);
    return from ->
        endless.chunks(from).takeUntil((RecordChunk chunk) -> chunk.nextPosition() == RECORDS);
  }

  @Override
  protected SortedMap<SourcePartition, List<Seen>> expected() {
    return new TreeMap<>(
        Map.of(PushSampleSource.PARTITION, Collections.unmodifiableList(expected)));
  }

  @Override
  protected int outstanding(SampleSource source) {
    return current == null ? 0 : current.chunksOutstanding();
  }

  private static PushOutcome push(PushSampleSource source, String body) {
    return push(source, body, Optional.empty());
  }

  private static PushOutcome push(PushSampleSource source, String body, Optional<String> key) {
    return source.push(body.getBytes(StandardCharsets.UTF_8), key).toCompletableFuture().join();
  }

  private static Reason reason(PushOutcome outcome) {
    return ((Refused) outcome).reason();
  }

  @Test
  void isShuffledInWindowsAndGoesOnWithinOne() {
    List<Long> whole = shuffled(Positions.START);
    for (int i = 0; i < RECORDS; i++) {
      assertThat(whole.get(i) / 100).isEqualTo(i / 100);
    }
    assertThat(whole).hasSize(RECORDS).doesNotHaveDuplicates();
    assertThat(whole).isNotEqualTo(whole.stream().sorted().toList());
    Positions within = Positions.of(Map.of(PushSampleSource.PARTITION, 255L));
    assertThat(shuffled(within)).isEqualTo(whole.subList(255, RECORDS));
  }

  private List<Long> shuffled(Positions from) {
    PushSampleSource endless = open(folder.resolve("full"), 1 << 20, 1 << 12);
    var source = new StreamShuffledSource(endless, 100, 1, 60_000, Schedulers.parallel());
    List<Long> positions = new ArrayList<>();
    source
        .chunks(from)
        .takeUntil(chunk -> chunk.nextPosition() == RECORDS)
        .toIterable(1)
        .forEach(
            chunk -> {
              for (int i = 0; i < chunk.count(); i++) {
                positions.add(chunk.position(i));
              }
              chunk.release();
            });
    return positions;
  }

  @Test
  void emitsWhatIsPushedWhenItIsDurable() {
    PushSampleSource source = open(folder.resolve("new"), 1 << 20, 1 << 12);
    List<String> found = Collections.synchronizedList(new ArrayList<>());
    var collector =
        new ChunkCollector(chunk -> records(chunk).forEach(record -> found.add(record.text())));
    source.chunks(Positions.START).subscribe(collector);
    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("caught up with nothing", () -> collector.caughtUpSignals() == 1);

    assertThat(push(source, "{\"a\":1}\r\n\n{\"a\":2}"))
        .isEqualTo(new Accepted("http-0", 0, 2, false));
    assertThat(push(source, "{\"a\":3}\n")).isEqualTo(new Accepted("http-0", 2, 3, false));

    ChunkCollector.await("three records", () -> found.size() == 3);
    assertThat(found).containsExactly("{\"a\":1}", "{\"a\":2}", "{\"a\":3}");
    ChunkCollector.await("caught up again", () -> collector.caughtUpSignals() >= 2);
    assertThat(source.status().position()).isEqualTo(3);
    assertThat(source.status().end()).isEqualTo(3);
    collector.cancel();
  }

  @Test
  void refusesWhatIsMoreThanMayWaitAndTakesItWhenThereIsRoom() {
    PushSampleSource source = open(folder.resolve("new"), 4096, 1024);
    var collector = new ChunkCollector(chunk -> {});
    source.chunks(Positions.START).subscribe(collector);
    String body = "x".repeat(1000);
    int accepted = 0;
    PushOutcome last = push(source, body);
    while (last instanceof Accepted) {
      accepted++;
      last = push(source, body);
    }
    assertThat(reason(last)).isEqualTo(Reason.FULL);
    assertThat(accepted).isEqualTo(3);
    assertThat(source.status().backlogBytes()).isBetween(3000L, 4096L);

    collector.ask(Long.MAX_VALUE);
    ChunkCollector.await("all read", () -> source.status().backlogBytes() == 0);
    assertThat(push(source, body)).isInstanceOf(Accepted.class);
    collector.cancel();
  }

  @Test
  void answersASecondTryAsTheFirstAlsoAfterARestart() {
    Path directory = folder.resolve("new");
    PushSampleSource source = open(directory, 1 << 20, 1 << 12);
    source.chunks(Positions.START).subscribe(new ChunkCollector(chunk -> {}));
    assertThat(push(source, "one", Optional.of("k")))
        .isEqualTo(new Accepted("http-0", 0, 1, false));
    assertThat(push(source, "one", Optional.of("k"))).isEqualTo(new Accepted("http-0", 0, 1, true));

    PushSampleSource restarted = open(directory, 1 << 20, 1 << 12);
    restarted.chunks(Positions.START).subscribe(new ChunkCollector(chunk -> {}));
    assertThat(push(restarted, "one", Optional.of("k")))
        .isEqualTo(new Accepted("http-0", 0, 1, true));
    assertThat(reason(push(restarted, "two", Optional.of("k")))).isEqualTo(Reason.KEY_REUSED);
    assertThat(push(restarted, "two", Optional.of("l")))
        .isEqualTo(new Accepted("http-0", 1, 2, false));
  }

  @Test
  void refusesWhatItCannotUse() {
    PushSampleSource source = open(folder.resolve("new"), 1 << 20, 1 << 10);
    assertThat(reason(push(source, "early"))).isEqualTo(Reason.UNAVAILABLE);
    source.chunks(Positions.START).subscribe(new ChunkCollector(chunk -> {}));

    assertThat(reason(push(source, ""))).isEqualTo(Reason.UNREADABLE);
    assertThat(reason(push(source, "\n\r\n"))).isEqualTo(Reason.UNREADABLE);
    assertThat(reason(push(source, "x".repeat(1025)))).isEqualTo(Reason.TOO_LARGE);
    assertThat(reason(push(source, "x", Optional.of("k".repeat(256)))))
        .isEqualTo(Reason.UNREADABLE);
    source.close();
    assertThat(reason(push(source, "late"))).isEqualTo(Reason.UNAVAILABLE);
    assertThat(source.status().end()).isZero();
  }

  @Test
  void saysWhenTheLogNoLongerHasWhatACheckpointGoesOnAt() throws IOException {
    PushSampleSource source = open(folder.resolve("full"), 1 << 22, 1 << 12);
    var all = new ChunkCollector(chunk -> {});
    source.chunks(Positions.START).subscribe(all);
    source.keepFrom(Positions.of(Map.of(PushSampleSource.PARTITION, 400L)));

    var behind = new ChunkCollector(chunk -> {});
    source.chunks(Positions.of(Map.of(PushSampleSource.PARTITION, 3L))).subscribe(behind);
    behind.ask(1);
    behind.awaitEnd();
    assertThat(behind.failure())
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("goes on at 3: what lies between was deleted");
  }
}
