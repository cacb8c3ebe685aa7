package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Ledger;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose operator pauses it and asks for checkpoints. */
class AskedRunTest {
  private static final CountedRecords RECORDS = new CountedRecords(8_000, 37);

  /** Records that the stages before the trainer ask for ahead, at most. */
  private static final long MOST_ASKED_FOR = 40 * 37;

  @TempDir private Path folder;

  @Test
  void learnsTheSameHoweverOftenItIsPausedAndSaved() {
    String untouched;
    try (var fixture = fixture("untouched")) {
      fixture.run();
      untouched = fixture.trainer.parametersSha256();
    }
    try (var fixture = fixture("asked");
        TrainingRun run = fixture.start()) {
      int pauses = 0;
      while (run.status().state() == State.RUNNING) {
        if (run.pause()) {
          pauses++;
          assertThat(run.pause()).as("a second pause").isFalse();
          run.checkpoint();
          assertThat(run.resume()).isTrue();
        }
      }
      run.await();
      assertThat(pauses).isPositive();
      assertThat(fixture.events(TrainEvent.CheckpointWritten.class)).hasSizeGreaterThan(1);
      assertThat(fixture.trainer.parametersSha256()).isEqualTo(untouched);
    }
  }

  @Test
  void readsNoMoreWhilePausedAndCanBeSavedThen() throws InterruptedException {
    var records = new CountedRecords(Long.MAX_VALUE, 37);
    try (var fixture = fixture("paused").source(records);
        TrainingRun run = fixture.start()) {
      while (run.status().steps() == 0) {
        Thread.sleep(1);
      }
      assertThat(run.pause()).isTrue();
      TrainingStatus paused = run.status();
      assertThat(paused.state()).isEqualTo(State.PAUSED);
      assertThat(paused.paused()).contains("Somebody paused the job", "POST /api/v1/resume");
      long bound = paused.recordsRead() + MOST_ASKED_FOR;

      Ledger saved;
      do { // until no step was taken since
        CheckpointStore.Entry written = run.checkpoint().orElseThrow();
        saved = fixture.store.read(written.name()).ledger();
      } while (!run.status().ledger().equals(saved));

      assertThat(run.status().recordsRead()).isLessThan(bound);
      assertThat(run.resume()).isTrue();
      assertThat(run.resume()).as("a second resume").isFalse();
      while (run.status().recordsRead() < 2 * bound) {
        Thread.sleep(1);
      }
    }
  }

  @Test
  void goesOnFromACheckpointThatWasAskedForWhileItTrained() throws InterruptedException {
    try (var untouched = fixture("whole");
        var first = fixture("kept");
        var second = fixture("kept")) {
      untouched.run();
      var begun = new CountDownLatch(20);
      first.afterStep = step -> begun.countDown();
      first.checkpointSamples = Long.MAX_VALUE;
      try (TrainingRun run = first.start()) {
        begun.await();
        CheckpointStore.Entry written = run.checkpoint().orElseThrow();
        assertThat(first.store.list()).contains(written);
        run.stop();
        run.await();
        assertThat(run.pause()).as("pausing what has ended").isFalse();
        assertThat(run.checkpoint()).as("saving what has ended").isEmpty();
      }
      second.run();
      assertThat(second.trainer.parametersSha256()).isEqualTo(untouched.trainer.parametersSha256());
    }
  }

  @Test
  @Timeout(60)
  void savesWhatWasPutOffThoughNoBatchComes() throws InterruptedException {
    var gate = new CountDownLatch(1);
    var store = new TroubledStore(store("put-off")).gate(gate);
    try (var fixture = new RunFixture(store).source(new CountedRecords(Long.MAX_VALUE, 37))) {
      fixture.checkpointSamples = 1;
      try (TrainingRun run = fixture.start()) {
        while (run.status().checkpointsPutOff() == 0) {
          Thread.sleep(1);
        }
        assertThat(run.pause()).isTrue();
        gate.countDown();
        while (store.list().isEmpty() || store.list().getLast().step() < run.status().steps()) {
          Thread.sleep(1);
        }
        run.stop();
        run.await();
      }
    }
  }

  @Test
  void tellsWhoAskedThatTheCheckpointCouldNotBeWritten() {
    var store = new TroubledStore(store("troubled")).refusing(1, 1);
    try (var fixture = new RunFixture(store).source(new CountedRecords(Long.MAX_VALUE, 37))) {
      fixture.checkpointSamples = Long.MAX_VALUE;
      try (TrainingRun run = fixture.start()) {
        assertThatThrownBy(run::checkpoint)
            .isInstanceOf(HeadraceException.class)
            .hasMessageContaining("the disk is full");
        assertThat(run.status().checkpointFailures()).isEqualTo(1);
        assertThat(run.checkpoint()).as("the next try").isPresent();
      }
    }
  }

  private RunFixture fixture(String name) {
    var fixture = new RunFixture(store(name)).source(RECORDS);
    fixture.checkpointSamples = 2_000;
    return fixture;
  }

  private CheckpointStore store(String name) {
    return DirectoryCheckpointStore.forWriting(folder.resolve(name), 3);
  }
}
