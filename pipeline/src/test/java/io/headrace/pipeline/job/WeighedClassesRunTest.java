package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalLong;
import java.util.Random;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs over clicks, of which about one in twenty is one, whose classes count differently. */
class WeighedClassesRunTest {
  private static final int ROWS = 20_000;
  private static final String JOB =
      """
      name: clicks
      source: {file: {path: clicks.vw, format: vw, chunk-rows: 997}}
      test: {file: {path: clicks.vw, format: vw}}
      sample:
        label: {classes: ["-1", "1"]}
        inputs: {features: {sparse: {bits: 12}}}
      model: [linear]
      loss: logistic
      optimizer: adagrad
      batch: {size: 64}
      engine: {update: sample}
      """;
  private static final String KEEP_A_TENTH = "transforms=[{down-sample: {class: '-1', keep: 0.1}}]";

  @TempDir Path folder;
  private int clicks;

  @BeforeEach
  void writeClicks() throws IOException {
    var random = new Random(3);
    var lines = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      int ad = random.nextInt(20);
      int page = random.nextInt(5);
      boolean click = random.nextDouble() < 1 / (1 + Math.exp(4.6 - 0.1 * ad - 0.3 * page));
      clicks += click ? 1 : 0;
      lines.append(click ? "1" : "-1").append(" |f ad=" + ad + " page=" + page + "\n");
    }
    Files.writeString(folder.resolve("clicks.vw"), lines);
  }

  private record Learned(String parameters, TrainingMetrics metrics, HeldOut.Scores test) {}

  private Learned run(OptionalLong stopAfter, String... overrides) {
    JobSpec job = JobFile.parse("job.yaml", JOB, List.of(overrides), folder);
    try (JobRun run = JobRun.start(job, new JobRun.Options(List.of(), stopAfter, step -> {}))) {
      run.await();
      return new Learned(
          run.trainer().parametersSha256(),
          run.trainer().metrics("clicks", 0, 0),
          run.test().orElseThrow());
    }
  }

  private Learned run(String... overrides) {
    return run(OptionalLong.empty(), overrides);
  }

  @ParameterizedTest
  @CsvSource({
    "logistic, {adagrad: {learning-rate: 0.5}}, sample",
    "logistic, normalized, sample",
    "logistic, {ftrl: {learning-rate: 0.5}}, sample",
    "logistic, coin, sample",
    "softmax, normalized, sample",
    "softmax, {adagrad: {learning-rate: 0.5}}, batch"
  })
  void downSampledClicksLeaveProbabilitiesAsTheyAre(String loss, String optimizer, String update) {
    double baseRate = clicks / (double) ROWS;
    Learned learned =
        run("loss=" + loss, "optimizer=" + optimizer, "engine.update=" + update, KEEP_A_TENTH);

    var ledger = learned.metrics.ledger();
    assertThat(ledger.filtered()).isBetween((long) (0.8 * ROWS), (long) (0.9 * ROWS));
    assertThat(ledger.read()).isEqualTo(ROWS);
    assertThat(ledger.trained()).isEqualTo(ROWS - ledger.filtered()).isGreaterThan(clicks);
    assertThat(learned.metrics.total().get("baseRate"))
        .isCloseTo(baseRate, within(0.05 * baseRate));
    assertThat(learned.metrics.total().get("meanPrediction"))
        .as("before learning, the first rows included")
        .isCloseTo(baseRate, within(0.3 * baseRate));
    assertThat(learned.test.samples()).isEqualTo(ROWS);
    assertThat(learned.test.total().get("baseRate")).isCloseTo(baseRate, within(1e-9));
    assertThat(learned.test.total().get("meanPrediction"))
        .as("of the whole stream")
        .isCloseTo(baseRate, within(0.15 * baseRate));
  }

  @Test
  void withoutTheirWeightsTheyWouldNotBe() throws IOException {
    List<String> kept = Files.readAllLines(folder.resolve("clicks.vw"));
    var random = new Random(5);
    kept.removeIf(line -> line.startsWith("-1") && random.nextDouble() >= 0.1);
    Files.write(folder.resolve("kept.vw"), kept);
    double baseRate = clicks / (double) ROWS;

    Learned learned = run("source.file.path=kept.vw");

    assertThat(learned.test.total().get("meanPrediction")).isGreaterThan(4 * baseRate);
  }

  @Test
  void keepsTheSameRowsWithAnyDecodersAndAfterAStopAndOthersWithAnotherSeed() {
    Learned whole = run(KEEP_A_TENTH, "engine.decoders=1");
    assertThat(run(KEEP_A_TENTH, "engine.decoders=3").parameters).isEqualTo(whole.parameters);
    String directory = "checkpoints.directory=" + folder.resolve("checkpoints");
    run(OptionalLong.of(1_000), KEEP_A_TENTH, directory);
    Learned resumed = run(KEEP_A_TENTH, directory);
    assertThat(resumed.parameters).isEqualTo(whole.parameters);
    assertThat(resumed.metrics.ledger()).isEqualTo(whole.metrics.ledger());
    String other = KEEP_A_TENTH.replace("}}", ", seed: 1}}");
    assertThat(run(other).parameters).isNotEqualTo(whole.parameters);
  }

  @Test
  void namesTheClassesThereAre() {
    assertThatThrownBy(() -> run(KEEP_A_TENTH.replace("-1", "no")))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("transforms.0.down-sample.class")
        .hasMessageContaining("no is none of the label's classes [-1, 1]");
  }

  /** The weight of a class counts as the weight of each of its rows. */
  @ParameterizedTest
  @CsvSource({
    "logistic, adagrad, sample",
    "logistic, normalized, sample",
    "logistic, ftrl, sample",
    "logistic, coin, sample",
    "softmax, normalized, sample",
    "softmax, sgd, sample",
    "softmax, adagrad, batch"
  })
  void aClassThatCountsThreefoldIsRowsThatDo(String loss, String optimizer, String update)
      throws IOException {
    String weighted = Files.readString(folder.resolve("clicks.vw")).replaceAll("(?m)^1 ", "1 3.0 ");
    Files.writeString(folder.resolve("weighted.vw"), weighted);
    String[] common = {"optimizer=" + optimizer, "engine.update=" + update};
    String classes =
        loss.equals("logistic")
            ? "{logistic: {positive-weight: 3}}"
            : "{softmax: {class-weights: [1, 3]}}";

    float[] byClass = learned(common[0], common[1], "loss=" + classes);
    float[] byRow = learned(common[0], common[1], "loss=" + loss, "source.file.path=weighted.vw");
    float[] neither = learned(common[0], common[1], "loss=" + loss);

    assertThat(byClass).hasSize(byRow.length);
    double moved = 0;
    for (int i = 0; i < byRow.length; i++) {
      assertThat(byClass[i]).isCloseTo(byRow[i], within(1e-3f));
      moved = Math.max(moved, Math.abs(neither[i] - byRow[i]));
    }
    assertThat(moved).isGreaterThan(0.05);
  }

  /** Predictions for the first hundred clicks. */
  private float[] learned(String... overrides) {
    JobSpec job = JobFile.parse("job.yaml", JOB, List.of(overrides), folder);
    try (JobRun run = JobRun.start(job, JobRun.Options.NONE)) {
      run.await();
      float[][] outputs = {{}};
      HeldOut.forEach(
          job,
          "test",
          job.test().orElseThrow(),
          (chunk, record, reason, detail) -> {},
          block -> {
            if (outputs[0].length == 0) {
              MemorySegment into =
                  Floats.allocate((long) block.size() * run.trainer().outputWidth());
              run.trainer().predict(block, into);
              outputs[0] = Floats.toArray(into);
            }
          });
      return outputs[0];
    }
  }
}
