package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs whose rows have a name of their own each, which says nothing of any other row. */
class RareFeaturesRunTest {
  private static final int ROWS = 3_000;
  private static final String COUNTED = "sample.inputs.x.sparse.min-count=3";

  @TempDir private Path folder;

  @BeforeEach
  void writeRows() throws IOException {
    var random = new Random(17);
    var rows = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      int word = random.nextInt(200);
      boolean label = random.nextInt(10) < (word % 2 == 0 ? 8 : 2);
      rows.append("%s |a w%d |b row%d%n".formatted(label ? "1" : "-1", word, i));
    }
    Files.writeString(folder.resolve("rows.vw"), rows);
  }

  /**
   * @param weights that are not 0
   */
  private record Learned(String parameters, int weights, boolean ended) {}

  private Learned run(OptionalLong stopAfter, String... overrides) {
    String yaml =
        """
        name: rare
        source: {file: {path: rows.vw, format: vw, chunk-rows: 41}}
        sample:
          label: {classes: [-1, 1]}
          inputs: {x: {sparse: {bits: 20}}}
        model: [{linear: {}}]
        loss: logistic
        optimizer: {adagrad: {learning-rate: 0.3}}
        batch: {size: 32}
        engine: {update: sample}
        """;
    JobSpec job = JobFile.parse("job.yaml", yaml, List.of(overrides), folder);
    try (JobRun run = JobRun.start(job, new JobRun.Options(List.of(), stopAfter, step -> {}))) {
      run.await();
      var tensors = run.trainer().snapshot("rare", 0).tensors();
      float[] weights =
          Floats.toArray(Objects.requireNonNull(tensors.get("model.0.linear.weight")).data());
      return new Learned(
          run.trainer().parametersSha256(),
          (int) IntStream.range(0, weights.length).filter(id -> weights[id] != 0).count(),
          run.trainer().ledger().trained() == ROWS);
    }
  }

  @Test
  void countsTheSameForAnyDecodersThreadsAndStops() {
    Learned whole = run(OptionalLong.empty(), COUNTED, "engine.decoders=1", "engine.threads=1");
    assertThat(whole.ended()).isTrue();
    assertThat(run(OptionalLong.empty(), COUNTED, "engine.decoders=3", "engine.threads=3"))
        .isEqualTo(whole);
    String directory = "checkpoints.directory=" + folder.resolve("checkpoints");
    assertThat(run(OptionalLong.of(640), COUNTED, directory).ended()).isFalse();
    assertThat(run(OptionalLong.of(1_900), COUNTED, directory).ended()).isFalse();
    assertThat(run(OptionalLong.empty(), COUNTED, directory)).isEqualTo(whole);
    assertThatThrownBy(
            () -> run(OptionalLong.empty(), "sample.inputs.x.sparse.min-count=4", directory))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("min-count");
  }

  @Test
  void learnsNoWeightForWhatNeverComesAgain() {
    Learned counted = run(OptionalLong.empty(), COUNTED);
    Learned plain = run(OptionalLong.empty());
    assertThat(counted.weights())
        .as("of 200 words, and few ids that rows share")
        .isBetween(150, 210);
    assertThat(plain.weights()).isGreaterThan(ROWS);
  }
}
