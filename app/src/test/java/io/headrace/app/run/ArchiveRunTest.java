package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import io.headrace.app.CommandLineRun;
import io.headrace.engine.StepResult;
import io.headrace.engine.sample.EpochPosition;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.archive.ArchiveReader;
import io.headrace.sink.archive.ArchivedSample;
import io.headrace.sink.archive.Cut;
import io.headrace.sink.archive.Segment;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Random;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A job that archives what it learns from, and what is made of that. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ArchiveRunTest {
  private static final int ROWS = 20_000;
  private static final int DAMAGED = 3;

  @TempDir private static Path folder;

  private JsonNode report = NullNode.getInstance();

  @BeforeAll
  void train() throws IOException {
    var random = new SplittableRandom(20261126);
    var lines = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      lines.append(random.nextBoolean() ? "1 |a" : "-1 |a");
      for (int j = 0; j < 4; j++) {
        lines.append(" word").append(random.nextInt(400)).append(':').append(1 + random.nextInt(9));
      }
      lines.append('\n');
    }
    lines.append("7 |a label-of-nobody\n".repeat(DAMAGED));
    Files.writeString(folder.resolve("rows.vw"), lines);
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        name: visits
        source: {file: {path: rows.vw, format: vw}}
        sample:
          label: {classes: [-1, 1]}
          inputs: {features: {sparse: {bits: 14}}}
        model: [linear]
        loss: logistic
        optimizer: {adagrad: {}}
        batch: {size: 100}
        checkpoints: {every-samples: 4000, keep: 20}
        """);
    report = run("whole");
  }

  private static Path archive(String name) {
    return folder.resolve(name + ".archive");
  }

  private static JsonNode run(String name, Object... more) throws IOException {
    List<Object> words = new ArrayList<>(List.of("run", folder.resolve("job.yaml")));
    words.addAll(List.of("--set", "checkpoints.directory=" + folder.resolve(name)));
    words.addAll(List.of("--set", "archive.directory=" + archive(name)));
    words.addAll(List.of("--report", folder.resolve(name + ".report")));
    words.addAll(Arrays.asList(more));
    var run = CommandLineRun.of(words.toArray());
    run.mustSucceed();
    return CommandLineRun.report(folder.resolve(name + ".report"));
  }

  /** One life after the other, each of which ends with a checkpoint behind so many samples. */
  private static void lives(String name, long... samples) {
    for (long end : samples) {
      live(name, end, step -> {});
    }
  }

  private static void live(String name, long end, Consumer<StepResult> afterStep) {
    List<String> settings =
        List.of(
            "checkpoints.directory=" + folder.resolve(name),
            "checkpoints.every-samples=1000000",
            "archive.directory=" + archive(name));
    var options = new JobRun.Options(List.of(), OptionalLong.of(end), afterStep);
    try (var run = JobRun.start(JobFile.read(folder.resolve("job.yaml"), settings), options)) {
      assertThat(run.await().ledger().trained()).isEqualTo(end);
    }
  }

  private static ArchiveReader open(String name) {
    return ArchiveReader.open(archive(name), FileSeal.NONE);
  }

  private static Path newest(String name) {
    var entries = DirectoryCheckpointStore.forReading(folder.resolve(name)).list();
    return folder.resolve(name).resolve(entries.getLast().name());
  }

  @Test
  void itHasEachSampleOnceAndNothingElse() {
    List<Long> positions = new ArrayList<>();
    open("whole").forEach(0, Long.MAX_VALUE, sample -> positions.add(sample.position()));
    assertThat(report.path("samplesTrained").asLong()).isEqualTo(ROWS);
    assertThat(report.path("samplesRejected").asLong()).isEqualTo(DAMAGED);
    assertThat(positions).hasSize(ROWS).isSorted().doesNotHaveDuplicates();
    assertThat(positions.getLast()).isEqualTo(ROWS - 1);
  }

  @Test
  void aPartEndsWhereACheckpointDoes() {
    List<Cut> cuts = open("whole").cuts();
    List<Long> steps =
        DirectoryCheckpointStore.forReading(folder.resolve("whole")).list().stream()
            .map(CheckpointStore.Entry::step)
            .toList();
    assertThat(steps).hasSizeGreaterThan(1);
    assertThat(cuts).extracting(Cut::step).isEqualTo(steps);
    assertThat(cuts.stream().mapToLong(Cut::rows).sum()).isEqualTo(ROWS);
    assertThat(cuts.getLast().to().trained()).isEqualTo(ROWS);
    assertThat(cuts.getFirst().segments())
        .extracting(Segment::file)
        .containsExactly(
            String.format("rows.vw-0.%015d-%015d.avro", 0, cuts.getFirst().rows() - 1));
  }

  @Test
  void itIsWhole() {
    var verified =
        CommandLineRun.of("archive", "verify", archive("whole"), "--checkpoint", newest("whole"));
    assertThat(verified.out()).matches("20,000 samples in \\d parts; whole\n");
    verified.mustSucceed();
    var listed = CommandLineRun.of("archive", "list", archive("whole"));
    assertThat(listed.out())
        .contains("up to step 200", "rows.vw-0 positions 0 to ", "to 19,999, steps ");
  }

  @Test
  void shuffledEpochsAreThereOnceEach() throws IOException {
    run("shuffled", "--set", "epochs=3", "--set", "shuffle.buffer=5000");
    Set<Long> positions = new HashSet<>();
    List<Long> order = new ArrayList<>();
    open("shuffled")
        .forEach(
            0,
            Long.MAX_VALUE,
            sample -> {
              positions.add(sample.position());
              order.add(sample.position());
            });
    assertThat(order).hasSize(3 * ROWS);
    var expected = new TreeSet<Long>();
    for (int epoch = 0; epoch < 3; epoch++) {
      for (int i = 0; i < ROWS; i++) {
        expected.add(EpochPosition.of(epoch, i));
      }
    }
    assertThat(positions).isEqualTo(expected);
    assertThat(order).isNotEqualTo(order.stream().sorted().toList());
    assertThat(CommandLineRun.of("archive", "verify", archive("shuffled")).out())
        .contains("60,000 samples");
  }

  @Test
  void aLaterRunGoesOnWhereTheFirstEnded() {
    lives("twice", 7_000);
    List<Cut> first = open("twice").cuts();
    assertThat(first.getLast().to().trained()).isEqualTo(7_000);
    lives("twice", ROWS);
    List<Cut> all = open("twice").cuts();
    assertThat(all.subList(0, first.size())).isEqualTo(first);
    assertThat(CommandLineRun.of("archive", "verify", archive("twice")).out())
        .isEqualTo("20,000 samples in 2 parts; whole\n");
  }

  @Test
  void whatACheckpointThatWasLeftBehindHadIsPutAside() {
    lives("back", 4_000, 9_000, 15_000);
    var checkpoints = DirectoryCheckpointStore.forReading(folder.resolve("back")).list();
    Path first = folder.resolve("back").resolve(checkpoints.getFirst().name());
    CommandLineRun.of("checkpoints", "restore", first).mustSucceed();
    lives("back", ROWS);
    assertThat(archive("back").resolve("behind-2"))
        .isDirectoryContaining("glob:**/cut-000000000002.json")
        .isDirectoryContaining("glob:**/cut-000000000003.json")
        .isDirectoryContaining("glob:**/rows.vw-0.000000000004000-000000000008999.avro");
    assertThat(CommandLineRun.of("archive", "verify", archive("back")).out())
        .isEqualTo("20,000 samples in 2 parts; whole\n");
  }

  @Test
  void anotherJobLearnsTheSameFromWhatWasExported() throws IOException {
    Path exported = folder.resolve("exported.avro");
    var export = CommandLineRun.of("archive", "export", archive("whole"), "--to", exported);
    assertThat(export.out()).startsWith("20,000 samples in ");
    JsonNode learned =
        run("again", "--set", "source.file.path=" + exported, "--set", "source.file.format=avro");
    assertThat(learned.path("parametersSha256")).isEqualTo(report.path("parametersSha256"));
  }

  @Test
  void samplesAreShownWithTheirOrigin() {
    var shown =
        CommandLineRun.of(
            "archive",
            "show",
            archive("whole"),
            "--partition",
            "rows.vw-0",
            "--from-position",
            "4000",
            "--to-position",
            "4001");
    assertThat(shown.out().lines()).hasSize(2);
    assertThat(shown.out())
        .contains("\"source\":\"rows.vw\",\"partition\":0,\"position\":4000,\"step\":41,")
        .contains("\"inputs\":{\"features\":{\"ids\":[");
  }

  @Test
  void everyFlippedByteIsFound() throws IOException {
    lives("flipped", 6_000, 12_000, ROWS);
    var random = new SplittableRandom(7);
    int flips = 0;
    for (Cut cut : open("flipped").cuts()) {
      for (Segment segment : cut.segments()) {
        Path file = archive("flipped").resolve(segment.file());
        byte[] whole = Files.readAllBytes(file);
        for (int at = random.nextInt(4_096); at < whole.length; at += 4_096) {
          byte[] changed = whole.clone();
          changed[at] ^= (byte) (1 << random.nextInt(8));
          Files.write(file, changed);
          assertThat(open("flipped").verify(Optional.empty()).problems())
              .as("byte %d of %s", at, segment.file())
              .singleElement()
              .asString()
              .contains(segment.file());
          flips++;
        }
        Files.write(file, Arrays.copyOf(whole, whole.length - 1 - random.nextInt(100)));
        assertThat(CommandLineRun.of("archive", "verify", archive("flipped")).status()).isOne();
        Files.delete(file);
        var verified = CommandLineRun.of("archive", "verify", archive("flipped"));
        assertThat(verified.out()).contains(segment.file() + " is missing, with positions");
        Files.write(file, whole);
      }
    }
    assertThat(flips).isGreaterThan(50);
    Files.delete(archive("flipped").resolve("cut-000000000002.json"));
    assertThat(CommandLineRun.of("archive", "verify", archive("flipped")).out())
        .contains(
            "cut-000000000002.json is missing, and all between steps 60 and 200: 6,000 samples");
  }

  @Test
  void aModelIsRebuiltFromItThoughTheSourceIsGone() throws IOException {
    lives("rebuilt", 6_000, 15_000, ROWS);
    Path elsewhere = folder.resolve("no-rows");
    Files.createDirectories(elsewhere);
    Files.copy(folder.resolve("job.yaml"), elsewhere.resolve("job.yaml"));
    var checkpoints = DirectoryCheckpointStore.forReading(folder.resolve("rebuilt")).list();
    for (String from : List.of("start", checkpoints.getFirst().name())) {
      var replayed =
          CommandLineRun.of(
              "replay",
              elsewhere.resolve("job.yaml"),
              "--from",
              from,
              "--to",
              newest("rebuilt"),
              "--archive",
              archive("rebuilt"));
      assertThat(replayed.out())
          .as(replayed.err())
          .contains("the same, and so are the rest of the state and the ledger")
          .contains(report.path("parametersSha256").asText());
      replayed.mustSucceed();
    }
    Files.delete(archive("rebuilt").resolve("cut-000000000002.json"));
    var lacking =
        CommandLineRun.of(
            "replay",
            elsewhere.resolve("job.yaml"),
            "--from",
            "start",
            "--to",
            newest("rebuilt"),
            "--archive",
            archive("rebuilt"));
    assertThat(lacking.status()).isNotZero();
    assertThat(lacking.err()).contains("The archive lacks steps 61 to 150");
  }

  @Test
  void inputsOfEveryKindAreRebuiltToTheBit() throws IOException {
    var random = new SplittableRandom(5);
    var lines = new StringBuilder();
    for (int i = 0; i < 1_000; i++) {
      lines.append(
          "{\"y\":\"%s\",\"w\":%s,\"t\":\"word%d word%d\",\"s\":\"c%d\",\"a\":%s,\"b\":%s}%n"
              .formatted(
                  random.nextBoolean() ? "yes" : "no",
                  random.nextDouble(2),
                  random.nextInt(90),
                  random.nextInt(900),
                  random.nextInt(50),
                  random.nextDouble(),
                  random.nextDouble()));
    }
    Files.writeString(folder.resolve("kinds.jsonl"), lines);
    Path job = folder.resolve("kinds.yaml");
    Files.writeString(
        job,
        """
        name: kinds
        source: {file: {path: kinds.jsonl, format: jsonl}}
        sample:
          label: {field: y, classes: ["no", "yes"]}
          weight: w
          inputs:
            words: {tokens: {field: t, length: 3, vocabulary: grow}}
            names:
              sparse:
                fields: [s, a, b]
                bucket: {a: {quantiles: 10, warm-up: 300}, b: {quantiles: 5}}
                cross: [[s, b]]
                bits: 12
                min-count: 2
            numbers: {dense: {fields: [a, b]}}
        transforms:
          - normalize: {input: numbers, mean: 0.5, deviation: 0.25}
          - down-sample: {class: "no", keep: 0.5}
        model:
          - towers:
              inputs:
                words: [embedding: {dimension: 4}, global-avg-pool]
                names: [linear: {units: 2}]
                numbers: [dense: {units: 2}, dropout: {rate: 0.3}]
          - dense
        loss: logistic
        optimizer: {adam: {}}
        batch: {size: 32}
        metrics: {window-samples: 100}
        checkpoints: {directory: "%s", every-samples: 200, keep: 50}
        archive: {directory: "%s"}
        """
            .formatted(folder.resolve("kinds"), archive("kinds")));
    var run = CommandLineRun.of("run", job);
    run.mustSucceed();
    Files.delete(folder.resolve("kinds.jsonl"));
    var replayed =
        CommandLineRun.of(
            "replay",
            job,
            "--from",
            "start",
            "--to",
            newest("kinds"),
            "--archive",
            archive("kinds"));
    assertThat(replayed.out())
        .as(replayed.err())
        .contains("the same, and so are the rest of the state and the ledger");
    assertThat(open("kinds").cuts().getLast().to().filtered()).isPositive();
  }

  @Test
  void encryptedItIsReadWithTheKeysAlone() throws IOException {
    Path keys = folder.resolve("keys.json");
    CommandLineRun.of("keys", "create", keys).mustSucceed();
    lives("sealed", 9_000);
    Object[] words = {
      "keys",
      "rewrap",
      "--plain",
      folder.resolve("job.yaml"),
      "--set",
      "checkpoints.directory=" + folder.resolve("sealed"),
      "--set",
      "archive.directory=" + archive("sealed"),
      "--set",
      "encryption.keys=" + keys
    };
    var rewrapped = CommandLineRun.of(words);
    rewrapped.mustSucceed();
    run("sealed", "--set", "encryption.keys=" + keys);
    int files = 0;
    try (var all = Files.walk(archive("sealed"))) {
      for (Path file : all.filter(Files::isRegularFile).toList()) {
        if (Files.size(file) > 0) { // the lock is empty
          files++;
          assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
              .startsWith("HRSEALED")
              .doesNotContain("headrace.source", "nextPosition");
        }
      }
    }
    assertThat(files).isGreaterThan(3);
    var verified = CommandLineRun.of("archive", "verify", archive("sealed"), "--keys", keys);
    assertThat(verified.out())
        .as(verified.err())
        .startsWith("20,000 samples in ")
        .contains("whole");
    var without = CommandLineRun.of("archive", "list", archive("sealed"));
    assertThat(without.status()).isOne();
    assertThat(without.out()).contains("is encrypted, with key ", "Give its key set: --keys FILE");
    CommandLineRun.of("keys", "rotate", keys).mustSucceed();
    CommandLineRun.of(words).mustSucceed();
    CommandLineRun.of("archive", "verify", archive("sealed"), "--keys", keys).mustSucceed();
  }

  @Test
  void killedAndGoneOnItHasEachSampleOnce() throws Exception {
    // Long enough that it is killed before its end on any machine.
    List<String> longer =
        List.of(
            "epochs=20",
            "checkpoints.every-samples=20000",
            "archive.segment-bytes=100000",
            "archive.directory=" + archive("killed"));
    var life = KilledLife.ofFlights(folder, folder.resolve("job.yaml"), longer);
    int killed = life.live("killed", new Random(20261126), 3);
    assertThat(killed).as("kills").isPositive();
    JsonNode resumed = life.finish("killed");
    assertThat(resumed.path("samplesTrained").asLong()).isEqualTo(20L * ROWS);
    Set<Long> positions = new HashSet<>();
    long[] count = {0};
    open("killed")
        .forEach(
            0,
            Long.MAX_VALUE,
            sample -> {
              positions.add(sample.position());
              count[0]++;
            });
    assertThat(count[0]).isEqualTo(20L * ROWS);
    assertThat(positions).hasSize(20 * ROWS);
    assertThat(CommandLineRun.of("archive", "verify", archive("killed")).out())
        .startsWith("400,000 samples in ")
        .endsWith("; whole\n");
  }

  @Test
  void whatIsOlderThanItKeepsIsLetGo() throws IOException {
    run("kept", "--set", "archive.keep-bytes=1");
    List<Cut> cuts = open("kept").cuts();
    assertThat(cuts).extracting(Cut::step).containsExactly(200L);
    assertThat(cuts.getFirst().number()).isGreaterThan(1);
    CommandLineRun.of("archive", "verify", archive("kept")).mustSucceed();
    try (var files = Files.list(archive("kept"))) {
      assertThat(files.filter(f -> f.toString().endsWith(".avro"))).hasSize(1);
    }
  }

  @Test
  void trainingGoesOnWithoutADiskAndTheGapIsTold() throws IOException {
    lives("gap", 4_000);
    Path elsewhere = folder.resolve("gone");
    live(
        "gap",
        9_000,
        result -> {
          if (result.step() == 41) {
            move(archive("gap"), elsewhere);
          }
        });
    assertThat(archive("gap")).doesNotExist();
    move(elsewhere, archive("gap"));
    lives("gap", ROWS);
    List<Cut> cuts = open("gap").cuts();
    assertThat(cuts).extracting(Cut::rows).containsExactly(4_000L, 11_000L);
    assertThat(cuts).extracting(Cut::missingRows).containsExactly(0L, 5_000L);
    assertThat(CommandLineRun.of("archive", "verify", archive("gap")).out())
        .isEqualTo(
            "15,000 samples  5,000 missing, which could not be written, in 2 parts; whole\n");
    assertThat(CommandLineRun.of("archive", "list", archive("gap")).out())
        .contains("11,000 samples", "5,000 missing");
  }

  private static void move(Path from, Path to) {
    try {
      Files.move(from, to);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Test
  void filesAreOfTheSizeThatWasAskedFor() throws IOException {
    run("small", "--set", "archive.segment-bytes=20000");
    List<Segment> segments =
        open("small").cuts().stream().flatMap(cut -> cut.segments().stream()).toList();
    assertThat(segments).hasSizeGreaterThan(15);
    List<ArchivedSample> samples = new ArrayList<>();
    open("small").forEach(0, Long.MAX_VALUE, samples::add);
    assertThat(samples).extracting(ArchivedSample::position).hasSize(ROWS).isSorted();
  }
}
