package io.headrace.pipeline.job;

import static io.headrace.pipeline.job.TestVocabulary.JOB;
import static io.headrace.pipeline.job.TestVocabulary.read;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.config.ComponentSpec;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.pipeline.batch.BatchShape;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobFileTest {
  private static final String SMALL =
      """
      name: small
      source: {file: {path: a.csv, format: csv}}
      sample:
        label: {field: y, type: number}
        inputs: {x: {dense: {fields: [a]}}}
      model: [dense: {input: x, units: 1}]
      loss: squared
      optimizer: {sgd: {learning-rate: 0.1}}
      engine: {threads: 3}
      """;

  @TempDir Path directory;

  @Test
  void readsEveryGroup() {
    JobSpec job = read(JOB);

    assertThat(job.name()).isEqualTo("flight-delay");
    assertThat(job.source().name()).isEqualTo("kafka");
    assertThat(job.source().settings().asMap()).containsEntry("topic", "flights");
    assertThat(job.test()).isEmpty();
    assertThat(job.layers())
        .extracting(ComponentSpec::name)
        .containsExactly("dense", "relu", "linear");
    assertThat(job.optimizer()).hasToString("ftrl{learning-rate=0.05}");
    assertThat(job.batch()).isEqualTo(new BatchShape(64, 20, 64));
    assertThat(job.engine().threads()).isEqualTo(2);
    assertThat(job.engine().shards()).isEqualTo(8);
    assertThat(job.baseDirectory()).isEqualTo(TestVocabulary.DIRECTORY);
    assertThat(job.checkpoints().directory()).contains(Path.of("checkpoints"));
    assertThat(job.metrics().topic()).isEmpty();
  }

  @Test
  void makesTheModelSpecOfEverythingThatIsLearned() {
    var schema =
        new SampleSchema(
            List.of(new SampleSchema.Input("features", new InputSpec.Sparse(18))),
            new LabelSpec.Classes(List.of("on-time", "late")));

    assertThat(read(JOB).modelSpec().schema()).isEqualTo(schema);
    assertThat(read(JOB).modelSpec().batchSize()).isEqualTo(64);
    assertThat(read(JOB).modelSpec().seed()).isEqualTo(1);
  }

  @Test
  void fillsInDefaultsWhereGroupsAreAbsent() {
    JobSpec job = read(JOB.substring(0, JOB.indexOf("batch:")));

    assertThat(job.batch()).isEqualTo(new BatchShape(64, 20, 64));
    assertThat(job.engine().threads()).isEqualTo(Runtime.getRuntime().availableProcessors());
    assertThat(job.checkpoints().directory()).isEmpty();
  }

  @Test
  void readsHowOftenAndInWhichOrderTheSourceIsLearned() {
    String files = JOB.replace("kafka: {topic: flights}", "file: {path: flights.csv}");

    assertThat(read(files).epochs()).isEqualTo(1);
    assertThat(read(files).shuffle()).isEmpty();
    assertThat(read(files + "epochs: 10\nshuffle: {buffer: 500, seed: 7}\n").epochs())
        .isEqualTo(10);
    assertThat(read(files + "shuffle: {buffer: 500, seed: 7}\n").shuffle())
        .contains(new ShuffleSettings(500, 7, 10_000));
    assertThat(read(files + "shuffle:\n").shuffle())
        .contains(new ShuffleSettings(65_536, 1, 10_000));
    assertThat(read(files, "shuffle.seed=3").shuffle())
        .contains(new ShuffleSettings(65_536, 3, 10_000));
  }

  @Test
  void readsHowHeldOutSamplesAreScored() {
    String files = JOB.replace("kafka: {topic: flights}", "file: {path: flights.csv}");
    JobSpec job =
        read(
            files
                + "validation: {fraction: 0.2, every-samples: 500, metric: auc}\n"
                + "early-stopping: {patience: 2, min-delta: 0.01}\n");

    ValidationSpec validation = job.validation().orElseThrow();
    assertThat(validation.fraction()).hasValue(0.2);
    assertThat(validation.everySamples()).hasValue(500);
    assertThat(validation.metric()).isEqualTo("auc");
    assertThat(job.earlyStopping()).contains(new EarlyStopping(2, 0.01));
    assertThat(job.fingerprint().settings()).containsEntry("validation.fraction", "0.2");

    JobSpec other = read(files + "validation: {source: {file: {path: held-out.csv}}}\n");
    assertThat(other.validation().orElseThrow().source()).isPresent();
    assertThat(other.fingerprint()).isEqualTo(read(files).fingerprint());
  }

  @Test
  void keepsTheTextOfWordsThatLookLikeOtherTypes() {
    String job = JOB.replace("[on-time, late]", "[no, 01]");

    assertThat(read(job).sample().label().spec())
        .isEqualTo(new LabelSpec.Classes(List.of("no", "01")));
  }

  @Test
  void sharesValuesThroughAliases() {
    String job = JOB.replace("source:\n", "source: &all\n") + "test: *all\n";

    assertThat(read(job).test())
        .map(ComponentSpec::toString)
        .contains(read(job).source().toString());
  }

  @Test
  void writesTextThatReadsBackToTheSameJob() {
    JobSpec job =
        read(
            JOB,
            "source.kafka.properties.\"max.poll.records\"=5",
            "sample.label.classes=[\"a: b\", \"say \\\"\\u00e9\\\"\"]");
    JobSpec again = read(job.yaml());

    assertThat(again.yaml()).isEqualTo(job.yaml());
    assertThat(again.fingerprint()).isEqualTo(job.fingerprint());
    assertThat(again.sample()).isEqualTo(job.sample());
    assertThat(again.source()).hasToString(job.source().toString());
  }

  @Test
  void takesDataPathsFromTheFilesDirectoryUnlessToldOtherwise() throws IOException {
    Path file = Files.writeString(directory.resolve("job.yaml"), "name: '?'");
    Path missing = directory.resolve("nowhere");

    assertThatThrownBy(() -> JobFile.read(file, List.of(), missing))
        .isInstanceOf(HeadraceException.class)
        .hasMessage(
            "--data " + missing + ": is not a directory. Give the one that holds the job's data.");
  }

  @Test
  void defaultsOfTheCallerHoldOnlyWhereTheFileSaysNothing() throws IOException {
    Path file = Files.writeString(directory.resolve("job.yaml"), SMALL);
    JobSpec job = readWithDefaults(file, "engine.threads=7", "engine.decoders=5");
    assertThat(job.engine().threads()).isEqualTo(3);
    assertThat(job.engine().decoders()).isEqualTo(5);

    Files.writeString(file, SMALL.replace("engine: {threads: 3}", "engine:"));
    assertThat(readWithDefaults(file, "engine.threads=7").engine().threads()).isEqualTo(7);
  }

  @Test
  void saysWhenThereIsNoFile() {
    Path file = directory.resolve("job.yaml");

    assertThatThrownBy(() -> JobFile.read(file, List.of()))
        .isInstanceOf(HeadraceException.class)
        .hasMessage(file + ": there is no such file. Looked for " + file + ".");
  }

  @Test
  void pointsFromADirectoryToTheJobInIt() throws IOException {
    assertThatThrownBy(() -> JobFile.read(directory, List.of()))
        .hasMessage(directory + ": is a directory, not a job file. Give the job file itself.");

    Files.writeString(directory.resolve("job.yaml"), JOB);
    assertThatThrownBy(() -> JobFile.read(directory, List.of()))
        .hasMessage(
            "%s: is a directory, not a job file. Did you mean %s?"
                .formatted(directory, directory.resolve("job.yaml")));
  }

  @Test
  void saysWhenTheFileIsNotText() throws IOException {
    Path file = directory.resolve("job.yaml");
    Files.write(file, "näme".getBytes(StandardCharsets.ISO_8859_1));

    assertThatThrownBy(() -> JobFile.read(file, List.of()))
        .hasMessage(file + ": is not UTF-8 text. Save it as UTF-8, or give the job file itself.");
  }

  private static JobSpec readWithDefaults(Path file, String... defaults) {
    return JobFile.readWithDefaults(file, List.of(defaults), List.of(), Optional.empty());
  }
}
