package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.state.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Whole runs on augmented images, with dropout: the same weights however they are decoded, computed
 * and stopped.
 */
class AugmentedRunTest {
  private static final int IMAGES = 400;
  private static final String JOB =
      """
      name: images
      source: {file: {path: "*.bin", format: cifar10, chunk-rows: 13}}
      sample:
        label: {classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}
        inputs: {image: {image: {shape: [32, 32, 3]}}}
      transforms:
        - random-crop: {input: image}
        - horizontal-flip: {input: image}
        - cutout: {input: image, size: 8}
        - normalize: {input: image, mean: 0.5, deviation: 0.5}
      model:
        - conv2d: {filters: 4, kernel: 3, padding: 1}
        - relu
        - max-pool: {size: 2}
        - dropout: {rate: 0.2}
        - flatten
        - dense: {units: 16}
        - batch-norm
        - dropout: {rate: 0.5}
        - dense: {units: 10}
      loss: softmax
      optimizer: {adam: {learning-rate: 0.01}}
      batch: {size: 32}
      epochs: 2
      shuffle: {buffer: 150}
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeImages() throws IOException {
    var random = new Random(1);
    for (String name : List.of("a.bin", "b.bin")) {
      byte[] images = new byte[IMAGES / 2 * 3073];
      random.nextBytes(images);
      for (int i = 0; i < IMAGES / 2; i++) {
        images[i * 3073] = (byte) random.nextInt(10);
      }
      Files.write(folder.resolve(name), images);
    }
  }

  private void run(String checkpoints, OptionalLong stopAfter, String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.add("checkpoints.directory=" + folder.resolve(checkpoints));
    JobSpec job = JobFile.parse("job.yaml", JOB, all, folder);
    try (JobRun run = JobRun.start(job, new JobRun.Options(List.of(), stopAfter, step -> {}))) {
      run.await();
    }
  }

  private Map<String, byte[]> learned(String checkpoints) {
    try (var model = StoredModel.open(folder.resolve(checkpoints))) {
      Checkpoint checkpoint = model.checkpoint();
      assertThat(checkpoint.ledger().trained()).isEqualTo(2 * IMAGES);
      var tensors = new TreeMap<String, byte[]>();
      for (Map.Entry<String, Tensor> entry : checkpoint.tensors().entrySet()) {
        tensors.put(entry.getKey(), entry.getValue().data().toArray(ValueLayout.JAVA_BYTE));
      }
      assertThat(tensors).isNotEmpty();
      return tensors;
    }
  }

  private void assertSame(String one, String other) {
    Map<String, byte[]> expected = learned(one);
    Map<String, byte[]> found = learned(other);
    assertThat(found.keySet()).isEqualTo(expected.keySet());
    expected.forEach((name, bytes) -> assertThat(found.get(name)).as(name).isEqualTo(bytes));
  }

  @Test
  void learnsTheSameFromAnyNumberOfDecodersAndAfterAStop() {
    run("whole", OptionalLong.empty(), "engine.decoders=1", "engine.threads=1");
    run("shared", OptionalLong.empty(), "engine.decoders=3", "engine.threads=2");
    run("stopped", OptionalLong.of(96));
    run("stopped", OptionalLong.of(640), "engine.threads=3");
    run("stopped", OptionalLong.empty());
    assertSame("whole", "shared");
    assertSame("whole", "stopped");
  }

  @Test
  void anotherSeedOfAugmentationLearnsSomethingElse() {
    run("one", OptionalLong.empty());
    run("two", OptionalLong.empty(), "transforms.0.random-crop.seed=1");
    Map<String, byte[]> other = learned("two");
    assertThat(learned("one"))
        .anySatisfy((name, bytes) -> assertThat(other.get(name)).isNotEqualTo(bytes));
  }
}
