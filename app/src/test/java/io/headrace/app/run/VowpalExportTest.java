package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a linear model predicts follows from its exported text alone, by a reader of its own. */
class VowpalExportTest {
  private static final int ROWS = 500;
  private static final long SEED = 20261126;

  @TempDir private Path folder;

  private final List<String> lines = new ArrayList<>();

  private void learn(String label, String loss) throws IOException {
    var random = new SplittableRandom(SEED);
    for (int i = 0; i < ROWS; i++) {
      boolean yes = random.nextBoolean();
      var line = new StringBuilder(yes ? "1" : "-1");
      line.append(" |a x").append(random.nextInt(yes ? 30 : 60));
      line.append(" y:").append(random.nextInt(-20, 20) / 8.0);
      line.append(" |user:0.5 ").append(random.nextInt(1000)).append(" z-é").append(yes ? 1 : 0);
      line.append(" | of-none other:").append(random.nextInt(5));
      lines.add(line.toString());
    }
    Files.write(folder.resolve("rows.vw"), lines);
    Path job =
        Files.writeString(
            folder.resolve("job.yaml"),
            """
            name: clicks
            source: {file: {path: rows.vw, format: vw}}
            sample:
              label: %s
              inputs: {features: {sparse: {bits: 18}}}
            model: [linear]
            loss: %s
            optimizer: {adagrad: {learning-rate: 0.2}}
            batch: {size: 10}
            checkpoints: {directory: %s}
            """
                .formatted(label, loss, folder.resolve("kept")));
    ok("run", job);
    ok("checkpoints", "export", folder.resolve("kept"), folder.resolve("model.vw"));
  }

  private static String ok(Object... words) {
    var run = CommandLineRun.of(words);
    run.mustSucceed();
    return run.out();
  }

  private List<JsonNode> predictions() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    String out = ok("predict", folder.resolve("kept"), "--input", folder.resolve("rows.vw"));
    for (String line : out.lines().toList()) {
      all.add(new ObjectMapper().readTree(line));
    }
    assertThat(all).hasSize(ROWS);
    return all;
  }

  @Test
  void probabilitiesFollowFromTheText() throws IOException {
    learn("{classes: [-1, 1]}", "logistic");
    var reader = VowpalReader.read(folder.resolve("model.vw"));
    List<JsonNode> predictions = predictions();
    double widest = 0;
    for (int row = 0; row < ROWS; row++) {
      double score = reader.score(lines.get(row));
      double found = predictions.get(row).path("probabilities").path("1").asDouble();
      assertThat(1 / (1 + Math.exp(-score))).as(lines.get(row)).isCloseTo(found, within(1e-5));
      widest = Math.max(widest, Math.abs(score));
    }
    assertThat(widest).as("something was learned").isGreaterThan(1);
  }

  @Test
  void numbersFollowFromTheText() throws IOException {
    learn("{type: number}", "squared");
    var reader = VowpalReader.read(folder.resolve("model.vw"));
    List<JsonNode> predictions = predictions();
    for (int row = 0; row < ROWS; row++) {
      assertThat(reader.score(lines.get(row)))
          .as(lines.get(row))
          .isCloseTo(predictions.get(row).path("prediction").asDouble(), within(1e-5));
    }
  }
}
