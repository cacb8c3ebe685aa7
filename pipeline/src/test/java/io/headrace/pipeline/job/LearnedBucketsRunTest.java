package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.state.Tensor;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs whose buckets get their borders as the stream brings numbers. */
class LearnedBucketsRunTest {
  private static final int ROWS = 1_600;
  private static final String BORDERS = "vocabulary.x.a.borders";
  private static final String NUMBERS = "vocabulary.x.a.numbers";
  private static final String JOB =
      """
      name: buckets
      source: {file: {path: train.csv, format: csv, chunk-rows: 23}}
      test: {file: {path: test.csv, format: csv}}
      sample:
        label: {field: label, classes: ["no", "yes"]}
        inputs:
          x:
            sparse:
              fields: [a, b, c]
              bucket: {a: {quantiles: 16, warm-up: 800}, b: {quantiles: 8}}
              cross: [[a, c]]
              bits: 12
      model: [linear]
      loss: logistic
      optimizer: {ftrl: {learning-rate: 0.3}}
      engine: {update: sample}
      batch: {size: 32}
      """;

  @TempDir Path folder;

  @BeforeEach
  void writeRows() throws IOException {
    var random = new Random(5);
    Files.writeString(folder.resolve("train.csv"), csv(ROWS, random));
    Files.writeString(folder.resolve("test.csv"), csv(300, random));
  }

  /** What is near 0 is yes: no line tells it from the rest, but buckets do. */
  private static String csv(int rows, Random random) {
    var csv = new StringBuilder("a,b,c,label\n");
    for (int i = 0; i < rows; i++) {
      double a = random.nextGaussian() * 1000;
      String label = i % 50 == 7 ? "maybe" : Math.abs(a) < 600 ? "yes" : "no";
      csv.append(
          String.format(Locale.ROOT, "%.2f,%.3f,c%d,%s%n", a, random.nextDouble(), i % 3, label));
    }
    return csv.toString();
  }

  private record Learned(Map<String, byte[]> tensors, double accuracy, String weights) {}

  private JobSpec job(String checkpoints, String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.add("checkpoints.directory=" + folder.resolve(checkpoints));
    return JobFile.parse("job.yaml", JOB, all, folder);
  }

  private Learned run(String checkpoints, OptionalLong stopAfter, String... overrides) {
    JobSpec job = job(checkpoints, overrides);
    double accuracy;
    String weights;
    var options =
        new JobRun.Options(
            List.of(), stopAfter, step -> {}, text -> {}, Optional.of(differences -> {}));
    try (JobRun run = JobRun.start(job, options)) {
      run.await();
      weights = run.trainer().parametersSha256();
      accuracy = run.test().orElseThrow().total().getOrDefault("accuracy", 0.0);
    }
    try (var model = StoredModel.open(folder.resolve(checkpoints))) {
      var tensors = new TreeMap<String, byte[]>();
      for (Map.Entry<String, Tensor> entry : model.checkpoint().tensors().entrySet()) {
        tensors.put(entry.getKey(), entry.getValue().data().toArray(ValueLayout.JAVA_BYTE));
      }
      assertThat(model.evaluate(folder.resolve("test.csv")).total())
          .containsEntry("accuracy", accuracy);
      return new Learned(tensors, accuracy, weights);
    }
  }

  private static void assertSame(Learned found, Learned expected) {
    assertThat(found.tensors().keySet()).isEqualTo(expected.tensors().keySet());
    expected
        .tensors()
        .forEach((name, bytes) -> assertThat(found.tensors().get(name)).as(name).isEqualTo(bytes));
    assertThat(found.accuracy()).isEqualTo(expected.accuracy());
  }

  @Test
  void learnsWhatALineCannotAndTheSameWithAnyDecodersAndAfterStops() {
    Learned whole = run("whole", OptionalLong.empty(), "engine.decoders=1", "engine.threads=1");
    assertThat(whole.accuracy()).isGreaterThan(0.9);
    assertThat(whole.tensors()).containsKey(BORDERS).doesNotContainKey(NUMBERS);
    assertThat(run("line", OptionalLong.empty(), "sample.inputs.x.sparse.bucket={}").accuracy())
        .isLessThan(0.7);
    assertSame(run("shared", OptionalLong.empty(), "engine.decoders=4", "engine.threads=3"), whole);
    assertThat(run("stopped", OptionalLong.of(320)).tensors())
        .containsKey(NUMBERS)
        .doesNotContainKey(BORDERS);
    run("stopped", OptionalLong.of(960), "engine.decoders=3");
    assertSame(run("stopped", OptionalLong.empty()), whole);
  }

  /** What is left behind by a kill: an older checkpoint, and a stream that had gone on. */
  @Test
  void goesOnFromAnOlderCheckpointWithTheNumbersOfThen() throws IOException {
    String[] options = {"checkpoints.every-samples=320", "checkpoints.keep=10"};
    Learned whole = run("whole", OptionalLong.empty(), options);
    List<Path> checkpoints;
    try (Stream<Path> files = Files.list(folder.resolve("whole"))) {
      checkpoints =
          files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
    for (Path later : checkpoints.subList(1, checkpoints.size())) {
      Files.delete(later);
    }
    try (var model = StoredModel.open(checkpoints.getFirst())) {
      assertThat(model.checkpoint().tensors()).containsKey(NUMBERS);
    }
    assertSame(run("whole", OptionalLong.empty(), options), whole);
  }

  @Test
  void learnsTheSameShuffledOverEpochsWithSamplesHeldOut() {
    String[] options = {
      "epochs=2", "shuffle={buffer: 200, seed: 3}", "validation={fraction: 0.2, every-samples: 400}"
    };
    Learned whole = run("whole", OptionalLong.empty(), options);
    run("stopped", OptionalLong.of(640), options);
    assertSame(run("stopped", OptionalLong.empty(), options), whole);
  }

  @Test
  void aConvertedFileHasTheBucketsOfItsOrder() {
    JobConversion.Outcome outcome =
        JobConversion.convert(job("none"), folder.resolve("converted.avro"));
    assertThat(outcome.samples()).isEqualTo(ROWS - ROWS / 50);
    Learned whole = run("whole", OptionalLong.empty());
    String[] source = {"source={file: {path: converted.avro, format: avro}}"};
    try (JobRun run = JobRun.start(job("converted", source), JobRun.Options.NONE)) {
      run.await();
      assertThat(run.trainer().parametersSha256()).isEqualTo(whole.weights());
    }
  }

  @Test
  void weightsOfAnotherJobComeWithTheirBorders() {
    String adagrad = "optimizer={adagrad: {}}";
    Learned first = run("taken", OptionalLong.empty(), adagrad);
    Learned second = run("taken", OptionalLong.empty(), adagrad, "engine.update=batch");
    assertThat(second.tensors().get(BORDERS)).isEqualTo(first.tensors().get(BORDERS));
    assertThat(second.accuracy()).isGreaterThan(0.9);
  }

  @Test
  void itIsPartOfTheFingerprint() {
    assertThat(job("none").fingerprint().settings())
        .containsEntry(
            "sample.inputs.x.sparse.bucket",
            "{a=Quantiles[count=16, warmUp=800], b=Quantiles[count=8, warmUp=10000]}");
  }
}
