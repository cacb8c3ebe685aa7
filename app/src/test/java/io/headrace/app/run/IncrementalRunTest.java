package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A job with a large table, and what every command makes of checkpoints that build on another. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class IncrementalRunTest {
  private static final int ROWS = 100_000;
  private static final int BETWEEN = 5_000;

  @TempDir private static Path folder;

  private JsonNode whole = com.fasterxml.jackson.databind.node.NullNode.getInstance();
  private JsonNode built = com.fasterxml.jackson.databind.node.NullNode.getInstance();

  @BeforeAll
  void train() throws IOException {
    var random = new SplittableRandom(20261126);
    var lines = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      lines.append(random.nextBoolean() ? "1 |a" : "-1 |a");
      for (int j = 0; j < 8; j++) {
        // Most pages of the table are touched early, and few later: only those are written then.
        lines.append(" w").append(random.nextInt(i < BETWEEN ? 40_000 : 40));
      }
      lines.append('\n');
    }
    Files.writeString(folder.resolve("rows.vw"), lines);
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        name: large-table
        source: {file: {path: rows.vw, format: vw}}
        sample:
          label: {classes: [-1, 1]}
          inputs: {features: {sparse: {bits: 21}}}
        model: [linear]
        loss: logistic
        optimizer: {adagrad: {}}
        batch: {size: 100}
        engine: {update: sample}
        checkpoints: {every-samples: %d, keep: 20}
        """
            .formatted(BETWEEN));
    whole = run("whole", "--set", "checkpoints.incremental=false");
    built = run("built");
  }

  private static JsonNode run(String name, Object... more) throws IOException {
    Path report = folder.resolve(name + ".json");
    List<Object> words = new ArrayList<>(List.of("run", folder.resolve("job.yaml")));
    words.addAll(List.of("--set", "checkpoints.directory=" + folder.resolve(name)));
    words.addAll(List.of("--report", report));
    words.addAll(Arrays.asList(more));
    var run = CommandLineRun.of(words.toArray());
    run.mustSucceed();
    return new ObjectMapper().readTree(Files.readString(report));
  }

  private static List<CheckpointStore.Entry> entries(String name) {
    return DirectoryCheckpointStore.forReading(folder.resolve(name)).list();
  }

  /**
   * The newest that has only what changed since another; how many there are depends on the disk.
   */
  private static CheckpointStore.Entry lastBuilt(String name) {
    return entries(name).stream()
        .filter(entry -> entry.base().isPresent())
        .reduce((before, after) -> after)
        .orElseThrow(() -> new AssertionError("none builds on another: " + entries(name)));
  }

  private static Path file(String name, CheckpointStore.Entry entry) {
    return folder.resolve(name).resolve(entry.name());
  }

  @Test
  void theyLearnTheSameAndTakeLessRoom() {
    assertThat(built.path("parametersSha256")).isEqualTo(whole.path("parametersSha256"));
    assertThat(entries("whole")).allMatch(entry -> entry.base().isEmpty());
    List<CheckpointStore.Entry> entries = entries("built");
    assertThat(entries.getFirst().base()).isEmpty();
    CheckpointStore.Entry last = lastBuilt("built");
    assertThat(last.bytes()).isLessThan(entries.getFirst().bytes() / 2);
    assertThat(CommandLineRun.of("checkpoints", "list", folder.resolve("built")).out())
        .contains(last.name(), last.base().orElseThrow());
  }

  @Test
  void everyOneIsVerifiedAndShown() {
    for (CheckpointStore.Entry entry : entries("built")) {
      Path file = folder.resolve("built").resolve(entry.name());
      var verified = CommandLineRun.of("checkpoints", "verify", file);
      assertThat(verified.status()).as(verified.out()).isZero();
      assertThat(CommandLineRun.of("checkpoints", "show", file).out())
          .contains("model.0.linear.weight F32 [2097152, 1]");
    }
  }

  @Test
  void modelsOfBothPredictAndEvaluateTheSame() throws IOException {
    Path input = folder.resolve("new.vw");
    Files.writeString(input, "|a w1 w7 w100\n|a w2 w20000\n");
    Path alone = folder.resolve("predicting.safetensors");
    CheckpointStore.Entry last = lastBuilt("built");
    CommandLineRun.of("checkpoints", "export", file("built", last), alone).mustSucceed();
    var predicted = CommandLineRun.of("predict", file("built", last), "--input", input);
    predicted.mustSucceed();
    assertThat(predicted.out())
        .isEqualTo(CommandLineRun.of("predict", alone, "--input", input).out())
        .contains("\"probabilities\"");
    Path data = folder.resolve("rows.vw");
    assertThat(CommandLineRun.of("evaluate", folder.resolve("built"), "--data", data).out())
        .isEqualTo(CommandLineRun.of("evaluate", folder.resolve("whole"), "--data", data).out())
        .contains("on 100,000 samples");
  }

  @Test
  void theExportedFileStandsAlone() throws IOException {
    CheckpointStore.Entry last = lastBuilt("built");
    Path alone = Files.createDirectories(folder.resolve("alone"));
    Path copy = alone.resolve(last.name());
    var run = CommandLineRun.of("checkpoints", "export", file("built", last), copy);
    run.mustSucceed();
    assertThat(CommandLineRun.of("checkpoints", "verify", copy).out()).contains("whole");
    Path text = folder.resolve("built.vw");
    CommandLineRun.of("checkpoints", "export", folder.resolve("built"), text).mustSucceed();
    assertThat(Files.readAllLines(text)).hasSizeGreaterThan(1000);
  }

  @Test
  void aRunGoesOnFromAnOlderOneThatBuildsOnAnother() throws IOException {
    run("restored");
    CheckpointStore.Entry older = lastBuilt("restored");
    var restored = CommandLineRun.of("checkpoints", "restore", file("restored", older));
    restored.mustSucceed();
    assertThat(entries("restored").getLast().name()).isEqualTo(older.name());
    for (CheckpointStore.Entry later : entries("restored/behind-" + older.step())) {
      Path aside = folder.resolve("restored/behind-" + older.step()).resolve(later.name());
      CommandLineRun.of("checkpoints", "verify", aside).mustSucceed();
    }
    JsonNode again = run("restored");
    assertThat(again.path("parametersSha256")).isEqualTo(whole.path("parametersSha256"));
    assertThat(again.path("samplesTrained").asLong()).isEqualTo(ROWS);
  }

  @Test
  void aModelIsRebuiltBetweenTwoOfThem() throws IOException {
    List<CheckpointStore.Entry> entries = entries("built");
    var run =
        CommandLineRun.of(
            "replay",
            folder.resolve("job.yaml"),
            "--set",
            "checkpoints.directory=" + folder.resolve("built"),
            "--from",
            file("built", entries.getFirst()),
            "--to",
            file("built", lastBuilt("built")));
    run.mustSucceed();
  }

  @Test
  void aDamagedBaseIsToldWithItsName() throws IOException {
    run("damaged");
    CheckpointStore.Entry last = lastBuilt("damaged");
    Path base = folder.resolve("damaged").resolve(last.base().orElseThrow());
    byte[] bytes = Files.readAllBytes(base);
    bytes[bytes.length / 2] ^= 1;
    Files.write(base, bytes);
    var verified = CommandLineRun.of("checkpoints", "verify", file("damaged", last));
    assertThat(verified.status()).isOne();
    assertThat(verified.out()).contains(base.getFileName().toString());
  }
}
