package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.pipeline.TrainingStatus;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What older versions wrote is still read: one folder for each version of the formats that ever
 * was, with a checkpoint in mid-run, the journal behind it, dead letters, the job and its records.
 */
class KeptFormatsTest {
  private static final Path KEPT = Path.of("src/test/resources/formats");

  @TempDir Path folder;

  static List<String> versions() throws IOException {
    try (Stream<Path> folders = Files.list(KEPT)) {
      return folders.map(path -> path.getFileName().toString()).sorted().toList();
    }
  }

  private JobSpec unpacked(String version) throws IOException {
    Path checkpoints = Files.createDirectories(folder.resolve("checkpoints"));
    try (Stream<Path> files = Files.list(KEPT.resolve(version))) {
      for (Path file : files.toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith(".gz")) {
          try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
            Files.copy(in, checkpoints.resolve(name.replace(".gz", "")));
          }
        } else {
          Files.copy(file, (name.endsWith(".log") ? checkpoints : folder).resolve(name));
        }
      }
    }
    return JobFile.read(
        folder.resolve("job.yaml"),
        List.of(
            "checkpoints.directory=" + checkpoints,
            "dead-letters.file=" + folder.resolve("letters.avro")));
  }

  @ParameterizedTest
  @MethodSource("versions")
  void opensTheModel(String version) throws IOException {
    unpacked(version);
    try (var model = StoredModel.open(folder.resolve("checkpoints"))) {
      assertThat(model.checkpoint().step()).isEqualTo(3);
      assertThat(model.trainer().parametersSha256())
          .isEqualTo("26970dba69401660ef41a5e112e3ea33940f9df57906a9d322cc2f853a340d1e");
      assertThat(model.evaluate(folder.resolve("train.csv")).samples()).isEqualTo(117);
    }
  }

  @ParameterizedTest
  @MethodSource("versions")
  void goesOnToTheEndOfTheRecords(String version) throws IOException {
    JobSpec job = unpacked(version);
    List<GenericRecord> before = letters();
    assertThat(before).extracting(letter -> letter.get("position")).containsExactly(9L, 49L, 89L);
    try (JobRun run = JobRun.start(job, JobRun.Options.NONE)) {
      TrainingStatus end = run.await();
      assertThat(end.resumedSamples()).isEqualTo(48);
      assertThat(end.ledger().trained()).isEqualTo(117);
      assertThat(end.ledger().rejected()).isEqualTo(3);
      assertThat(end.steps()).isEqualTo(8);
    }
    assertThat(DirectoryCheckpointStore.forReading(folder.resolve("checkpoints")).list())
        .hasSize(2);
    assertThat(letters()).startsWith(before.toArray(GenericRecord[]::new)).hasSizeGreaterThan(3);
  }

  private List<GenericRecord> letters() throws IOException {
    List<GenericRecord> letters = new ArrayList<>();
    try (var reader =
        new DataFileReader<>(
            folder.resolve("letters.avro").toFile(),
            new GenericDatumReader<GenericRecord>(null, RejectedSample.getClassSchema()))) {
      reader.forEach(letters::add);
    }
    return letters;
  }
}
