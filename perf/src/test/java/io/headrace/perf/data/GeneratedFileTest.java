package io.headrace.perf.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.TrainingMetrics;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GeneratedFileTest {
  private static final int ROWS = 4_000;

  @TempDir private Path directory;

  @Test
  void clicksHaveTheDeclaredShapeAndAreTheSameEachTime() throws Exception {
    Path file = directory.resolve("ctr.vw");
    Path again = directory.resolve("again.vw");
    GeneratedFile.ctr(file, ROWS);
    GeneratedFile.ctr(again, ROWS);
    assertThat(again).hasSameBinaryContentAs(file);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).hasSize(ROWS);
    assertThat(clicks(lines)).isCloseTo(0.12, within(0.03));
    assertThat((double) features(lines) / ROWS).isCloseTo(26 + 13 * 0.8, within(0.2));
    assertThat((double) Files.size(file) / ROWS).isBetween(350.0, 450.0);
    assertThat(lines.getFirst())
        .matches("-?1 \\|i( i\\d+:\\d\\.\\d\\d)* \\|c( c\\d+=[0-9a-f]{7}){26}");
  }

  @Test
  void labelsFollowFromFeaturesSoThatLearningBeatsTheBaseRate() throws Exception {
    GeneratedFile.ctr(directory.resolve("ctr.vw"), 20_000);
    Path example = Path.of("..", "examples", "ctr", "job.yaml");
    List<String> settings = List.of("checkpoints.directory=" + directory.resolve("checkpoints"));
    try (JobRun run =
        JobRun.start(JobFile.read(example, settings, directory), JobRun.Options.NONE)) {
      TrainingMetrics metrics = Objects.requireNonNull(run.await().metrics());
      assertThat(metrics.total().get("logLoss"))
          .isLessThan(metrics.baselines().get("baseRateLogLoss"));
    }
  }

  @Test
  void denseRowsHaveFiftyNumbersAndBalancedLabels() throws Exception {
    Path file = directory.resolve("dense.vw");
    GeneratedFile.dense(file, ROWS);
    List<String> lines = Files.readAllLines(file);
    assertThat(lines).allMatch(l -> l.matches("-?1 \\|x( x\\d+:-?[01]\\.\\d{4}){50}"));
    assertThat(clicks(lines)).isCloseTo(0.5, within(0.05));
  }

  private static double clicks(List<String> lines) {
    return (double) lines.stream().filter(l -> l.startsWith("1 ")).count() / lines.size();
  }

  private static long features(List<String> lines) {
    return lines.stream().mapToLong(l -> l.chars().filter(c -> c == ':' || c == '=').count()).sum();
  }
}
