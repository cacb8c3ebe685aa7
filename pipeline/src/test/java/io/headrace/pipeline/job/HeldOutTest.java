package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HeldOutTest {
  private static final String JOB =
      """
      name: images
      source: {file: {path: images.bin, format: cifar10}}
      sample:
        label: {classes: ["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]}
        inputs: {image: {image: {shape: [32, 32, 3]}}}
      transforms:
        - random-crop: {input: image}
        - horizontal-flip: {input: image}
        - cutout: {input: image, size: 8}
        - normalize: {input: image, mean: 0.5, deviation: 0.25}
      model: [flatten, {dense: {units: 10}}]
      loss: softmax
      optimizer: sgd
      """;

  @TempDir Path folder;

  @Test
  void heldOutSamplesAreNormalizedButNotAugmented() throws IOException {
    byte[] images = new byte[5 * 3073 + 9];
    new Random(1).nextBytes(images);
    for (int i = 0; i <= 5; i++) {
      images[i * 3073] = (byte) (i == 2 ? 10 : i);
    }
    Files.write(folder.resolve("images.bin"), images);
    JobSpec job = JobFile.parse("job.yaml", JOB, List.of(), folder);
    List<Long> positions = new ArrayList<>();
    List<String> rejected = new ArrayList<>();
    HeldOut.forEach(
        job,
        "test",
        job.source(),
        (chunk, record, reason, detail) -> rejected.add(chunk.position(record) + reason.code()),
        block -> {
          for (int row = 0; row < block.size(); row++) {
            int start = (int) block.positions()[row] * 3073 + 1;
            for (int i = 0; i < 3072; i++) {
              float pixel = (images[start + i % 3 * 1024 + i / 3] & 0xff) / 255f;
              assertThat(Floats.read(block.dense(0).values(), block.dense(0).start(row) + i))
                  .isEqualTo((pixel - 0.5f) / 0.25f);
            }
            positions.add(block.positions()[row]);
          }
        });
    assertThat(positions).containsExactly(0L, 1L, 3L, 4L);
    assertThat(rejected).containsExactly("2label-out-of-range", "5malformed");
  }
}
