package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.HOME;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import io.headrace.ingest.DataSets;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The examples of sparse streams on the beginning of their data, where it is there; the losses to
 * stay below are those of Vowpal Wabbit's rule (see perf/RESULTS.md) on the same rows.
 */
class SparseExamplesTest {
  @TempDir Path folder;

  private JsonNode run(String example, String data, int rows) throws IOException {
    Path all = DataSets.with(data).resolve(data);
    Path beginning = folder.resolve(all.getFileName());
    try (Stream<String> lines = Files.lines(all)) {
      Files.write(beginning, lines.limit(rows).toList());
    }
    Path report = folder.resolve("report.json");
    CommandLineRun run =
        CommandLineRun.of(
            "run",
            HOME.resolve("examples").resolve(example).resolve("job.yaml"),
            "--data",
            folder,
            "--set",
            "checkpoints.directory=" + folder.resolve("checkpoints"),
            "--report",
            report);
    run.mustSucceed();
    JsonNode node = CommandLineRun.report(report);
    assertThat(node.path("samplesTrained").asLong()).isEqualTo(rows);
    assertThat(node.path("metrics").path("meanPrediction").asDouble())
        .isBetween(
            0.9 * node.path("metrics").path("baseRate").asDouble(),
            1.1 * node.path("metrics").path("baseRate").asDouble());
    return node;
  }

  @Test
  void tellsAttacksFromNormalConnections() throws IOException {
    JsonNode report = run("kdd99", "kdd99/kddcup.data_10_percent", 20_000);
    assertThat(report.path("metrics").path("logLoss").asDouble()).isLessThan(0.0127);
    assertThat(report.path("metrics").path("baseRate").asDouble()).isBetween(0.1, 0.9);
  }

  @Test
  void tellsWhatArticlesAreAbout() throws IOException {
    JsonNode report = run("rcv1", "sparse/vw_rcv1_small.dat", 1_000);
    assertThat(report.path("metrics").path("logLoss").asDouble()).isLessThan(0.405);
    assertThat(report.path("metrics").path("accuracy").asDouble()).isGreaterThan(0.8);
  }
}
