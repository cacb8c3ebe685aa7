package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Jobs that learn privately, from the command line to what they leave behind. */
class PrivateRunTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeSamples() throws IOException {
    var random = new Random(3);
    var lines = new StringBuilder();
    for (int i = 0; i < 2000; i++) {
      double a = random.nextGaussian();
      double b = random.nextGaussian();
      lines.append(
          "{\"y\":\"%s\",\"a\":%s,\"b\":%s,\"t\":\"w%d\"}%n"
              .formatted(a > b ? "yes" : "no", a, b, i % 7));
    }
    Files.writeString(folder.resolve("rows.jsonl"), lines);
  }

  private CommandLineRun train(String inputs, String privacy) throws IOException {
    Path job = folder.resolve("job.yaml");
    Files.writeString(
        job,
        """
        name: private
        source: {file: {path: rows.jsonl, format: jsonl}}
        epochs: 3
        sample:
          label: {field: y, classes: ["no", "yes"]}
          inputs: %s
        model: %s
        loss: logistic
        optimizer: {sgd: {learning-rate: 0.5}}
        privacy: %s
        batch: {size: 50}
        checkpoints: {directory: %s, every-samples: 1000}
        metrics: {file: %s, window-samples: 1000}
        """
            .formatted(
                inputs,
                inputs.contains("tokens")
                    ? "[embedding: {dimension: 4}, global-avg-pool, dense]"
                    : "[linear: {input: x}]",
                privacy,
                folder.resolve("checkpoints"),
                folder.resolve("metrics.jsonl")));
    return CommandLineRun.of("run", job, "--report", folder.resolve("report.json"));
  }

  @Test
  void stopsWhenTheBudgetIsSpentAndSaysWhatWasSpentEverywhere() throws IOException {
    String privacy = "{noise: 2, delta: 1.0e-5, budget: 3.5}";
    String inputs = "{x: {dense: {fields: [a, b]}}}";
    CommandLineRun run = train(inputs, privacy);
    assertThat(run.status()).as(run.err()).isEqualTo(4);
    assertThat(run.out())
        .contains("privacy    epsilon 3.", "of 3.500 at delta 1.0E-5")
        .contains("The privacy budget is spent", "raise privacy.budget");
    JsonNode report = CommandLineRun.report(folder.resolve("report.json"));
    // Two readings come to 3.19, three would to more than 3.5.
    assertThat(report.path("samplesTrained").asLong()).isEqualTo(4000);
    assertThat(report.path("metrics").path("accuracy").asDouble()).isGreaterThan(0.85);
    double epsilon = report.path("privacy").path("epsilon").asDouble();
    assertThat(epsilon).isBetween(3.0, 3.5);
    assertThat(Files.readString(folder.resolve("metrics.jsonl")))
        .contains("\"privacy\":{\"epsilon\":" + epsilon + ",\"delta\":1.0E-5,\"budget\":3.5}")
        .contains("privacy-budget-spent");
    Path checkpoints = folder.resolve("checkpoints");
    assertThat(CommandLineRun.of("checkpoints", "show", checkpoints).out())
        .contains("privacy  epsilon " + epsilon + " at delta 1.0E-5");

    Path exported = folder.resolve("model.safetensors");
    CommandLineRun export = CommandLineRun.of("checkpoints", "export", checkpoints, exported);
    export.mustSucceed();
    try (var files = Files.list(folder)) {
      for (Path card :
          files.filter(f -> f.toString().matches(".*model.*(json|md)")).sorted().toList()) {
        assertThat(Files.readString(card)).as(card.toString()).contains("psilon", "1.0E-5");
      }
    }

    CommandLineRun again = train(inputs, privacy);
    assertThat(again.status()).as(again.err()).isEqualTo(4);
    assertThat(CommandLineRun.report(folder.resolve("report.json")).path("samplesTrained").asLong())
        .isEqualTo(4000);
  }

  @Test
  void learnsOnToTheEndWhereTheBudgetAllows() throws IOException {
    CommandLineRun run = train("{x: {dense: {fields: [a, b]}}}", "{noise: 2, budget: 9}");
    run.mustSucceed();
    assertThat(run.out()).contains("6,000 samples trained").doesNotContain("budget is spent");
  }

  @Test
  void refusesWhatLearnsOfSingleSamplesAndABudgetBelowOneStep() throws IOException {
    CommandLineRun buckets =
        train("{x: {sparse: {fields: [a, b], bucket: {a: {quantiles: 4}}}}}", "{noise: 2}");
    assertThat(buckets.status()).isOne();
    assertThat(buckets.err()).contains("sample.inputs.x", "borders are numbers of samples");
    CommandLineRun growing =
        train("{x: {tokens: {field: t, length: 3, vocabulary: grow}}}", "{noise: 2}");
    assertThat(growing.status()).isOne();
    assertThat(growing.err()).contains("sample.inputs.x", "grows with the samples", "job.yaml:");
    CommandLineRun poor = train("{x: {dense: {fields: [a, b]}}}", "{noise: 0.5, budget: 1}");
    assertThat(poor.status()).isOne();
    assertThat(poor.err())
        .contains("privacy.budget: 1.0 is less than the epsilon of")
        .contains("job.yaml:");
  }
}
