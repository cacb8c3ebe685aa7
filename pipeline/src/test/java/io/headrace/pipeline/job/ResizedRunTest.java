package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import io.headrace.pipeline.TrainingStatus;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Images of one size that are learned, validated, tested, scored and predicted at another. */
class ResizedRunTest {
  private static final int IMAGES = 300;
  private static final String JOB =
      """
      name: images
      source: {file: {path: train.bin, format: cifar10, chunk-rows: 13}}
      test: {file: {path: test.bin, format: cifar10}}
      validation: {source: {file: {path: test.bin, format: cifar10}}, every-samples: 100}
      sample:
        label: {classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}
        inputs: {image: {image: {shape: [32, 32, 3]}}}
      transforms:
        - resize: {input: image, height: 40, width: 20}
        - random-crop: {input: image}
        - horizontal-flip: {input: image}
        - resize: {input: image, height: 12, width: 14}
        - normalize: {input: image, mean: 0.5, deviation: 0.5}
      model: [{conv2d: {filters: 4, kernel: 3}}, flatten, {dense: {units: 10}}]
      loss: softmax
      optimizer: {sgd: {learning-rate: 0.05}}
      batch: {size: 32}
      """;

  @TempDir Path folder;

  /** Images whose brightness is their label, so that there is something to learn. */
  @BeforeEach
  void writeImages() throws IOException {
    for (String name : List.of("train.bin", "test.bin")) {
      var random = new Random(name.length());
      byte[] images = new byte[IMAGES * 3073];
      for (int i = 0; i < IMAGES; i++) {
        int label = random.nextInt(10);
        images[i * 3073] = (byte) label;
        for (int p = 1; p < 3073; p++) {
          images[i * 3073 + p] = (byte) (label * 25 + random.nextInt(20));
        }
      }
      Files.write(folder.resolve(name), images);
    }
  }

  private String run(String checkpoints, OptionalLong stopAfter, String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.add("checkpoints.directory=" + folder.resolve(checkpoints));
    JobSpec job = JobFile.parse("job.yaml", JOB, all, folder);
    try (JobRun run = JobRun.start(job, new JobRun.Options(List.of(), stopAfter, step -> {}))) {
      TrainingStatus end = run.await();
      assertThat(end.ledger().trained()).isEqualTo(stopAfter.orElse(IMAGES * (long) job.epochs()));
      assertThat(run.test().orElseThrow().samples()).isEqualTo(IMAGES);
      return run.trainer().parametersSha256();
    }
  }

  @Test
  void learnsTheSameFromAnyNumberOfDecodersAndAfterAStop() {
    String whole = run("whole", OptionalLong.empty(), "engine.decoders=1", "engine.threads=1");
    assertThat(run("shared", OptionalLong.empty(), "engine.decoders=3")).isEqualTo(whole);
    run("stopped", OptionalLong.of(96));
    run("stopped", OptionalLong.of(224));
    assertThat(run("stopped", OptionalLong.empty())).isEqualTo(whole);
  }

  @Test
  void scoresAndPredictsWithTheStoredModelWhatItScoresItself() {
    JobSpec job =
        JobFile.parse(
            "job.yaml",
            JOB,
            List.of("epochs=8", "checkpoints.directory=" + folder.resolve("stored")),
            folder);
    HeldOut.Scores tested;
    try (JobRun run = JobRun.start(job, JobRun.Options.NONE)) {
      run.await();
      tested = run.test().orElseThrow();
    }
    assertThat(tested.total().get("accuracy")).isGreaterThan(0.2); // 0.1 by chance
    try (var model = StoredModel.open(folder.resolve("stored"))) {
      assertThat(model.evaluate(folder.resolve("test.bin"))).isEqualTo(tested);
      var right = new long[2];
      model.forEachUnlabelled(
          folder.resolve("test.bin"),
          (chunk, record, reason, detail) -> {},
          block -> {
            MemorySegment outputs = Floats.allocate(block.size() * 10L);
            model.trainer().predict(block, outputs);
            right[0] += block.size();
            for (int row = 0; row < block.size(); row++) {
              right[1] += best(outputs, row) == label(block.positions()[row]) ? 1 : 0;
            }
          });
      assertThat(right[0]).isEqualTo(IMAGES);
      assertThat(right[1] / (double) IMAGES).isEqualTo(tested.total().get("accuracy"));
    }
  }

  private static int best(MemorySegment outputs, int row) {
    int best = 0;
    for (int i = 1; i < 10; i++) {
      if (Floats.read(outputs, row * 10L + i) > Floats.read(outputs, row * 10L + best)) {
        best = i;
      }
    }
    return best;
  }

  private int label(long position) {
    try {
      return Files.readAllBytes(folder.resolve("test.bin"))[(int) position * 3073];
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void refusesWithTheLineWhatDoesNotFit() {
    assertFault(
        "height: 12, width: 14",
        "height: 0, width: 14",
        "transforms.3.resize.height: 0 is not within 1 to 16384 (job.yaml:12). Rows of pixels that each image becomes.");
    assertFault(
        "height: 12, width: 14",
        "height: 16384, width: 16384",
        "transforms.3.resize.height: 16384 and width 16384 make images of 805,306,368 floats (3 channels), more than the 67,108,864 that fit (job.yaml:12). Make them smaller.");
    assertFault(
        "resize: {input: image, height: 12",
        "resize: {input: picture, height: 12",
        "transforms.3.resize.input: picture is not an input of this job (job.yaml:12). Inputs: image");
    assertFault(
        "mean: 0.5,",
        "mean: [1, 2],",
        "transforms.4.normalize.mean: has 2 numbers, but the input has 3 channels (job.yaml:13). Give one number, or one for each channel.");
    JobSpec small =
        JobFile.parse("job.yaml", JOB.replace("height: 12", "height: 2"), List.of(), folder);
    assertThatThrownBy(small::newTrainer)
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("2, 14, 3")
        .hasMessageContaining("job.yaml:14");
  }

  private void assertFault(String text, String replacement, String message) {
    assertThat(JOB).contains(text);
    assertThatThrownBy(
            () -> JobFile.parse("job.yaml", JOB.replace(text, replacement), List.of(), folder))
        .isInstanceOf(HeadraceException.class)
        .hasMessage(message);
  }
}
