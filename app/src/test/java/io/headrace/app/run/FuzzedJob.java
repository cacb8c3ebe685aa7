package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Ledger;
import io.headrace.ingest.decode.FuzzSettings;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.schemas.RejectedSample;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.avro.Schema;
import org.apache.avro.SchemaBuilder;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;

/** A job that learns from records of some format, most of them damaged. */
final class FuzzedJob {
  /** Records of each kind: a twentieth of those that other fuzz tests take. */
  static final int RECORDS = FuzzSettings.RECORDS / 20;

  static final Schema ROW =
      SchemaBuilder.record("Row")
          .fields()
          .requiredString("y")
          .requiredDouble("a")
          .requiredString("b")
          .endRecord();

  private static final String FIELDS =
      """
      sample:
        label: {field: y, classes: ["no", "yes"]}
        inputs:
          x: {sparse: {fields: [a, b], categorical: [a], bits: 10}}
      model: [linear]
      """;
  private static final String NAMESPACES =
      """
      sample:
        label: {classes: ["no", "yes"]}
        inputs:
          x: {sparse: {bits: 10}}
      model: [linear]
      """;
  private static final String WORDS =
      """
      sample:
        label: {classes: ["no", "yes"]}
        inputs:
          text: {tokens: {split: words, length: 4, buckets: 64}}
      model: [embedding: {dimension: 2}, flatten, dense: {}]
      """;
  private static final String CHARACTERS =
      """
      sample:
        label: {classes-from: text}
        inputs:
          text: {tokens: {split: characters, length: 4, vocabulary: [a, b, "ж"]}}
      model: [embedding: {dimension: 2}, flatten, dense: {}]
      """;
  private static final String PIXELS =
      """
      sample:
        label: {classes: ["no", "yes"]}
        inputs:
          image: {image: {shape: [32, 32, 3]}}
      model: [flatten, dense: {}]
      """;

  private final Path folder;
  private final String source;
  private final String learning;

  /**
   * @param folder of its own
   * @param source as YAML, in one line
   */
  FuzzedJob(Path folder, String format, String source) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.source = source;
    learning =
        switch (format) {
          case "vw", "libsvm" -> NAMESPACES;
          case "text-lines", "text-folder" -> WORDS;
          case "text-window" -> CHARACTERS;
          case "cifar10", "image-folder" -> PIXELS;
          default -> FIELDS;
        };
    Files.writeString(folder.resolve("row.avsc"), ROW.toString());
  }

  /** Records in lines of a format; those of others are made elsewhere. */
  static List<String> lines(String format) {
    return switch (format) {
      case "csv" -> List.of("yes,1,x", "no,-2.5,\"a \"\"b\"\", c\"", "1,,");
      case "jsonl" ->
          List.of(
              "{\"y\": \"yes\", \"a\": 1, \"b\": \"x\"}",
              "{\"more\": [{}, null], \"b\": \"\\u00e9\", \"a\": 1e3, \"y\": \"no\"}");
      case "vw" -> List.of("yes 0.5 'tag|a:2 x y:0.5 |b z", "no |a x:text b", "1 | plain:1");
      case "libsvm" -> List.of("yes 1:0.5 20:-1e3 # both", "no qid:7 3:1", "1");
      case "text-lines" -> List.of("yes\tA good film, it's", "no\tbad, бред 17");
      default -> throw new IllegalArgumentException(format + " has no lines");
    };
  }

  /** What means something to the formats. */
  static List<String> words() {
    return List.of("\n", "\r\n", "\"", ",", "{", "}", "|", ":", "\t", "yes", "1e999", "NaN", "\\u");
  }

  static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  JobSpec spec() {
    String softmax = learning.equals(CHARACTERS) ? "softmax" : "logistic";
    String yaml =
        """
        name: fuzzed
        source: %s
        %sloss: %s
        optimizer: {sgd: {learning-rate: 0.001}}
        batch: {size: 16, linger-ms: 5}
        checkpoints: {directory: %s}
        dead-letters: {file: %s}
        rejection-limit: {fraction: 1}
        """
            .formatted(
                source,
                learning,
                softmax,
                folder.resolve("checkpoints"),
                folder.resolve("dead.avro"));
    return JobFile.parse("fuzzed.yaml", yaml, List.of(), folder);
  }

  /**
   * Checks that the ledger accounts for every position, and that there is a letter for every record
   * that was rejected, and for no other.
   *
   * @return the letters by source and position
   */
  Map<String, RejectedSample> account(TrainingStatus end) throws IOException {
    Ledger ledger = end.ledger();
    String what = "%s, seed %d: %s".formatted(source, FuzzSettings.SEED, ledger);
    assertThat(end.failure()).as(what).isNull();
    assertThat(end.recordsInFlight()).as(what).isZero();
    assertThat(ledger.trained()).as(what).isPositive();
    assertThat(ledger.rejected()).as(what).isPositive();
    assertThat(ledger.filtered() + ledger.lost()).as(what).isZero();
    Map<String, RejectedSample> letters = new TreeMap<>();
    Set<String> partitions = new HashSet<>();
    try (var reader =
        new DataFileReader<>(
            folder.resolve("dead.avro").toFile(),
            new SpecificDatumReader<>(RejectedSample.class))) {
      for (RejectedSample letter : reader) {
        String place =
            "%s-%d %d".formatted(letter.getSource(), letter.getPartition(), letter.getPosition());
        assertThat(letters.put(place, letter)).as(place).isNull();
        assertThat(letter.getDetail()).as(place).isNotBlank();
        partitions.add("%s-%d".formatted(letter.getSource(), letter.getPartition()));
      }
    }
    assertThat(letters).as(what).hasSize((int) ledger.rejected());
    assertThat(partitions).as(what).isSubsetOf(new ArrayList<>(names(ledger)));
    System.out.printf(
        "fuzzed %s, seed %d: read %d = trained %d + rejected %s%n",
        source, FuzzSettings.SEED, ledger.read(), ledger.trained(), end.rejectionsByReason());
    return letters;
  }

  private static Set<String> names(Ledger ledger) {
    Set<String> names = new HashSet<>();
    ledger.entries().keySet().forEach(partition -> names.add(partition.toString()));
    return names;
  }
}
