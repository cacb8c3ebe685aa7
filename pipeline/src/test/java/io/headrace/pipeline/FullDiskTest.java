package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.headrace.engine.StepResult;
import io.headrace.engine.TrainEvent;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints on a file system of their own that is filled; skipped where none can be mounted. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FullDiskTest {
  @TempDir Path folder;

  private Path disk = Path.of("");
  private boolean mounted;

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

  @Test
  void keepsTheLastGoodOneTrainsOnAndWritesAgainWhenThereIsRoom() throws IOException {
    CheckpointStore store = DirectoryCheckpointStore.forWriting(disk, 2);
    try (var fixture = new RunFixture(store)) {
      fixture.source(new CountedRecords(2_000, 37));
      fixture.afterStep = step -> atStep(step, fixture);
      TrainingStatus end = fixture.run();

      assertThat(end.ledger().read()).isEqualTo(2_000);
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
          .anySatisfy(step -> assertThat(step).isBetween(80L, 100L));
    }
  }

  /** On the trainer's thread, which waits here for what it must not wait for by itself. */
  private void atStep(StepResult step, RunFixture fixture) {
    if (step.step() == 20) {
      await(() -> !fixture.store.list().isEmpty());
      fill();
    } else if (step.step() == 40) {
      await(() -> !fixture.events(TrainEvent.Alert.class).isEmpty());
    } else if (step.step() == 79) { // the clock stood still: nothing was tried again meanwhile
      assertThat(fixture.store.newest().orElseThrow().step()).isLessThanOrEqualTo(20);
      assertThat(names()).noneMatch(name -> name.endsWith(".tmp"));
      delete(disk.resolve("filler"));
      fixture.nowMillis.addAndGet(1_000);
    } else if (step.step() == 100) {
      await(() -> fixture.store.newest().orElseThrow().step() >= 80);
    }
  }

  private void fill() {
    var block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(disk.resolve("filler"))) {
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

  private static void await(java.util.function.BooleanSupplier met) {
    while (!met.getAsBoolean()) {
      try {
        Thread.sleep(5);
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
