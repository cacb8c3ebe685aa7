package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.order.RepeatedSource;
import io.headrace.ingest.order.ShuffledSource;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Three epochs of a thousand records, every tenth of which is rejected. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EpochsRunTest {
  private static final int EPOCHS = 3;

  @TempDir Path folder;

  @Test
  void accountsForEveryRecordOfEveryEpoch() {
    try (var fixture = new RunFixture(store("a")).source(repeated())) {
      TrainingStatus status = fixture.run();

      assertThat(status.state()).isEqualTo(State.COMPLETED);
      assertThat(status.ledger()).isEqualTo(whole(CountedRecords.PARTITION));
      assertThat(status.recordsInFlight()).isZero();
      assertThat(fixture.letters).hasSize(EPOCHS * 100);
      assertThat(fixture.letters).allMatch(letter -> letter.getPosition() % 10 == 9);
      assertThat(fixture.letters).allMatch(letter -> letter.getPosition() < 1_000);
    }
  }

  @ParameterizedTest(name = "window of {0}")
  @ValueSource(ints = {1, 64, 300, 1_000, 5_000})
  void accountsForEveryRecordOfShuffledEpochs(int window) {
    try (var fixture = new RunFixture(store("a")).source(shuffled(window))) {
      assertThat(fixture.run().ledger()).isEqualTo(whole(new SourcePartition("shuffled", 0)));
      assertThat(fixture.letters).hasSize(EPOCHS * 100);
      assertThat(fixture.letters).allMatch(letter -> letter.getPosition() % 10 == 9);
    }
  }

  @Test
  void learnsSomethingElseInAnotherOrder() {
    assertThat(uninterrupted(shuffled(300))).isNotEqualTo(uninterrupted(repeated()));
    assertThat(uninterrupted(shuffled(300))).isNotEqualTo(uninterrupted(shuffled(301)));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 4})
  void learnsTheSameWhateverTheThreads(int threads) {
    try (var fixture = new RunFixture(store("t")).source(shuffled(300))) {
      fixture.decoderThreads = threads;
      fixture.run();
      assertThat(fixture.trainer.parametersSha256()).isEqualTo(uninterrupted(shuffled(300)));
    }
  }

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void endsWithTheSameBytesWhereverItIsStopped(long seed) {
    var random = new Random(seed);
    int window = 1 + random.nextInt(1_500);
    String expected = uninterrupted(shuffled(window));
    int runs = 0;
    long stop = 0;
    while (true) {
      stop += 1 + random.nextInt(900);
      try (var fixture = new RunFixture(store("cut")).source(shuffled(window))) {
        fixture.stopAfterSamples = OptionalLong.of(stop);
        TrainingStatus status = fixture.run();
        runs++;
        if (status.state() == State.COMPLETED) {
          assertThat(status.ledger()).isEqualTo(whole(new SourcePartition("shuffled", 0)));
          assertThat(fixture.trainer.parametersSha256())
              .as("seed %d, window %d, %d runs", seed, window, runs)
              .isEqualTo(expected);
          break;
        }
      }
    }
    assertThat(runs).isGreaterThan(1);
  }

  /** What a kill leaves behind: a checkpoint, and nothing of the work after it. */
  @ParameterizedTest(name = "every {0} samples")
  @ValueSource(longs = {48, 200, 1_700})
  void losesNothingButWorkWhenKilled(long checkpointSamples) {
    CheckpointStore store = store("kill");
    try (var killed =
            new RunFixture(new TroubledStore(store).refusing(2, 1_000)).source(shuffled(300));
        var second = new RunFixture(store).source(shuffled(300))) {
      killed.checkpointSamples = checkpointSamples;
      TrainingRun run = killed.start();
      assertThatThrownBy(run::await).hasMessageContaining("the disk is full");
      assertThat(store.newest().orElseThrow().ledger().trained()).isLessThan(2_700);
      assertThat(second.run().ledger()).isEqualTo(whole(new SourcePartition("shuffled", 0)));
      assertThat(second.trainer.parametersSha256()).isEqualTo(uninterrupted(shuffled(300)));
    }
  }

  private static Ledger whole(SourcePartition partition) {
    long end = EpochPosition.of(EPOCHS - 1, 1_000);
    return new Ledger(
        new TreeMap<>(Map.of(partition, new Ledger.Entry(end, EPOCHS * 900, EPOCHS * 100, 0))));
  }

  private String uninterrupted(SampleSource source) {
    try (var fixture = new RunFixture(store("whole" + source.hashCode())).source(source)) {
      fixture.checkpointSamples = 1_000_000;
      fixture.run();
      return fixture.trainer.parametersSha256();
    }
  }

  private static SampleSource repeated() {
    return new RepeatedSource(EPOCHS, epoch -> new CountedRecords(1_000, 37));
  }

  private static SampleSource shuffled(int window) {
    return new RepeatedSource(
        EPOCHS,
        epoch -> new ShuffledSource(new CountedRecords(1_000, 37), "shuffled", window, 1, epoch));
  }

  private CheckpointStore store(String name) {
    return DirectoryCheckpointStore.forWriting(folder.resolve(name), 100);
  }
}
