package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.HeldPartitions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.sink.BatchJournal;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.journal.DirectoryBatchJournal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

/** Partitions that arrive in another order after a kill than before it. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class JournalRunTest {
  private static final int PARTITIONS = 4;
  private static final Ledger WHOLE = whole();

  @TempDir Path folder;

  private final List<String> alerts = new CopyOnWriteArrayList<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void makesTheSameBatchesAgain(long seed) {
    String before = killed(seed, journal());
    assertThat(resumed(seed + 100, journal())).as("seed %d", seed).isEqualTo(before);
    assertThat(alerts).isEmpty();
  }

  @Test
  void withoutItTheOrderIsLost() {
    String before = killed(1, BatchJournal.NONE);
    assertThat(resumed(101, BatchJournal.NONE)).isNotEqualTo(before);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void countsEveryRecordOnceWhereverTheJournalIsCutOff(long seed) throws IOException {
    killed(seed, journal());
    Path segment = DirectoryBatchJournal.files(folder).getLast();
    byte[] bytes = Files.readAllBytes(segment);
    Files.write(segment, Arrays.copyOf(bytes, new Random(seed).nextInt(bytes.length)));
    String again = killed(seed + 100, journal());
    assertThat(resumed(seed + 200, journal())).as("seed %d", seed).isEqualTo(again);
    assertThat(alerts).isEmpty();
  }

  @Test
  void goesOnWithoutRecordsThatAreGoneAndAlerts() {
    killed(1, journal());
    try (var second = fixture(store(), 101, journal())) {
      second.source(new ManyPartitions(PARTITIONS - 1, 500, 101));
      second.run();
      assertThat(second.trainer.ledger().entries()).hasSize(PARTITIONS);
      assertThat(alerts).singleElement().asString().contains("cannot be made again");
    }
  }

  /** What was lost is lost again, once, between the same rows. */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void makesTheSameBatchesAgainAroundWhatIsLost(long seed) {
    String before;
    var store = new TroubledStore(store()).refusing(2, 1_000);
    try (var first = fixture(store, seed, journal())) {
      first.source(new ManyPartitions(PARTITIONS, 1_000, seed, 500));
      TrainingRun run = first.start();
      assertThatThrownBy(run::await).hasMessageContaining("the disk is full");
      assertThat(run.status().ledger()).isEqualTo(without(100));
      before = first.trainer.parametersSha256();
    }
    try (var second = fixture(store(), seed + 100, journal())) {
      second.source(new ManyPartitions(PARTITIONS, 1_000, seed + 100, 500));
      assertThat(second.run().ledger()).as("seed %d", seed).isEqualTo(without(100));
      assertThat(second.trainer.parametersSha256()).as("seed %d", seed).isEqualTo(before);
    }
    assertThat(alerts).isEmpty();
  }

  @Test
  void countsWhatIsLostOnceThoughMoreIsWhenItIsResumed() {
    killed(1, journal());
    try (var second = fixture(store(), 101, journal())) {
      second.source(new ManyPartitions(PARTITIONS, 1_000, 101, 700));
      assertThat(second.run().ledger()).isEqualTo(without(300));
      assertThat(alerts).singleElement().asString().contains("cannot be made again");
    }
  }

  private static Ledger without(long lost) {
    var entries = new TreeMap<>(WHOLE.entries());
    entries.put(
        ManyPartitions.partition(0),
        new Ledger.Entry(1_000, 900 - lost * 9 / 10, 100 - lost / 10, 0, lost));
    return new Ledger(entries);
  }

  @Test
  void holdsPartitionsThatComeTooEarly() {
    String before = killed(1, journal());
    var source = new LastFirst(true);
    try (var second = fixture(store(), 1, journal())) {
      second.source(source);
      assertThat(second.run().ledger()).isEqualTo(WHOLE);
      assertThat(second.trainer.parametersSha256()).isEqualTo(before);
    }
    assertThat(source.emittedEarly.get())
        .as("blocks of the last partition at first")
        .isBetween(4, 40);
    assertThat(alerts).isEmpty();
  }

  @Test
  void givesTheOrderUpRatherThanItsMemory() {
    killed(1, journal());
    try (var second = fixture(store(), 1, journal())) {
      second.source(new LastFirst(false));
      assertThat(second.run().ledger()).isEqualTo(WHOLE);
    }
    assertThat(alerts)
        .singleElement()
        .asString()
        .contains("blocks of other partitions came before records of counted-");
  }

  /** The last partition first, then the one before, ten records a chunk. */
  private static final class LastFirst implements SampleSource {
    private final boolean holds;
    private final AtomicInteger emittedEarly = new AtomicInteger();

    LastFirst(boolean holds) {
      this.holds = holds;
    }

    @Override
    public Flux<RecordChunk> chunks(Positions from) {
      return chunks(from, new HeldPartitions());
    }

    @Override
    public Flux<RecordChunk> chunks(Positions from, HeldPartitions held) {
      long[] next = new long[PARTITIONS];
      for (int p = 0; p < PARTITIONS; p++) {
        next[p] = from.of(ManyPartitions.partition(p)).orElse(0);
      }
      boolean[] others = {false};
      return Flux.generate(
          sink -> {
            int last = -1;
            for (int p = 0; p < PARTITIONS; p++) {
              boolean free = !holds || !held.isHeld(ManyPartitions.partition(p));
              last = next[p] < 1_000 && (free || last < 0) ? p : last;
            }
            if (last < 0) {
              sink.complete();
              return;
            }
            others[0] |= last < PARTITIONS - 1;
            emittedEarly.addAndGet(others[0] ? 0 : 1);
            long end = Math.min(1_000, next[last] + 10);
            sink.next(ManyPartitions.chunk(last, next[last], end));
            next[last] = end;
          });
    }
  }

  @Test
  void trainsOnWhereTheJournalCannotBeWritten() {
    var nowhere =
        new DirectoryBatchJournal(
            folder.resolve("gone"), false, alerts::add, () -> Instant.EPOCH, BlockSeal.NONE);
    try (var fixture = fixture(store(), 1, nowhere)) {
      assertThat(fixture.run().ledger()).isEqualTo(WHOLE);
      assertThat(fixture.events(TrainEvent.Alert.class)).isEmpty();
    }
    assertThat(alerts).singleElement().asString().contains("gone", "could not be written");
  }

  /** Trains all, but only the first checkpoint is kept: what a kill at the very end leaves. */
  private String killed(long seed, BatchJournal journal) {
    var store = new TroubledStore(store()).refusing(2, 1_000);
    try (var first = fixture(store, seed, journal);
        journal) {
      TrainingRun run = first.start();
      assertThatThrownBy(run::await).hasMessageContaining("the disk is full");
      assertThat(run.status().ledger()).isEqualTo(WHOLE);
      return first.trainer.parametersSha256();
    }
  }

  private String resumed(long seed, BatchJournal journal) {
    try (var second = fixture(store(), seed, journal);
        journal) {
      assertThat(second.run().ledger()).isEqualTo(WHOLE);
      return second.trainer.parametersSha256();
    }
  }

  private RunFixture fixture(CheckpointStore store, long seed, BatchJournal journal) {
    var fixture = new RunFixture(store).source(new ManyPartitions(PARTITIONS, 1_000, seed));
    fixture.checkpointSamples = 200;
    fixture.journal = journal;
    return fixture;
  }

  private BatchJournal journal() {
    return new DirectoryBatchJournal(
        folder, false, alerts::add, InstantSource.system(), BlockSeal.NONE);
  }

  private CheckpointStore store() {
    return DirectoryCheckpointStore.forWriting(folder, 3);
  }

  private static Ledger whole() {
    var entries = new TreeMap<SourcePartition, Ledger.Entry>();
    for (int p = 0; p < PARTITIONS; p++) {
      entries.put(ManyPartitions.partition(p), new Ledger.Entry(1_000, 900, 100, 0));
    }
    return new Ledger(entries);
  }
}
