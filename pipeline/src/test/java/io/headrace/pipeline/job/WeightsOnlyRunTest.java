package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.state.Tensor;
import io.headrace.pipeline.FirstPositions;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job that has changed, before its older checkpoints. */
class WeightsOnlyRunTest {
  private static final long SEED = 3;
  private static final int ROWS = 1_000;
  private static final String JOB =
      """
      name: words
      source: {file: {path: train.csv, format: csv}}
      sample:
        label: {field: label, classes: ["no", "yes"]}
        inputs:
          text: {tokens: {length: 6, vocabulary: grow, vocabulary-size: 100}}
      model:
        - embedding: {dimension: 4}
        - global-avg-pool
        - batch-norm
        - dense: {units: 8}
        - dense
      loss: logistic
      optimizer: {adam: {learning-rate: 0.01}}
      batch: {size: 32}
      """;

  @TempDir Path folder;

  private final List<String> told = new ArrayList<>();

  @BeforeEach
  void learnHalf() throws IOException {
    var random = new Random(SEED);
    var csv = new StringBuilder("text,label\n");
    for (int i = 0; i < ROWS; i++) {
      boolean yes = random.nextBoolean();
      csv.append(yes ? "good w" : "bad w").append(random.nextInt(40));
      csv.append(yes ? ",yes\n" : ",no\n");
    }
    Files.writeString(folder.resolve("train.csv"), csv);
    run(Optional.empty(), 500);
  }

  private JobSpec job(String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.add("checkpoints.directory=" + folder.resolve("checkpoints"));
    return JobFile.parse("job.yaml", JOB, all, folder);
  }

  /** The state that the run ends with. */
  private Checkpoint run(
      Optional<java.util.function.Consumer<String>> weightsOnly,
      long stopAfter,
      String... overrides) {
    var options =
        new JobRun.Options(
            List.of(), OptionalLong.of(stopAfter), step -> {}, text -> {}, weightsOnly);
    try (JobRun run = JobRun.start(job(overrides), options)) {
      run.await();
      return run.trainer().snapshot("words", 0);
    }
  }

  private Checkpoint newest() {
    return DirectoryCheckpointStore.forReading(folder.resolve("checkpoints"))
        .newest()
        .orElseThrow();
  }

  private static byte[] bytes(Checkpoint of, String name) {
    Tensor tensor = Objects.requireNonNull(of.tensors().get(name), name);
    return tensor.data().toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void isRefusedWithEverythingThatDiffers() {
    assertThatThrownBy(
            () ->
                run(
                    Optional.empty(),
                    600,
                    "model.3.dense.units=12",
                    "optimizer={sgd: {learning-rate: 0.1}}",
                    "sample.inputs.text.tokens.length=7"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContainingAll(
            "model.3.dense.units: was 8, is 12",
            "model.3.dense.weight: was F32 [4, 8], is F32 [4, 12]",
            "model.4.dense.weight: was F32 [8, 1], is F32 [12, 1]",
            "optimizer: was adam, is sgd",
            "sample.inputs.text.tokens.length: was 6, is 7",
            "--allow weights-only")
        .message()
        .doesNotContain("model.0.embedding.weight");
  }

  @Test
  void isRefusedWhereWeightsFollowFromOtherSums() {
    assertThatThrownBy(() -> run(Optional.of(told::add), 600, "optimizer={ftrl: {}}"))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContainingAll(
            "ftrl would lose its weights alone",
            "optimizer: was adam, is ftrl",
            "choose another optimizer");
    assertThat(told).isEmpty();
  }

  @Test
  void takesTheWeightsThatFitAndSaysWhatElse() {
    Checkpoint before = newest();
    // No step is taken: what was trained is what the limit says already.
    Checkpoint after = run(Optional.of(told::add), 500, "model.3.dense.units=12");
    for (String same :
        List.of(
            "model.0.embedding.weight",
            "model.2.batch-norm.scale",
            "state.2.batch-norm.running.mean")) {
      assertThat(bytes(after, same)).as(same).isEqualTo(bytes(before, same));
    }
    assertThat(bytes(after, "optimizer.mean.0.embedding.weight")).containsOnly(0);
    assertThat(bytes(before, "optimizer.mean.0.embedding.weight"))
        .isNotEqualTo(bytes(after, "optimizer.mean.0.embedding.weight"));
    assertThat(after.ledger()).isEqualTo(before.ledger());
    assertThat(after.step()).isEqualTo(before.step());
    assertThat(told)
        .singleElement()
        .asString()
        .contains(
            "model.3.dense.units: was 8, is 12",
            "Taken from the checkpoint:\n  model.0.embedding.weight",
            "state.2.batch-norm.running",
            "vocabulary.text",
            "Left fresh:\n  model.3.dense.bias: was F32 [8], is F32 [12]");
  }

  @Test
  void goesOnFromThePositionsAndKeepsTheTokens() {
    Checkpoint before = newest();
    run(Optional.of(told::add), Long.MAX_VALUE, "model.3.dense.units=12");
    Checkpoint after = newest();
    var train = new SourcePartition("train.csv", 0);
    assertThat(after.ledger().trained()).isEqualTo(ROWS);
    assertThat(after.step()).isGreaterThan(before.step());
    assertThat(FirstPositions.of(after).next()).containsOnlyKeys(train).containsValue(0L);
    byte[] tokens = bytes(before, "vocabulary.text.bytes");
    assertThat(bytes(after, "vocabulary.text.bytes")).startsWith(tokens);
    assertThat(after.values()).containsEntry("job.weights-only-at", "" + before.step());

    told.clear();
    run(Optional.of(told::add), Long.MAX_VALUE, "model.3.dense.units=12");
    assertThat(told).as("the job as it is now").isEmpty();
  }

  @Test
  void leavesTokensThatHaveNoRoom() {
    run(Optional.of(told::add), 600, "sample.inputs.text.tokens.vocabulary-size=10");
    assertThat(told)
        .singleElement()
        .asString()
        .contains("vocabulary.text: The checkpoint's vocabulary has token", "no room for it");
  }

  @Test
  void takesParametersWithoutOptimizerState() {
    Checkpoint before = newest();
    Checkpoint after =
        run(Optional.of(told::add), 500, "optimizer={sgd: {learning-rate: 0.1, momentum: 0.9}}");
    assertThat(bytes(after, "model.4.dense.weight"))
        .isEqualTo(bytes(before, "model.4.dense.weight"));
    assertThat(told).singleElement().asString().doesNotContain("Left fresh");
  }
}
