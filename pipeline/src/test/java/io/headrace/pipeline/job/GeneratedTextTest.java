package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Runs that let their model write: the text is of what was learned, and changes none of it. */
class GeneratedTextTest {
  private static final String JOB =
      """
      name: text
      source: {file: {path: text.txt, format: text-window, window: 4}}
      epochs: 4
      sample:
        label: {classes-from: text}
        inputs:
          text: {tokens: {split: characters, length: 4, keep: tail, learn-from: text.txt}}
      model:
        - embedding: {dimension: 8}
        - dropout: {rate: 0.1}
        - gru: {units: 16}
        - dense: {}
      loss: softmax
      optimizer: {adam: {learning-rate: 0.01}}
      batch: {size: 8}
      """;
  private static final String GENERATE =
      "generate={every-samples: 500, length: 24, temperature: 0.1, start: c, seed: 3}";

  @TempDir Path folder;

  @BeforeEach
  void writeText() throws IOException {
    Files.writeString(folder.resolve("text.txt"), "abcd".repeat(150));
  }

  private record Written(List<GeneratedText> texts, String parameters) {}

  private Written run(OptionalLong stopAfter, String... overrides) {
    var texts = new ArrayList<GeneratedText>();
    JobSpec job = JobFile.parse("job.yaml", JOB, List.of(overrides), folder);
    var options = new JobRun.Options(List.of(), stopAfter, step -> {}, texts::add);
    try (JobRun run = JobRun.start(job, options)) {
      run.await();
      return new Written(texts, run.trainer().parametersSha256());
    }
  }

  @Test
  void writesWhatItLearned() {
    Written written = run(OptionalLong.empty(), GENERATE);
    assertThat(written.texts()).extracting(GeneratedText::trained).hasSize(4).isSorted();
    assertThat(written.texts().getLast().text()).isEqualTo("dabc".repeat(6));
    assertThat(written.texts().getFirst().trained()).isBetween(500L, 507L);
  }

  @Test
  void learnsTheSameBytesWithoutWriting() {
    assertThat(run(OptionalLong.empty(), GENERATE).parameters())
        .isEqualTo(run(OptionalLong.empty()).parameters());
  }

  @Test
  void writesTheSameAfterAStop() {
    String hot = GENERATE.replace("0.1", "3.0");
    Written whole = run(OptionalLong.empty(), hot);
    String directory = "checkpoints.directory=" + folder.resolve("checkpoints");
    var parts = new ArrayList<GeneratedText>();
    parts.addAll(run(OptionalLong.of(504), hot, directory).texts());
    parts.addAll(run(OptionalLong.of(1_200), hot, directory).texts());
    Written end = run(OptionalLong.empty(), hot, directory);
    parts.addAll(end.texts());
    assertThat(parts).isEqualTo(whole.texts());
    assertThat(end.parameters()).isEqualTo(whole.parameters());
    assertThat(parts).extracting(GeneratedText::text).doesNotHaveDuplicates();

    Written other = run(OptionalLong.empty(), hot.replace("seed: 3", "seed: 4"));
    assertThat(other.texts()).isNotEqualTo(whole.texts());
    assertThat(other.parameters()).isEqualTo(whole.parameters());
  }

  @Test
  void needsAModelOfTheNextCharacter() {
    assertThatThrownBy(
            () ->
                JobFile.parse(
                    "job.yaml",
                    JOB,
                    List.of(
                        GENERATE,
                        "sample.label={classes: [a, b, c, d]}",
                        "sample.inputs.text.tokens={split: words, length: 4, buckets: 64}"),
                    folder))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("generate: needs a model of the next character");
  }
}
