package io.headrace.engine;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.DivergencePolicy.Action;
import io.headrace.engine.sample.MiniBatch;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A trainer whose copies lie in files beside one whose copies lie in memory, at once. */
class CopiesInFilesTest {
  private static final int ROWS = 16;
  private static final int STEPS = 250;

  @TempDir Path folder;

  private static ModelSpec spec(int kind) {
    return switch (kind) {
      case 0 -> exploding();
      case 1 ->
          Specs.rowByRow(
              Specs.model(
                  Specs.sparse(12, 2),
                  List.of(Specs.layer("linear", Map.of())),
                  "logistic",
                  Specs.optimizer("ftrl", Map.of("l1", 0.5)),
                  ROWS));
      case 2 -> Specs.rowByRow(Specs.linear(Specs.sparse(12, 3), "adagrad", ROWS));
      default -> Specs.linear(Specs.sparse(12, 2), "adam", ROWS);
    };
  }

  /** A rate at which the error grows at every step, until steps are undone. */
  private static ModelSpec exploding() {
    return Specs.model(
        Specs.dense(4, 0),
        List.of(Specs.layer("linear", Map.of())),
        "squared",
        Specs.optimizer("sgd", Map.of("learning-rate", 2.0, "momentum", 0.5)),
        ROWS);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
  void areThoseInMemoryWhateverIsLearnedOrUndoneMeanwhile(long seed) {
    var random = new Random(seed);
    ModelSpec spec = spec((int) seed % 4);
    var policy =
        new DivergencePolicy(
            Action.SKIP, Double.POSITIVE_INFINITY, 2 + random.nextInt(30), STEPS, true);
    var batches = new Batches(spec.schema(), seed);
    var room = new CopyRoom(Optional.of(folder), 1);
    try (var files = new Trainer(spec, 2, policy, WorkerMode.SYNCHRONOUS, room);
        var resumed = new Trainer(spec, 1, policy, WorkerMode.SYNCHRONOUS, room);
        var memory = new Trainer(spec, 1, policy)) {
      files.reserveSnapshots();
      @Nullable Snapshot begun = null;
      @Nullable Checkpoint expected = null;
      @Nullable CompletableFuture<Checkpoint> finished = null;
      int compared = 0;
      int behind = 0;
      for (int step = 0; step < STEPS; step++) {
        MiniBatch batch = batches.next(ROWS, ROWS);
        if (random.nextInt(20) == 0) {
          batch.rows().labels()[3] = Float.NaN;
        }
        StepResult result = memory.train(batch);
        assertThat(files.train(batch)).isEqualTo(result);
        if (begun == null && random.nextInt(5) == 0) {
          begun = files.startSnapshot("job", step);
          expected = memory.snapshot("job", step);
        } else if (begun != null && finished == null) {
          behind++;
          if (random.nextInt(4) == 0) {
            finished = CompletableFuture.supplyAsync(begun::finish);
          }
        } else if (finished != null && random.nextInt(3) == 0) {
          Checkpoint found = finished.join();
          assertThat(found.values()).isEqualTo(Objects.requireNonNull(expected).values());
          TrainerTest.assertSameState(found, expected);
          if (random.nextBoolean()) {
            resumed.restore(found);
            TrainerTest.assertSameState(resumed.snapshot("job", step), expected);
          }
          if (random.nextBoolean()) {
            Objects.requireNonNull(begun).release();
          }
          begun = null;
          finished = null;
          compared++;
        }
      }
      assertThat(compared).as("seed %d", seed).isGreaterThan(5);
      assertThat(behind).as("seed %d", seed).isPositive();
      assertThat(files.parametersSha256()).isEqualTo(memory.parametersSha256());
      assertThat(files.ledger()).isEqualTo(memory.ledger());
    }
  }

  /** Steps are undone while a checkpoint that was begun in their midst is not finished. */
  @Test
  void areRightWhenStepsAreUndoneInMidCheckpoint() {
    ModelSpec exploding = exploding();
    var policy = new DivergencePolicy(Action.HALVE, Double.POSITIVE_INFINITY, 40, 20);
    var room = new CopyRoom(Optional.of(folder), 1);
    var batches = new Batches(exploding.schema(), 3);
    try (var files = new Trainer(exploding, 1, policy, WorkerMode.SYNCHRONOUS, room);
        var memory = new Trainer(exploding, 1, policy)) {
      long undone = 0;
      for (int step = 0; step < 500; step++) {
        Snapshot begun = files.startSnapshot("job", step);
        Checkpoint expected = memory.snapshot("job", step);
        MiniBatch batch = batches.next(ROWS, ROWS);
        StepResult result = files.train(batch);
        assertThat(memory.train(batch)).isEqualTo(result);
        Checkpoint found = begun.finish();
        assertThat(found.values()).isEqualTo(expected.values());
        TrainerTest.assertSameState(found, expected);
        begun.release();
        undone += result.divergence() == null ? 0 : result.divergence().undoneSteps();
      }
      assertThat(undone).isPositive();
    }
  }

  @Test
  @EnabledOnOs(OS.LINUX)
  void leaveNothingInTheFolder() throws IOException {
    ModelSpec spec = Specs.linear(Specs.sparse(12, 2), "adam", ROWS);
    Path made = folder.resolve("made");
    var room = new CopyRoom(Optional.of(made), 1);
    try (var trainer =
        new Trainer(spec, 1, DivergencePolicy.DEFAULT, WorkerMode.SYNCHRONOUS, room)) {
      trainer.train(new Batches(spec.schema(), 1).next(ROWS, ROWS));
      trainer.snapshot("job", 0);
      try (Stream<Path> files = Files.list(made)) {
        assertThat(files).isEmpty();
      }
    }
  }

  @Test
  void areInMemoryWhereTheFolderCannotBe() throws IOException {
    ModelSpec spec = Specs.linear(Specs.sparse(12, 2), "adam", ROWS);
    var room = new CopyRoom(Optional.of(Files.createFile(folder.resolve("file"))), 1);
    try (var trainer =
            new Trainer(spec, 1, DivergencePolicy.DEFAULT, WorkerMode.SYNCHRONOUS, room);
        var memory = new Trainer(spec, 1)) {
      MiniBatch batch = new Batches(spec.schema(), 1).next(ROWS, ROWS);
      trainer.train(batch);
      memory.train(batch);
      TrainerTest.assertSameState(trainer.snapshot("job", 0), memory.snapshot("job", 0));
    }
  }
}
