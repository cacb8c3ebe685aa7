package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleSource;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class JobSourcesTest {
  private static final String JOB =
      """
      name: rows
      source:
        file: {path: rows, format: csv, header: false, columns: [x, y]}
      sample:
        label: {field: y, classes: [no, yes]}
        inputs:
          x: {dense: {fields: [x]}}
      model:
        - linear: {input: x}
      loss: logistic
      optimizer: {sgd: {learning-rate: 0.1}}
      epochs: 3
      """;

  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Path rows = Files.createDirectory(folder.resolve("rows"));
    for (int file = 0; file < 3; file++) {
      int begin = 70 * file;
      List<String> lines = IntStream.range(begin, begin + 70).mapToObj(i -> i + ",yes").toList();
      Files.write(rows.resolve(file + ".csv"), lines);
    }
  }

  /** Else a record could be learned in one place and held out in another. */
  @ParameterizedTest
  @ValueSource(strings = {"", "shuffle: {buffer: 64}", "shuffle: {buffer: 1000, seed: 9}"})
  void numbersRecordsInValidationAsInEveryEpoch(String order) {
    JobSpec job = JobFile.parse("job.yaml", JOB + order, List.of(), folder);
    Map<String, Long> numbers = new HashMap<>();
    int read = numbered(JobSources.numberedAsTraining(job), numbers);
    assertThat(read).isEqualTo(210);
    assertThat(numbers).hasSize(210);

    assertThat(numbered(JobSources.training(job), numbers)).isEqualTo(630);
  }

  @Test
  void givesTheSourceItselfWhereNothingElseIsSaid() {
    JobSpec job = JobFile.parse("job.yaml", JOB, List.of("epochs=1"), folder);
    for (RecordChunk chunk : JobSources.training(job).chunks(Positions.START).toIterable(1)) {
      assertThat(chunk.partition().source()).startsWith("rows/");
      assertThat(EpochPosition.epoch(chunk.nextPosition())).isZero();
      chunk.release();
    }
  }

  /** Counts records, each of which has to have the number that it has in {@code numbers}. */
  private static int numbered(SampleSource source, Map<String, Long> numbers) {
    int records = 0;
    for (RecordChunk chunk : source.chunks(Positions.START).toIterable(1)) {
      for (int i = 0; i < chunk.count(); i++) {
        int start = chunk.start(i);
        String text =
            new String(chunk.bytes(), start, chunk.end(i) - start, StandardCharsets.UTF_8);
        long number = EpochPosition.record(chunk.position(i));
        assertThat(numbers.computeIfAbsent(text, first -> number)).as(text).isEqualTo(number);
        records++;
      }
      chunk.release();
    }
    return records;
  }
}
