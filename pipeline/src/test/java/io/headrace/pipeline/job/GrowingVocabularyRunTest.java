package io.headrace.pipeline.job;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.Tensor;
import io.headrace.ingest.text.TextSplit;
import io.headrace.ingest.text.TokenTable;
import io.headrace.ingest.text.Tokenizer;
import java.io.IOException;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs whose words get their ids as the stream brings them. */
class GrowingVocabularyRunTest {
  private static final int ROWS = 1_500;
  private static final long SEED = 5;
  private static final String JOB =
      """
      name: words
      source: {file: {path: train.csv, format: csv, chunk-rows: 23}}
      test: {file: {path: test.csv, format: csv}}
      sample:
        label: {field: label, classes: ["no", "yes"]}
        inputs:
          text: {tokens: {length: 8, keep: tail, vocabulary: grow, vocabulary-size: 5000}}
      model:
        - embedding: {dimension: 8}
        - global-avg-pool
        - dense
      loss: logistic
      optimizer: {adam: {learning-rate: 0.02}}
      batch: {size: 32}
      """;

  @TempDir Path folder;

  /** Words of a row, most of them rare, so that new ones come all the time. */
  @BeforeEach
  void writeTexts() throws IOException {
    var random = new Random(SEED);
    Files.writeString(folder.resolve("train.csv"), csv(ROWS, random));
    Files.writeString(folder.resolve("test.csv"), csv(300, random));
  }

  private static String csv(int rows, Random random) {
    var csv = new StringBuilder("text,label\n");
    for (int i = 0; i < rows; i++) {
      boolean yes = random.nextBoolean();
      csv.append(yes ? "good" : "bad");
      for (int word = random.nextInt(10); word >= 0; word--) {
        csv.append(" w").append((int) Math.abs(random.nextGaussian() * 400));
      }
      // Every 50th row is rejected, and its words with it.
      csv.append(i % 50 == 7 ? " stranger" + i + ",maybe\n" : yes ? ",yes\n" : ",no\n");
    }
    return csv.toString();
  }

  private record Learned(Map<String, byte[]> tensors, double accuracy) {
    List<String> words() {
      byte[] bytes = Objects.requireNonNull(tensors.get("vocabulary.text.bytes"));
      byte[] lengths = Objects.requireNonNull(tensors.get("vocabulary.text.lengths"));
      var words = new ArrayList<String>();
      int at = 0;
      for (int i = 0; i < lengths.length; i += 4) {
        int length = (lengths[i] & 0xff) + 256 * (lengths[i + 1] & 0xff);
        words.add(new String(bytes, at, length, StandardCharsets.UTF_8));
        at += length;
      }
      return words;
    }
  }

  private JobSpec job(String checkpoints, String... overrides) {
    var all = new ArrayList<>(List.of(overrides));
    all.add("checkpoints.directory=" + folder.resolve(checkpoints));
    return JobFile.parse("job.yaml", JOB, all, folder);
  }

  private Learned run(String checkpoints, OptionalLong stopAfter, String... overrides) {
    JobSpec job = job(checkpoints, overrides);
    double accuracy;
    try (JobRun run = JobRun.start(job, new JobRun.Options(List.of(), stopAfter, step -> {}))) {
      run.await();
      accuracy = run.test().orElseThrow().total().getOrDefault("accuracy", 0.0);
    }
    try (var model = StoredModel.open(folder.resolve(checkpoints))) {
      Checkpoint checkpoint = model.checkpoint();
      var tensors = new TreeMap<String, byte[]>();
      for (Map.Entry<String, Tensor> entry : checkpoint.tensors().entrySet()) {
        tensors.put(entry.getKey(), entry.getValue().data().toArray(ValueLayout.JAVA_BYTE));
      }
      assertThat(model.evaluate(folder.resolve("test.csv")).total())
          .containsEntry("accuracy", accuracy);
      return new Learned(tensors, accuracy);
    }
  }

  private static void assertSame(Learned found, Learned expected) {
    assertThat(found.words()).isEqualTo(expected.words());
    assertThat(found.tensors().keySet()).isEqualTo(expected.tensors().keySet());
    expected
        .tensors()
        .forEach((name, bytes) -> assertThat(found.tensors().get(name)).as(name).isEqualTo(bytes));
    assertThat(found.accuracy()).isEqualTo(expected.accuracy());
  }

