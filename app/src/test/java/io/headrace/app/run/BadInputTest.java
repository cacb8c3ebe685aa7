package io.headrace.app.run;

import static io.headrace.app.CommandLineRun.FLIGHTS;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.headrace.app.CommandLineRun;
import io.headrace.schemas.RejectedSample;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.zip.GZIPOutputStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What goes wrong in files and jobs is told, or kept as a dead letter; it never stops the rest. */
class BadInputTest {
  private static final String JOB =
      """
      name: readings
      source:
        file: {path: %s, format: %s}
      sample:
        label: {field: y, classes: [no, yes]}
        inputs:
          x: {dense: {fields: [a, b]}}
      model:
        - linear: {input: x}
      loss: logistic
      optimizer: {sgd: {learning-rate: 0.1}}
      dead-letters: {file: %s}
      """;

  @TempDir private Path folder;

  private CommandLineRun train(Path data, String format) throws IOException {
    Path job = folder.resolve("job.yaml");
    Files.writeString(job, JOB.formatted(data, format, folder.resolve("dead.avro")));
    return CommandLineRun.of("run", job, "--report", folder.resolve("report.json"));
  }

  private List<RejectedSample> letters() throws IOException {
    List<RejectedSample> letters = new ArrayList<>();
    try (var reader =
        new DataFileReader<>(
            folder.resolve("dead.avro").toFile(),
            new SpecificDatumReader<>(RejectedSample.class))) {
      reader.forEach(letters::add);
    }
    return letters;
  }

  @Test
  void rejectsBadRowsWithReasonAndPosition() throws IOException {
    Path data = folder.resolve("rows.jsonl");
    Files.writeString(
        data,
        """
        {"y":"no","a":1,"b":2}
        {"y":"perhaps","a":1,"b":2}
        {"y":"yes","a":"NaN","b":2}
        {"y":"yes","a":1}
        not json
        {"y":"yes","a":3,"b":4}
        """);
    CommandLineRun run = train(data, "jsonl");
    run.mustSucceed();
    JsonNode report = CommandLineRun.report(folder.resolve("report.json"));
    assertThat(report.path("samplesRead").asLong()).isEqualTo(6);
    assertThat(report.path("samplesTrained").asLong()).isEqualTo(2);
    assertThat(report.path("samplesRejected").asLong()).isEqualTo(4);
    assertThat(letters())
        .extracting(RejectedSample::getPosition, RejectedSample::getReason)
        .containsExactly(
            org.assertj.core.groups.Tuple.tuple(1L, "label-out-of-range"),
            org.assertj.core.groups.Tuple.tuple(2L, "not-a-number"),
            org.assertj.core.groups.Tuple.tuple(3L, "missing-field"),
            org.assertj.core.groups.Tuple.tuple(4L, "malformed"));
    assertThat(letters().getFirst().getDetail()).contains("perhaps", "no, yes");
  }

  @Test
  void saysAtWhichByteOfAPackedFileARejectedLineBegins() throws IOException {
    String sound = "{\"y\":\"no\",\"a\":1,\"b\":2}\n";
    Path data = folder.resolve("rows.jsonl.gz");
    try (var packed = new GZIPOutputStream(Files.newOutputStream(data))) {
      packed.write((sound + sound.replace("no", "perhaps") + sound).getBytes(UTF_8));
    }
    CommandLineRun run = train(data, "jsonl");
    run.mustSucceed();
    assertThat(letters())
        .singleElement()
        .returns((long) sound.length(), RejectedSample::getFileByte)
        .returns(null, RejectedSample::getFile);
    Path dead = folder.resolve("dead.avro");
    String place = "at byte " + sound.length();
    assertThat(CommandLineRun.of("dead-letters", "list", "--from", dead).out()).contains(place);
    CommandLineRun shown = CommandLineRun.of("dead-letters", "show", "--from", dead, data + "/0/1");
    assertThat(shown.out()).as(shown.err()).contains("at byte   " + sound.length());
  }

  @Test
  void takesWhatIsWholeOfATruncatedContainer() throws IOException {
    byte[] whole = Files.readAllBytes(FLIGHTS.resolve("flights.avro"));
    Path cut = folder.resolve("cut.avro");
    Files.write(cut, Arrays.copyOf(whole, whole.length / 3));
    CommandLineRun run =
        CommandLineRun.of(
            "run",
            FLIGHTS.resolve("job.yaml"),
            "--set",
            "source.file.path=" + cut,
            "--set",
            "checkpoints.directory=" + folder.resolve("checkpoints"),
            "--set",
            "dead-letters.file=" + folder.resolve("dead.avro"),
            "--report",
            folder.resolve("report.json"));
    run.mustSucceed();
    JsonNode report = CommandLineRun.report(folder.resolve("report.json"));
    assertThat(report.path("samplesTrained").asLong()).isGreaterThan(50_000);
    assertThat(report.path("samplesRejected").asLong()).isPositive();
    assertThat(letters()).isNotEmpty().allMatch(l -> l.getReason().equals("malformed"));
  }

  @Test
  void endsAtOnceOnAnEmptyFile() throws IOException {
    CommandLineRun run = train(Files.createFile(folder.resolve("empty.jsonl")), "jsonl");
    run.mustSucceed();
    assertThat(run.out()).contains("read 0 = trained 0 + rejected 0 + filtered 0");
  }

  @Test
  void namesAFileThatIsMissing() throws IOException {
    CommandLineRun run = train(folder.resolve("missing.csv"), "csv");
    assertThat(run.status()).isOne();
    assertThat(run.err()).startsWith("headrace: ").contains("missing.csv").hasLineCount(1);
  }

  @Test
  void namesTheLineOfAnUnknownKeyAndTheKeyThatWasMeant() throws IOException {
    Path job = folder.resolve("job.yaml");
    Files.writeString(
        job, JOB.formatted("x.csv", "csv", "dead.avro").replace("optimizer:", "optimiser:"));
    CommandLineRun run = CommandLineRun.of("run", job);
    assertThat(run.status()).isOne();
    assertThat(run.err()).contains("optimiser", "Did you mean 'optimizer'?", "job.yaml:11");
  }

  @Test
  void rejectsEveryRecordOfAContainerWithAnotherSchema() throws IOException {
    CommandLineRun run = train(FLIGHTS.resolve("flights.avro"), "avro");
    run.mustSucceed();
    JsonNode report = CommandLineRun.report(folder.resolve("report.json"));
    assertThat(report.path("samplesTrained").asLong()).isZero();
    assertThat(report.path("samplesRejected").asLong()).isEqualTo(300_000);
  }
}
