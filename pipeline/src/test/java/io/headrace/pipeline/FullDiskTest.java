package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headrace.engine.StepResult;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.BatchJournal;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.journal.DirectoryBatchJournal;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints on a file system of their own that is filled; skipped where none can be mounted. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskTest {
  private static final int RECORDS = 14_000;

  /** The disk is full from step 20 to this one, for longer than a page of it takes the journal. */
  private static final long ROOM_AT = 679;

  private static final long LOOK_AT = 700;

  @TempDir Path folder;

  private Path disk = Path.of("");
  private boolean mounted;
  private final List<String> journalAlerts = new CopyOnWriteArrayList<>();
  private volatile Positions looked = Positions.START;

  @BeforeEach
  void mount() throws Exception {
    disk = Files.createDirectories(folder.resolve("disk"));
    mounted = run("mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", disk.toString());
    assumeTrue(mounted, "no tmpfs can be mounted here (it takes root): not tested");
  }

  @AfterEach
  void unmount() throws Exception {
    if (mounted) {
      assertThat(run("umount", disk.toString())).isTrue();
    }
  }

  private static boolean run(String... command) throws InterruptedException {
    try {
      Process process = new ProcessBuilder(command).redirectErrorStream(true).inheritIO().start();
      return process.waitFor(10, TimeUnit.SECONDS) && process.exitValue() == 0;
    } catch (IOException missing) {
      return false;
    }
  }

  /** The journal of batches, on the same disk, fails with it and goes on with it. */
  @Test
  void keepsTheLastGoodOneTrainsOnAndWritesAgainWhenThereIsRoom() throws IOException {
    CheckpointStore store = DirectoryCheckpointStore.forWriting(disk, 2);
    try (var fixture = new RunFixture(store);
        BatchJournal journal = journal(fixture)) {
      fixture.source(new CountedRecords(RECORDS, 37));
      fixture.journal = journal;
      fixture.afterStep = step -> atStep(step, fixture);
      TrainingStatus end = fixture.run();

      assertThat(end.ledger().read()).isEqualTo(RECORDS);
      assertThat(fixture.events(TrainEvent.Alert.class))
          .isNotEmpty()
          .allSatisfy(alert -> assertThat(alert.code()).isEqualTo("checkpoint-failed"))
          .allSatisfy(
              alert ->
                  assertThat(alert.message())
                      .contains("could not be written", "No space left", "next try in 1000 ms"))
          .hasSize(1);
      assertThat(store.newest().orElseThrow().ledger()).isEqualTo(end.ledger());
      assertThat(fixture.events(TrainEvent.CheckpointWritten.class))
          .extracting(TrainEvent.CheckpointWritten::step)
          .anySatisfy(step -> assertThat(step).isBetween(ROOM_AT + 1, LOOK_AT));

      assertThat(journalAlerts)
          .singleElement()
          .asString()
          .contains("batch journal", "could not be written", "No space left");
      try (BatchJournal again = journal(fixture)) {
        List<List<BatchJournal.Run>> recorded = again.resume(looked);
        assertThat(recorded).hasSize((int) (end.steps() - LOOK_AT));
        assertThat(recorded.getLast().getLast().to()).isEqualTo(RECORDS);
      }
    }
  }

  private BatchJournal journal(RunFixture fixture) {
    return new DirectoryBatchJournal(
        disk,
        true,
        journalAlerts::add,
        () -> Instant.ofEpochMilli(fixture.nowMillis.get()),
        BlockSeal.NONE);
  }

  @Test
  void waitsLongerFromTryToTryWhileThereIsNoRoom() {
    CheckpointStore store = DirectoryCheckpointStore.forWriting(disk, 2);
    try (var fixture = new RunFixture(store)) {
      fill();
      fixture.source(new CountedRecords(5_000, 37));
      fixture.afterStep =
          step -> {
            fixture.nowMillis.addAndGet(500);
            if (Files.exists(filler()) && fixture.events(TrainEvent.Alert.class).size() == 5) {
              delete(filler());
            }
          };
      TrainingStatus end = fixture.run();
      assertThat(end.ledger().read()).isEqualTo(5_000);
      assertThat(fixture.events(TrainEvent.Alert.class))
          .extracting(alert -> alert.message().replaceAll(".*next try in (\\d+) ms.*", "$1"))
          .containsExactly("1000", "2000", "4000", "8000", "16000");
      assertThat(store.newest().orElseThrow().ledger()).isEqualTo(end.ledger());
    }
  }

  private Path filler() {
    return disk.resolve("filler");
  }

  /** On the trainer's thread, which waits here for what it must not wait for by itself. */
  private void atStep(StepResult step, RunFixture fixture) {
    if (step.step() == 20) {
      await(() -> !fixture.store.list().isEmpty());
      fill();
    } else if (step.step() == 40) {
      await(() -> !fixture.events(TrainEvent.Alert.class).isEmpty());
    } else if (step.step() == ROOM_AT) { // the clock stood still: nothing was tried again meanwhile
      assertThat(fixture.store.newest().orElseThrow().step()).isLessThanOrEqualTo(20);
      assertThat(names()).noneMatch(name -> name.endsWith(".tmp"));
      delete(filler());
      fixture.nowMillis.addAndGet(1_000);
    } else if (step.step() == LOOK_AT) {
      looked = fixture.trainer.ledger().positions();
      await(() -> fixture.store.newest().orElseThrow().step() > ROOM_AT);
    }
  }

  private void fill() {
    var block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(filler())) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(full).hasMessageContaining("No space left");
    }
  }

  private Stream<String> names() {
    try (Stream<Path> files = Files.list(disk)) {
      return files.map(file -> file.getFileName().toString()).toList().stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void delete(Path file) {
    try {
      Files.delete(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void await(BooleanSupplier met) {
    while (!met.getAsBoolean()) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