  /** Words of the file's samples in the order of the file, of long rows the last eight. */
  private List<String> wordsInOrder() throws IOException {
    Set<String> words = new LinkedHashSet<>();
    Tokenizer tokenizer = Tokenizer.of(TextSplit.WORDS, new TokenTable(List.of()));
    for (String line : Files.readAllLines(folder.resolve("train.csv"))) {
      String[] fields = line.split(",", -1);
      if (fields[1].equals("yes") || fields[1].equals("no")) {
        var row = new ArrayList<String>();
        byte[] text = fields[0].getBytes(StandardCharsets.UTF_8);
        tokenizer.cut(
            text,
            0,
            text.length,
            (bytes, offset, length) ->
                row.add(new String(bytes, offset, length, StandardCharsets.UTF_8)));
        words.addAll(row.subList(Math.max(0, row.size() - 8), row.size()));
      }
    }
    return List.copyOf(words);
  }

  @Test
  void numbersWordsInTheOrderOfTheStream() throws IOException {
    Learned learned = run("whole", OptionalLong.empty(), "engine.decoders=4");
    assertThat(learned.words()).as("seed " + SEED).isEqualTo(wordsInOrder());
    assertThat(learned.words()).hasSizeGreaterThan(500).doesNotContain("stranger7");
    assertThat(learned.accuracy()).isGreaterThan(0.75);
  }

  @Test
  void learnsTheSameWithAnyDecodersThreadsAndAfterStops() {
    Learned whole = run("whole", OptionalLong.empty(), "engine.decoders=1", "engine.threads=1");
    assertSame(run("shared", OptionalLong.empty(), "engine.decoders=4", "engine.threads=3"), whole);
    run("stopped", OptionalLong.of(320));
    run("stopped", OptionalLong.of(960), "engine.decoders=3");
    assertSame(run("stopped", OptionalLong.empty()), whole);
  }

  /** What is left behind by a kill: an older checkpoint, and a stream that had gone on. */
  @Test
  void goesOnFromAnOlderCheckpointWithTheWordsOfThen() throws IOException {
    String[] options = {"checkpoints.every-samples=320", "checkpoints.keep=10"};
    Learned whole = run("whole", OptionalLong.empty(), options);
    List<Path> checkpoints;
    try (Stream<Path> files = Files.list(folder.resolve("whole"))) {
      checkpoints =
          files.filter(file -> file.toString().endsWith(".safetensors")).sorted().toList();
    }
    assertThat(checkpoints).hasSizeGreaterThan(1);
    for (Path later : checkpoints.subList(1, checkpoints.size())) {
      Files.delete(later);
    }
    try (var model = StoredModel.open(checkpoints.getFirst())) {
      assertThat(model.checkpoint().tensors().get("vocabulary.text.lengths"))
          .satisfies(
              tensor -> assertThat(tensor.shape().getFirst()).isLessThan(whole.words().size()));
    }
    assertSame(run("whole", OptionalLong.empty(), options), whole);
  }

  @Test
  void beginsWithNoWords() throws IOException {
    Files.writeString(folder.resolve("train.csv"), "text,label\nnever,maybe\n");
    assertThat(run("empty", OptionalLong.empty()).words()).isEmpty();
  }

  @Test
  void learnsTheSameShuffledOverEpochsWithSamplesHeldOut() {
    String[] options = {
      "epochs=2", "shuffle={buffer: 200, seed: 3}", "validation={fraction: 0.2, every-samples: 400}"
    };
    Learned whole = run("whole", OptionalLong.empty(), options);
    run("stopped", OptionalLong.of(640), options);
    assertSame(run("stopped", OptionalLong.empty(), options), whole);
    assertThat(whole.words()).hasSizeLessThan(run("all", OptionalLong.empty()).words().size());
  }

  @Test
  void whatComesWhenItIsFullIsUnknown() throws IOException {
    String size = "sample.inputs.text.tokens.vocabulary-size=60";
    Learned whole = run("small", OptionalLong.empty(), size, "engine.decoders=4");
    assertThat(whole.words()).isEqualTo(wordsInOrder().subList(0, 60));
    assertThat(whole.accuracy()).isGreaterThan(0.75);
    run("stopped", OptionalLong.of(320), size);
    assertSame(run("stopped", OptionalLong.empty(), size), whole);
  }

  @Test
  void itIsPartOfTheFingerprint() {
    assertThat(job("none").fingerprint().settings())
        .containsEntry("sample.inputs.text.tokens.vocabulary", "grow");
  }

  @Test
  void saysWhatDoesNotGoWithIt() {
    String tokens = "sample.inputs.text.tokens.";
    assertFault("learn-from", tokens + "learn-from=train.csv");
    assertFault("takes one of", tokens + "buckets=7");
    assertFault("cannot grow by byte pairs", tokens + "split=byte-pairs");
    assertFault("not a tokens input with a vocabulary", "sample.label={classes-from: text}");
    assertFault(
        "grows is not a list such as [a, b], or the word grow", tokens + "vocabulary=grows");
  }

  private void assertFault(String message, String... overrides) {
    assertThatThrownBy(() -> job("none", overrides))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(message);
  }
}
