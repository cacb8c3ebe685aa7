package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.state.Tensor;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.export.ExportedModel;
import io.headrace.sink.export.SafetensorsFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that begin with weights that another one learned. */
class StartFromRunTest {
  private static final long SEED = 5;
  private static final String JOB =
      """
      name: fruit
      source: {file: {path: train.csv, format: csv}}
      sample:
        label: {field: label, classes: ["no", "yes"]}
        inputs:
          size: {dense: {fields: [a, b, c]}}
      model:
        - standardize
        - dense: {units: 6, activation: tanh}
        - dense
      loss: logistic
      optimizer: {adam: {learning-rate: 0.01}}
      batch: {size: 16}
      """;

  @TempDir Path folder;

  @BeforeEach
  void learnAndExport() throws IOException {
    var random = new Random(SEED);
    var csv = new StringBuilder("a,b,c,label\n");
    for (int i = 0; i < 400; i++) {
      double a = random.nextGaussian(3, 2);
      double b = random.nextGaussian(-1, 1);
      csv.append(a).append(',').append(b).append(",1,").append(a + b > 2 ? "yes\n" : "no\n");
    }
    Files.writeString(folder.resolve("train.csv"), csv);
    run(job("first", JOB), Long.MAX_VALUE);
    JobSpec job = job("first", JOB);
    ExportedModel exported = ExportedModel.of(job.modelSpec(), newest("first"), Map.of());
    SafetensorsFile.write(exported.tensors(), exported.counts(), folder.resolve("w.safetensors"));
  }

  private JobSpec job(String checkpoints, String yaml, String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.add("checkpoints={keep-journal: all, directory: '" + folder.resolve(checkpoints) + "'}");
    return JobFile.parse("job.yaml", yaml, all, folder);
  }

  private JobSpec started(String... overrides) {
    return job("second", JOB + "start-from: {file: w.safetensors}\n", overrides);
  }

  /** The state that a run ends with. */
  private static Checkpoint run(JobSpec job, long stopAfter) {
    var options = new JobRun.Options(List.of(), OptionalLong.of(stopAfter), step -> {});
    try (JobRun run = JobRun.start(job, options)) {
      run.await();
      return run.trainer().snapshot("fruit", 0);
    }
  }

  private Checkpoint newest(String directory) {
    return DirectoryCheckpointStore.forReading(folder.resolve(directory)).newest().orElseThrow();
  }

  private static float[] weights(Checkpoint of) {
    var tensor = Objects.requireNonNull(of.tensors().get("model.1.dense.weight"));
    return Floats.toArray(tensor.data());
  }

  @Test
  void beginWithThemAndGoOnFromTheirOwnCheckpoints() {
    Checkpoint before = run(started("optimizer.adam.learning-rate=1e-12"), 16);
    assertThat(weights(before)).containsExactly(weights(newest("first")), Offset.offset(1e-6f));
    assertThat(before.step()).isEqualTo(1);
    assertThat(before.ledger().trained()).isEqualTo(16);
    // what was learned since is not overwritten by the file
    Checkpoint after = run(started("optimizer.adam.learning-rate=1e-12"), 32);
    assertThat(after.step()).isEqualTo(2);
    assertThat(newest("second").values()).containsKey("job.start-from");
  }

  @Test
  void learnOnWithTheStatisticsOfTheStream() {
    Checkpoint found = run(started(), 16);
    assertThat(found.values()).containsEntry("state.0.standardize.stream.count", "416");
  }

  @Test
  void replayFromTheStartBeginsWithTheSameFile() throws IOException {
    run(started(), 160);
    Checkpoint end = newest("second");
    JobReplay.Outcome outcome = replay(end);
    assertThat(outcome.isEqual()).isTrue();
    assertThat(outcome.differences()).isEmpty();

    var other = SafetensorsFile.read(folder.resolve("w.safetensors"));
    Tensor bias = Objects.requireNonNull(other.get("1.dense.bias"));
    other.put("1.dense.bias", new Tensor(bias.type(), bias.shape(), Floats.of(new float[6])));
    var texts = SafetensorsFile.metadata(folder.resolve("w.safetensors"));
    SafetensorsFile.write(other, texts, folder.resolve("w.safetensors"));
    assertThatThrownBy(() -> replay(end))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("w.safetensors is another file than the one that step 10 began with");
  }

  private JobReplay.Outcome replay(Checkpoint to) {
    return new JobReplay(started(), Optional.empty(), to, folder.resolve("second")).run();
  }

  @Test
  void isPartOfWhatDecidesWhatIsLearned() {
    run(started(), 16);
    assertThatThrownBy(() -> run(job("second", JOB), 32))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("start-from.layout: was headrace, is absent");
  }

  @Test
  void aFileThatDoesNotFitStopsTheStart() {
    assertThatThrownBy(() -> run(started("model.1.dense.units=5"), 16))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("1.dense.weight is F32 [3, 6], but 1.dense.weight needs F32 [3, 5]");
    assertThatThrownBy(() -> run(started("start-from.file=gone.safetensors"), 16))
        .hasMessageContaining("gone.safetensors cannot be read: there is none");
  }

  @Test
  void optimizersWhoseWeightsFollowFromSumsAreRefused() {
    assertThatThrownBy(() -> started("optimizer={ftrl: {learning-rate: 0.1}}"))
        .hasMessageContaining("start-from: does not go with ftrl")
        .hasMessageContaining("job.yaml:14");
    assertThatThrownBy(() -> started("start-from.file=w.onnx", "start-from.layout=pytorch"))
        .hasMessageContaining("start-from.layout: is for safetensors");
  }
}
