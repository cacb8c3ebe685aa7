package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.Trainer;
import io.headrace.engine.error.HeadraceException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs of a model with two inputs, words and numbers, of which neither tells the label. */
class TowersRunTest {
  private static final int ROWS = 3_000;
  private static final long SEED = 11;
  private static final String JOB =
      """
      name: reviews
      source: {file: {path: train.csv, format: csv, chunk-rows: 37}}
      test: {file: {path: test.csv, format: csv}}
      sample:
        label: {field: liked, classes: ["no", "yes"]}
        inputs:
          text: {tokens: {length: 6, buckets: 50}}
          numbers: {dense: {fields: [price, rating]}}
      model:
        - towers:
            inputs:
              text:
                - embedding: {dimension: 8}
                - gru: {units: 16}
              numbers:
                - standardize
                - dense: {units: 8, activation: relu}
        - dense: {units: 16, activation: relu}
        - dense
      loss: logistic
      optimizer: {adam: {learning-rate: 0.01}}
      batch: {size: 32}
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeReviews() throws IOException {
    var random = new Random(SEED);
    write("train", ROWS, random);
    write("test", 500, random);
  }

  /** A good word and a low price together are liked, or a bad word and a high one. */
  private void write(String name, int rows, Random random) throws IOException {
    var csv = new StringBuilder("text,price,rating,liked\n");
    var json = new StringBuilder();
    for (int i = 0; i < rows; i++) {
      boolean good = random.nextBoolean();
      double price = Math.round(random.nextGaussian() * 1000) / 100.0;
      String text = "it was " + (good ? "good" : "bad") + " indeed".repeat(random.nextInt(3));
      String liked = good == price < 0 ? "yes" : "no";
      int rating = random.nextInt(5);
      csv.append(String.format(Locale.ROOT, "%s,%.2f,%d,%s%n", text, price, rating, liked));
      json.append(
          String.format(
              Locale.ROOT,
              "{\"liked\": \"%s\", \"rating\": %d, \"text\": \"%s\", \"price\": %.2f}%n",
              liked,
              rating,
              text,
              price));
    }
    Files.writeString(folder.resolve(name + ".csv"), csv);
    Files.writeString(folder.resolve(name + ".jsonl"), json);
  }

  private JobSpec job(String... overrides) {
    return JobFile.parse("job.yaml", JOB, List.of(overrides), folder);
  }

  private record Learned(String parameters, double accuracy) {}

  private Learned run(OptionalLong stopAfter, String... overrides) {
    JobSpec job = job(overrides);
    try (JobRun run = JobRun.start(job, new JobRun.Options(List.of(), stopAfter, step -> {}))) {
      run.await();
      double accuracy = run.test().orElseThrow().total().getOrDefault("accuracy", 0.0);
      return new Learned(run.trainer().parametersSha256(), accuracy);
    }
  }

  @Test
  void learnsWhatOnlyBothInputsTogetherTell() {
    assertThat(run(OptionalLong.empty(), "epochs=2").accuracy())
        .as("seed " + SEED)
        .isGreaterThan(0.95);
    String words = "model=[{embedding: {input: text, dimension: 8}}, {gru: {units: 16}}, dense]";
    assertThat(run(OptionalLong.empty(), "epochs=2", words).accuracy()).isLessThan(0.7);
  }

  @Test
  void learnsTheSameFromBothFormatsAnyThreadsAndAfterAStop() {
    Learned whole = run(OptionalLong.empty(), "engine.decoders=1", "engine.threads=1");
    assertThat(run(OptionalLong.empty(), "engine.decoders=3", "engine.threads=3")).isEqualTo(whole);
    assertThat(
            run(
                OptionalLong.empty(),
                "source.file={path: train.jsonl, format: jsonl}",
                "test.file={path: test.jsonl, format: jsonl}"))
        .isEqualTo(whole);
    String directory = "checkpoints.directory=" + folder.resolve("checkpoints");
    run(OptionalLong.of(640), directory);
    run(OptionalLong.of(1_900), directory);
    assertThat(run(OptionalLong.empty(), directory)).isEqualTo(whole);
  }

  @Test
  void theJobInTheDocumentationIsSound() throws IOException {
    String page = Files.readString(Path.of("..", "docs", "models.md"));
    String job = page.substring(page.indexOf("```yaml") + 7, page.indexOf("\n```\n"));
    try (Trainer trainer = JobFile.parse("models.md", job, List.of(), folder).newTrainer()) {
      assertThat(trainer.parameterCount()).isGreaterThan(20_000 * 64);
    }
  }

  @Test
  void tellsEachNestedSettingInTheFingerprint() {
    assertThat(job().fingerprint().settings())
        .containsEntry("model.0", "towers")
        .containsEntry("model.0.towers.inputs.text.0", "embedding")
        .containsEntry("model.0.towers.inputs.text.1.gru.units", "16")
        .containsEntry("model.0.towers.inputs.numbers.0", "standardize")
        .doesNotContainKey("model.0.towers.inputs");
  }

  @Test
  void replacesANestedSettingFromTheCommandLine() {
    assertThat(job("model.0.towers.inputs.text.1.gru.units=3").fingerprint().settings())
        .containsEntry("model.0.towers.inputs.text.1.gru.units", "3");
  }

  @Test
  void namesPathAndLineOfANestedFault() {
    assertFault(
        JOB.replace("gru: {units: 16}", "gru: {units: 0}"),
        "model.0.towers.inputs.text.1.gru.units: 0 is not within 1 to 65536 (job.yaml:14)");
    assertFault(
        JOB.replace("- standardize", "- standardise"),
        "model.0.towers.inputs.numbers.0: 'standardise' is not a known layer (job.yaml:16)."
            + " Did you mean 'standardize'?");
    assertFault(
        JOB.replace("- standardize", "- lstm: {units: 3}"),
        "model.0.towers.inputs.numbers.0.lstm: lstm (layer 0) needs sequences, rows of the shape"
            + " [steps, channels], but its input has the shape [2] (job.yaml:16)");
    assertFault(
        JOB.replace("- gru: {units: 16}", "- tanh"),
        "model.0.towers: towers (layer 0) lays side by side what its towers give, but numbers gives"
            + " the shape [8] and text the shape [6, 8]");
    assertFault(
        JOB.replace("        numbers:\n", "        digits:\n"),
        "model.0.towers.inputs.digits.0.input: digits is not an input of the job (job.yaml:16). The"
            + " inputs are [text, numbers].");
  }

  private void assertFault(String text, String message) {
    assertThatThrownBy(
            () -> JobFile.parse("job.yaml", text, List.of(), folder).newTrainer().close())
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(message);
  }
}
