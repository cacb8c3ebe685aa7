package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import reactor.core.publisher.Flux;

@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class TrainingRunTest {
  private static final Ledger WHOLE =
      new Ledger(
          new TreeMap<>(Map.of(CountedRecords.PARTITION, new Ledger.Entry(1_000, 900, 100, 0))));

  @TempDir Path folder;

  @Test
  void accountsForEveryRecord() {
    try (var fixture = new RunFixture(store("a"))) {
      var source = new CountedRecords(1_000, 37);
      TrainingStatus status = fixture.source(source).run();

      assertThat(status.state()).isEqualTo(State.COMPLETED);
      assertThat(status.ledger()).isEqualTo(WHOLE).isEqualTo(fixture.trainer.ledger());
      assertThat(status.recordsRead()).isEqualTo(1_000);
      assertThat(status.recordsInFlight()).isZero();
      assertThat(status.steps()).isEqualTo(57);
      assertThat(status.rejectionsByReason()).isEqualTo(Map.of("malformed", 100L));
      assertThat(fixture.letters).hasSize(100);
      assertThat(source.chunksOut()).hasValue(0);
      assertThat(fixture.store.newest().orElseThrow().ledger()).isEqualTo(WHOLE);
    }
  }

  @Test
  void waitsForTheEndNoLongerThanAsked() throws InterruptedException {
    try (var fixture = new RunFixture(store("a"));
        TrainingRun run = TrainingRun.start(fixture.plan(), true)) {
      assertThat(run.awaitEnd(Duration.ofMillis(1))).isFalse();
      run.stop();
      assertThat(run.awaitEnd(Duration.ofMinutes(1))).isTrue();
      assertThat(run.status().state()).isEqualTo(State.STOPPED);
    }
  }

  @Test
  void takesMetricsAndCheckpointsAtNumbersOfSamples() {
    try (var fixture = new RunFixture(store("a"))) {
      TrainingStatus status = fixture.run();
      var metrics = fixture.events(TrainEvent.MetricsTaken.class);
      assertThat(metrics)
          .extracting(taken -> taken.metrics().ledger().trained())
          .startsWith(112L, 208L, 304L)
          .endsWith(900L);
      assertThat(status.metrics()).isEqualTo(metrics.getLast().metrics());
      assertThat(fixture.committed).isNotEmpty();
      assertThat(fixture.committed.getLast().of(CountedRecords.PARTITION)).hasValue(1_000);
      assertThat(fixture.flushes.get()).isEqualTo(fixture.committed.size());
      assertThat(fixture.events(TrainEvent.CheckpointWritten.class))
          .hasSameSizeAs(fixture.committed);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 4})
  void learnsTheSameWhateverTheThreadsAndChunks(int threads) {
    try (var fixture = new RunFixture(store("b"))) {
      fixture.decoderThreads = threads;
      fixture.source(new CountedRecords(1_000, 5 * threads)).run();
      assertThat(fixture.trainer.parametersSha256()).isEqualTo(uninterrupted());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 100, 401, 899})
  void goesOnAfterAStopAsIfNothingHadHappened(long samples) {
    try (var first = new RunFixture(store("b"));
        var second = new RunFixture(store("b"))) {
      first.stopAfterSamples = OptionalLong.of(samples);
      TrainingStatus stopped = first.run();
      assertThat(stopped.ledger().trained())
          .isEqualTo(Math.min(900, Math.ceilDiv(samples, 16) * 16));
      assertThat(second.run().ledger()).isEqualTo(WHOLE);
      assertThat(second.trainer.parametersSha256()).isEqualTo(uninterrupted());
    }
  }

  @Test
  void stopFromOutsideDrainsTheRingAndLeavesACheckpoint() throws InterruptedException {
    var store = store("b");
    try (var first = new RunFixture(store);
        var second = new RunFixture(store)) {
      var started = new CountDownLatch(5);
      first.afterStep = _ -> started.countDown();
      try (TrainingRun run = first.source(new CountedRecords(1_000_000, 37)).start()) {
        started.await();
        run.stop();
        TrainingStatus status = run.await();
        assertThat(status.state()).isEqualTo(State.STOPPED);
        assertThat(status.ledger().trained() % RunFixture.BATCH).isZero();
        assertThat(store.newest().orElseThrow().ledger()).isEqualTo(status.ledger());
      }
      second.source(new CountedRecords(2_000, 11)).run();
      assertThat(second.trainer.ledger().read()).isGreaterThanOrEqualTo(2_000);
    }
  }

  /** What a kill leaves behind: a checkpoint, and nothing of the work after it. */
  @ParameterizedTest
  @ValueSource(longs = {16, 48, 200, 500})
  void losesNothingButWorkWhenKilled(long checkpointSamples) {
    var store = store("b");
    try (var killed = new RunFixture(new TroubledStore(store).refusing(2, 1_000));
        var second = new RunFixture(store)) {
      killed.checkpointSamples = checkpointSamples;
      TrainingRun run = killed.start();
      assertThatThrownBy(run::await).hasMessageContaining("the disk is full");
      assertThat(store.newest().orElseThrow().ledger().trained()).isLessThan(900);
      assertThat(second.run().ledger()).isEqualTo(WHOLE);
      assertThat(second.trainer.parametersSha256()).isEqualTo(uninterrupted());
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void goesOnFromTheCheckpointBeforeADamagedOneAndAlerts(long seed) throws IOException {
    var store = store("b");
    try (var first = new RunFixture(store);
        var second = new RunFixture(store)) {
      first.stopAfterSamples = OptionalLong.of(500);
      first.run();
      Path newest = folder.resolve("b").resolve(store.list().getLast().name());
      damage(newest, new Random(seed));
      assertThat(second.run().ledger()).isEqualTo(WHOLE);
      assertThat(second.trainer.parametersSha256()).isEqualTo(uninterrupted());
      assertThat(second.events(TrainEvent.Alert.class))
          .as("seed %d", seed)
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.code()).isEqualTo("checkpoint-damaged");
                assertThat(alert.message()).contains(newest.toString(), "the checkpoint before");
              });
    }
  }

  /** Cut off, or one bit changed, anywhere. */
  private static void damage(Path file, Random random) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int at = random.nextInt(bytes.length);
    if (random.nextBoolean()) {
      bytes = Arrays.copyOf(bytes, at);
    } else {
      bytes[at] ^= (byte) (1 << random.nextInt(8));
    }
    Files.write(file, bytes);
  }

  @Test
  void goesOnTrainingWhenACheckpointFailsAndTriesAgainLater() {
    var store = new TroubledStore(store("a")).refusing(1, 1);
    try (var fixture = new RunFixture(store)) {
      fixture.afterStep =
          _ -> {
            if (!fixture.events(TrainEvent.Alert.class).isEmpty()) {
              fixture.nowMillis.addAndGet(500);
            }
          };
      TrainingStatus status = fixture.run();
      assertThat(status.ledger()).isEqualTo(WHOLE);
      assertThat(status.checkpointFailures()).isEqualTo(1);
      assertThat(fixture.events(TrainEvent.Alert.class))
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.code()).isEqualTo("checkpoint-failed");
                assertThat(alert.message()).contains("the disk is full", "next try in 1000 ms");
              });
      assertThat(store.newest().orElseThrow().ledger()).isEqualTo(WHOLE);
    }
  }

  @Test
  void putsACheckpointOffWhileTheOneBeforeIsBeingWritten() {
    var gate = new CountDownLatch(1);
    var store = new TroubledStore(store("a")).gate(gate);
    try (var fixture = new RunFixture(store)) {
      fixture.afterStep =
          step -> {
            if (step.step() == 50) {
              gate.countDown();
            }
          };
      TrainingStatus status = fixture.run();
      assertThat(status.checkpointsPutOff()).isBetween(2L, 3L);
      assertThat(store.newest().orElseThrow().ledger()).isEqualTo(WHOLE);
    }
  }

  @Test
  void failedCommitIsAnAlertAndNothingMore() {
    try (var fixture = new RunFixture(store("a"))) {
      fixture.afterCheckpoint =
          _ -> {
            throw new IllegalStateException("no broker");
          };
      assertThat(fixture.run().state()).isEqualTo(State.COMPLETED);
      assertThat(fixture.events(TrainEvent.Alert.class))
          .isNotEmpty()
          .allMatch(alert -> alert.code().equals("commit-failed"));
    }
  }

  @Test
  void goesOnWhereWhatNoCheckpointNeedsCannotBeLetGo() {
    SampleSource clinging =
        new SampleSource() {
          private final SampleSource records = new CountedRecords(1_000, 37);

          @Override
          public Flux<RecordChunk> chunks(Positions from) {
            return records.chunks(from);
          }

          @Override
          public void keepFrom(Positions oldest) {
            throw new HeadraceException("the log cannot be opened");
          }
        };
    try (var fixture = new RunFixture(store("a")).source(clinging)) {
      TrainingStatus status = fixture.run();
      assertThat(status.state()).isEqualTo(State.COMPLETED);
      assertThat(status.ledger()).isEqualTo(WHOLE);
      assertThat(status.checkpointFailures()).isZero();
      var written = fixture.events(TrainEvent.CheckpointWritten.class);
      assertThat(written).hasSizeBetween(2, 5); // as many as were due: none is written again for it
      assertThat(fixture.events(TrainEvent.Alert.class))
          .hasSameSizeAs(written)
          .allSatisfy(
              alert -> {
                assertThat(alert.code()).isEqualTo("not-let-go");
                assertThat(alert.message()).contains("the log cannot be opened");
              });
    }
  }

  @Test
  void failingSourceLeavesWhatWasTrainedInACheckpoint() {
    SampleSource broken =
        from ->
            new CountedRecords(500, 10)
                .chunks(from)
                .concatWith(Flux.error(new HeadraceException("the file ends early")));
    try (var fixture = new RunFixture(store("a"));
        TrainingRun run = fixture.source(broken).start()) {
      assertThatThrownBy(run::await)
          .isInstanceOf(HeadraceException.class)
          .hasMessage("the file ends early");
      assertThat(run.status().state()).isEqualTo(State.FAILED);
      assertThat(run.status().failure()).isEqualTo("the file ends early");
      if (run.status().ledger().trained() > 0) {
        assertThat(fixture.store.newest().orElseThrow().ledger()).isEqualTo(run.status().ledger());
      }
    }
  }

  @Test
  void sourceThatCannotBeOpenedEndsTheRun() {
    SampleSource broken =
        _ -> {
          throw new HeadraceException("no such file");
        };
    try (var fixture = new RunFixture(store("a"))) {
      fixture.source(broken);
      assertThatThrownBy(fixture::run).hasMessage("no such file");
    }
  }

  @Test
  void slowTrainerHoldsTheSourceBack() throws InterruptedException {
    var gate = new CountDownLatch(1);
    var source = new CountedRecords(1_000_000, 16);
    try (var fixture = new RunFixture(store("a")).source(source)) {
      fixture.afterStep = _ -> awaitOpen(gate);
      try (TrainingRun run = fixture.start()) {
        while (run.status().ring().occupied() < 4) {
          Thread.sleep(1);
        }
        TrainingStatus status = run.status();
        assertThat(status.state()).isEqualTo(State.RUNNING);
        assertThat(status.recordsInFlight()).isPositive().isLessThan(16 * 40);
        run.stop();
        gate.countDown();
        assertThat(run.await().state()).isEqualTo(State.STOPPED);
      }
    }
  }

  private String uninterrupted() {
    try (var fixture = new RunFixture(store("uninterrupted"))) {
      assertThat(fixture.run().ledger()).isEqualTo(WHOLE);
      return fixture.trainer.parametersSha256();
    }
  }

  private CheckpointStore store(String name) {
    return DirectoryCheckpointStore.forWriting(folder.resolve(name), 3);
  }

  private static void awaitOpen(CountDownLatch gate) {
    try {
      gate.await();
    } catch (InterruptedException e) {
      throw new IllegalStateException(e);
    }
  }
}
