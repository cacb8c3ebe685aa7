package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.memory.Floats;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobConversionTest {
  private static final int ROWS = 3_000;
  private static final List<String> CONVERTED =
      List.of("source.file.path=converted.avro", "source.file.format=avro");

  @TempDir private Path folder;

  private JobSpec job(String source, String inputs, List<String> settings) {
    String yaml =
        """
        name: converted
        source: {file: %s}
        sample:
          label: {classes: [-1, 1]}
          inputs: %s
        model: [{linear: {input: x}}]
        loss: logistic
        optimizer: {ftrl: {}}
        batch: {size: 64}
        dead-letters: {file: %s}
        """
            .formatted(source, inputs, folder.resolve("letters.avro"));
    return JobFile.parse("job.yaml", yaml, settings, folder);
  }

  private String learned(JobSpec job) {
    try (JobRun run = JobRun.start(job, JobRun.Options.NONE)) {
      run.await();
      return run.trainer().parametersSha256();
    }
  }

  @Test
  void aConvertedFileTeachesTheSameModelBitForBit() throws IOException {
    Files.writeString(folder.resolve("rows.vw"), vwRows());
    String source = "{path: rows.vw, format: vw}";
    String inputs = "{x: {sparse: {bits: 18, fields: [a, b], cross: [[a, b]]}}}";
    JobConversion.Outcome outcome =
        JobConversion.convert(job(source, inputs, List.of()), folder.resolve("converted.avro"));
    assertThat(outcome.samples()).isEqualTo(ROWS);
    assertThat(outcome.rejected()).isEqualTo(Map.of("label-out-of-range", 1L));
    assertThat(folder.resolve("letters.avro")).isNotEmptyFile();
    assertThat(folder.resolve("converted.avro.part")).doesNotExist();
    assertThat(learned(job(source, inputs, CONVERTED)))
        .isEqualTo(learned(job(source, inputs, List.of())));
  }

  @Test
  void namesOfDigitsAreHashedAsTheJobSays() throws IOException {
    Files.writeString(folder.resolve("rows.vw"), "1 |a 5 6:2\n-1 |a 7 |b 5\n".repeat(40));
    String inputs = "{x: {sparse: {bits: 18}}}";
    JobSpec strings = job("{path: rows.vw, format: vw, hash: strings}", inputs, List.of());
    JobSpec all = job("{path: rows.vw, format: vw, hash: all}", inputs, List.of());
    assertThat(learned(all)).isNotEqualTo(learned(strings));
    assertThat(strings.fingerprint())
        .isEqualTo(job("{path: rows.vw, format: vw}", inputs, List.of()).fingerprint());
    assertThat(all.fingerprint().differencesFrom(strings.fingerprint()))
        .containsExactly("source.hash: was absent, is all");
    JobConversion.convert(all, folder.resolve("converted.avro"));
    assertThat(learned(job("{path: rows.vw, format: vw}", inputs, CONVERTED)))
        .isEqualTo(learned(all));
    assertThatThrownBy(() -> job("{path: rows.csv, format: csv, hash: all}", inputs, List.of()))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("source.file.hash: is for vw lines, and format is csv");
  }

  @Test
  void aConvertedFileKeepsTheFieldsThatAModelAsksFor() throws IOException {
    Files.writeString(folder.resolve("rows.vw"), vwRows());
    String source = "{path: rows.vw, format: vw}";
    String inputs = "{x: {sparse: {bits: 12, fields: [a, b], cross: [[a, b]]}}}";
    String ffm = "model=[{ffm: {factors: 2}}]";
    List<String> binary = new ArrayList<>(CONVERTED);
    binary.add(ffm);
    JobConversion.convert(job(source, inputs, List.of(ffm)), folder.resolve("converted.avro"));
    String learned = learned(job(source, inputs, List.of(ffm)));
    assertThat(learned(job(source, inputs, binary))).isEqualTo(learned);
    assertThat(learned(job(source, inputs, List.of("model=[{fm: {factors: 6}}]"))))
        .isNotEqualTo(learned);
    assertThatThrownBy(() -> job(source, "{x: {sparse: {bits: 12}}}", List.of(ffm)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("sample.inputs.x.sparse.fields: is empty, but the model (ffm")
        .hasMessageContaining("job.yaml:");
  }

  private static String vwRows() {
    var random = new Random(5);
    var rows = new StringBuilder("7 |a of no class\n");
    for (int i = 0; i < ROWS; i++) {
      rows.append(random.nextBoolean() ? "1 " : "-1 ").append(random.nextInt(1, 4)).append(" |a");
      for (int n = random.nextInt(5); n > 0; n--) {
        rows.append(" w").append(random.nextInt(900)).append(random.nextBoolean() ? ":0.25" : "");
      }
      rows.append(" |b u").append(random.nextInt(30)).append('\n');
    }
    return rows.toString();
  }

  @Test
  void keepsDenseInputsAndNumbersWithTheirTimes() throws IOException {
    Files.writeString(
        folder.resolve("rows.csv"),
        "y,p,q,r,t\n0.5,1,-2.5,JFK,2026-01-31T12:00:00Z\n-1,0,3e-3,LAX,17\n");
    String yaml =
        """
        name: converted
        source: {file: {path: rows.csv, format: csv}}
        sample:
          label: {field: y, type: number}
          event-time: t
          inputs:
            d: {dense: {fields: [p, q]}}
            s: {sparse: {fields: [r], bits: 18}}
        model: [{linear: {}}]
        loss: squared
        optimizer: {sgd: {learning-rate: 0.1}}
        """;
    JobSpec text = JobFile.parse("job.yaml", yaml, List.of(), folder);
    JobSpec binary = JobFile.parse("job.yaml", yaml, CONVERTED, folder);
    JobConversion.convert(text, folder.resolve("converted.avro"));
    assertThat(rows(binary)).isEqualTo(rows(text)).hasSize(2);
  }

  @Test
  void keepsTheSamplesOfEveryFormatThatHasFields() throws IOException {
    var csv = new StringBuilder("y,p,q,r\n");
    var tabs = new StringBuilder("r\tq\tp\ty\n");
    var json = new StringBuilder();
    for (int i = 0; i < 200; i++) {
      csv.append("%d,%d,%s,\"A,%d\"%n".formatted(i % 2, i, i / 8.0, i % 7));
      tabs.append("A,%d\t%s\t%d\t%d%n".formatted(i % 7, i / 8.0, i, i % 2));
      json.append(
          "{\"y\": %d, \"p\": %d, \"q\": %s, \"r\": \"A,%d\"}%n"
              .formatted(i % 2, i, i / 8.0, i % 7));
    }
    Files.writeString(folder.resolve("rows.csv"), csv);
    Files.writeString(folder.resolve("rows.tsv"), tabs);
    Files.writeString(folder.resolve("rows.jsonl"), json);
    List<String> converted =
        rows(fields(List.of("source.file.path=rows.csv", "source.file.format=csv")));
    assertThat(converted).hasSize(200);
    for (List<String> source :
        List.of(
            List.of("source.file.path=rows.csv", "source.file.format=csv"),
            List.of(
                "source.file.path=rows.tsv",
                "source.file.format=csv",
                "source.file.delimiter=\"\\t\""),
            List.of("source.file.path=rows.jsonl", "source.file.format=jsonl"))) {
      JobConversion.convert(fields(source), folder.resolve("converted.avro"));
      assertThat(rows(fields(CONVERTED))).as("%s", source).isEqualTo(converted);
    }
  }

  private JobSpec fields(List<String> settings) {
    String yaml =
        """
        name: converted
        source: {file: {path: rows, format: csv}}
        sample:
          label: {field: y, classes: [0, 1]}
          inputs:
            d: {dense: {fields: [p, q]}}
            s: {sparse: {fields: [r], bits: 18}}
        model: [{linear: {}}]
        loss: logistic
        optimizer: {sgd: {learning-rate: 0.1}}
        """;
    return JobFile.parse("job.yaml", yaml, settings, folder);
  }

  @Test
  void keepsTheSamplesOfLibsvmLines() throws IOException {
    Files.writeString(folder.resolve("rows.svm"), "1 3:0.5 9:2\n-1 # none\n1 1:1\n".repeat(40));
    String source = "{path: rows.svm, format: libsvm}";
    String inputs = "{x: {sparse: {bits: 18}}}";
    JobConversion.convert(job(source, inputs, List.of()), folder.resolve("converted.avro"));
    assertThat(learned(job(source, inputs, CONVERTED)))
        .isEqualTo(learned(job(source, inputs, List.of())));
  }

  private static List<String> rows(JobSpec job) {
    List<String> rows = new ArrayList<>();
    HeldOut.forEach(
        job,
        "source",
        job.source(),
        (chunk, record, reason, detail) -> rows.add(detail),
        block -> {
          for (int i = 0; i < block.size(); i++) {
            int pair = block.sparse(1).start(i);
            rows.add(
                "%s %s %s %s %s %s %s"
                    .formatted(
                        block.labels()[i],
                        block.weights()[i],
                        block.eventTimes()[i],
                        Floats.read(block.dense(0).values(), block.dense(0).start(i) + 1),
                        block.sparse(1).start(i + 1) - pair,
                        block.sparse(1).ids()[pair],
                        block.sparse(1).values()[pair]));
          }
        });
    return rows;
  }

  @Test
  void refusesWhatItCannotKeep() throws IOException {
    Files.writeString(folder.resolve("rows.tsv"), "1\tgood\n");
    String tokens = "{x: {tokens: {field: text, split: words, buckets: 64, length: 4}}}";
    refuses(job("{path: rows.tsv, format: text-lines}", tokens, List.of()), "input x is tokens");
    String image = "{x: {image: {shape: [32, 32, 3]}}}";
    refuses(job("{path: rows.tsv, format: cifar10}", image, List.of()), "input x is an image");
  }

  private void refuses(JobSpec job, String why) {
    assertThatThrownBy(() -> JobConversion.convert(job, folder.resolve("converted.avro")))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(why);
    assertThat(folder.resolve("converted.avro")).doesNotExist();
  }
}
