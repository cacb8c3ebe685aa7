package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A job with epochs, shuffling, validation and a test source, as a person runs it. */
class EpochsAndValidationTest {
  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    var random = new Random(5);
    Path train = Files.createDirectory(folder.resolve("train"));
    Files.write(train.resolve("a.csv"), rows(random, 600));
    Files.write(train.resolve("b.csv"), rows(random, 400));
    Files.write(folder.resolve("test.csv"), rows(random, 300));
    Files.writeString(
        folder.resolve("job.yaml"),
        """
          name: sides
          source:
            file: {path: train, format: csv}
          epochs: 4
          shuffle: {buffer: 500}
          validation: {fraction: 0.2, metric: accuracy}
          test:
            file: {path: test.csv, format: csv}
          sample:
            label: {field: side, classes: [below, above]}
            inputs:
              point: {dense: {fields: [x, y]}}
          model:
            - linear: {input: point}
          loss: logistic
          optimizer: {sgd: {learning-rate: 0.3}}
          batch: {size: 16}
          checkpoints: {directory: %s, every-samples: 300, keep: 2}
          metrics: {window-samples: 200, file: %s}
          """
            .formatted(folder.resolve("checkpoints"), folder.resolve("metrics.jsonl")));
  }

  private static List<String> rows(Random random, int count) {
    List<String> rows = new ArrayList<>(List.of("x,y,side"));
    for (int i = 0; i < count; i++) {
      double x = random.nextDouble(-1, 1);
      double y = random.nextDouble(-1, 1);
      rows.add(x + "," + y + "," + (y > x ? "above" : "below"));
    }
    return rows;
  }

  private CommandLineRun run(String... more) {
    CommandLineRun run = attempt(more);
    run.mustSucceed();
    return run;
  }

  private CommandLineRun attempt(String... more) {
    List<Object> words = new ArrayList<>();
    words.addAll(List.of("run", folder.resolve("job.yaml")));
    words.addAll(List.of("--report", folder.resolve("report.json")));
    words.addAll(List.of(more));
    return CommandLineRun.of(words.toArray());
  }

  @Test
  void reportsEpochsValidationAndTest() throws IOException {
    CommandLineRun run = run();
    JsonNode report = CommandLineRun.report(folder.resolve("report.json"));

    long heldOut = report.path("samplesFiltered").asLong() / 4;
    assertThat(heldOut).isBetween(150L, 250L);
    assertThat(report.path("samplesRead").asLong()).isEqualTo(4_000);
    assertThat(report.path("samplesTrained").asLong()).isEqualTo(4_000 - 4 * heldOut);
    assertThat(report.path("epochSeconds")).hasSize(4);

    JsonNode validation = report.path("validation");
    assertThat(validation.path("accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(validation.path("metric").asText()).isEqualTo("accuracy");
    assertThat(validation.path("best").asDouble())
        .isGreaterThanOrEqualTo(validation.path("accuracy").asDouble());
    assertThat(validation.path("stoppedEarly").asBoolean()).isFalse();

    JsonNode test = report.path("test");
    assertThat(test.path("samples").asLong()).isEqualTo(300);
    assertThat(test.path("accuracy").asDouble()).isGreaterThan(0.9);
    assertThat(test.path("classes").path(1).asText()).isEqualTo("above");
    long right =
        test.path("confusion").path(0).path(0).asLong()
            + test.path("confusion").path(1).path(1).asLong();
    assertThat(right / 300.0).isEqualTo(test.path("accuracy").asDouble());

    assertThat(run.out())
        .contains("validation accuracy ", "; best accuracy ", "test       accuracy ")
        .contains("on 300 samples", "confusion (row: true class, column: predicted)", " 0 below");
    assertThat(Files.readString(folder.resolve("metrics.jsonl")).lines())
        .filteredOn(line -> line.contains("\"event\":\"validation\""))
        .hasSize(4);
  }

  @Test
  void marksTheBestCheckpointAndSaysTheEpochOfPositions() throws IOException {
    run();
    JsonNode validation = CommandLineRun.report(folder.resolve("report.json")).path("validation");
    String best = "checkpoint-%012d.safetensors".formatted(validation.path("bestStep").asLong());

    String list = CommandLineRun.of("checkpoints", "list", folder.resolve("checkpoints")).out();
    assertThat(list.lines().filter(line -> line.endsWith("  best")))
        .singleElement()
        .asString()
        .startsWith(best);
    String newest = list.lines().toList().getLast();
    Path file = folder.resolve("checkpoints").resolve(newest.substring(0, newest.indexOf(' ')));
    assertThat(CommandLineRun.of("checkpoints", "show", file).out())
        .contains("train-0: from 0, next position 1,000 of epoch 4, read 4,000 = ");
  }

  @Test
  void aChangedJobGoesOnWithWeightsAloneIfAllowed() {
    run();
    CommandLineRun refused = attempt("--set", "batch.size=24");
    assertThat(refused.status()).isOne();
    assertThat(refused.err()).contains("batch.size: was ", "--allow weights-only");
    CommandLineRun allowed = run("--set", "batch.size=24", "--allow", "weights-only");
    assertThat(allowed.out()).contains("Taken from the checkpoint:", "Optimizer, schedule and");
  }

  @Test
  void isRebuiltFromItsRecordsAndFromNoOthers() throws IOException {
    run();
    CommandLineRun same = replay();
    assertThat(same.out()).as(same.err()).contains("the same, and so are the rest");
    same.mustSucceed();

    Path train = folder.resolve("train/b.csv");
    String records = Files.readString(train);
    int digit = records.lastIndexOf('.') + 1;
    char other = records.charAt(digit) == '1' ? '7' : '1';
    Files.writeString(train, records.substring(0, digit) + other + records.substring(digit + 1));
    CommandLineRun changed = replay();
    assertThat(changed.status()).isOne();
    assertThat(changed.out()).contains("not the same", "\n  model.");
  }

  private CommandLineRun replay() {
    return CommandLineRun.of(
        "replay",
        folder.resolve("job.yaml"),
        "--from",
        "start",
        "--to",
        folder.resolve("checkpoints"));
  }

  @Test
  void goesOnWhenItIsAskedForMoreEpochs() {
    run("--set", "epochs=2");
    run();
    JsonNode inTwo = CommandLineRun.report(folder.resolve("report.json"));
    run("--fresh");
    JsonNode atOnce = CommandLineRun.report(folder.resolve("report.json"));

    assertThat(inTwo.path("samplesRead")).isEqualTo(atOnce.path("samplesRead"));
    assertThat(inTwo.path("test").path("samples")).isEqualTo(atOnce.path("test").path("samples"));
  }

  @Test
  void endsEarlyAndStillTests() {
    CommandLineRun run =
        run("--set", "epochs=500", "--set", "early-stopping={patience: 2, min-delta: 0.01}");
    JsonNode report = CommandLineRun.report(folder.resolve("report.json"));

    assertThat(run.out()).contains("; stopped early");
    assertThat(report.path("validation").path("stoppedEarly").asBoolean()).isTrue();
    assertThat(report.path("samplesRead").asLong()).isLessThan(100_000);
    assertThat(report.path("test").path("samples").asLong()).isEqualTo(300);
  }
}
