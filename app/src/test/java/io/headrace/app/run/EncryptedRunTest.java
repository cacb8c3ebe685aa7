package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.headrace.app.CommandLineRun;
import io.headrace.pipeline.job.JobFile;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** A job that encrypts what it keeps, and what every command makes of that. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class EncryptedRunTest {
  private static final int ROWS = 20_000;

  @TempDir private static Path folder;

  private JsonNode plain = NullNode.getInstance();
  private JsonNode sealed = NullNode.getInstance();

  @BeforeAll
  void train() throws IOException {
    var random = new SplittableRandom(20261126);
    var lines = new StringBuilder();
    for (int i = 0; i < ROWS; i++) {
      lines.append(random.nextBoolean() ? "1 |a" : "-1 |a");
      for (int j = 0; j < 4; j++) {
        lines.append(" secret").append(random.nextInt(400));
      }
      lines.append('\n');
    }
    lines.append("7 |a secret-of-nobody\n".repeat(3));
    Files.writeString(folder.resolve("rows.vw"), lines);
    Files.writeString(
        folder.resolve("job.yaml"),
        """
        name: patients
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
    var made = CommandLineRun.of("keys", "create", keys());
    made.mustSucceed();
    plain = run("plain");
    sealed = run("sealed", encrypted());
  }

  private static Path keys() {
    return folder.resolve("keys.json");
  }

  private static Object[] encrypted() {
    return new Object[] {"--set", "encryption.keys=" + keys()};
  }

  private static CommandLineRun ran(String name, Object... more) {
    List<Object> words = new ArrayList<>(List.of("run", folder.resolve("job.yaml")));
    words.addAll(List.of("--set", "checkpoints.directory=" + folder.resolve(name)));
    words.addAll(List.of("--report", folder.resolve(name + ".report")));
    words.addAll(Arrays.asList(more));
    return CommandLineRun.of(words.toArray());
  }

  private static JsonNode run(String name, Object... more) throws IOException {
    var run = ran(name, more);
    run.mustSucceed();
    return CommandLineRun.report(folder.resolve(name + ".report"));
  }

  private static Path newest(String name) {
    var entries = DirectoryCheckpointStore.forReading(folder.resolve(name)).list();
    return folder.resolve(name).resolve(entries.getLast().name());
  }

  @Test
  void itLearnsTheSameAndKeepsNothingReadable() throws IOException {
    assertThat(sealed.path("parametersSha256")).isEqualTo(plain.path("parametersSha256"));
    try (Stream<Path> files = Files.list(folder.resolve("sealed"))) {
      for (Path file : files.filter(f -> f.toString().endsWith(".safetensors")).toList()) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .startsWith("HRSEALED")
            .doesNotContain("model.0.linear", "rows.vw", "adagrad");
      }
    }
    try (Stream<Path> files = Files.list(folder.resolve("sealed"))) {
      List<Path> journal = files.filter(f -> f.toString().endsWith(".log")).toList();
      assertThat(journal).isNotEmpty();
      for (Path file : journal) {
        assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
            .startsWith("HRSEALED")
            .doesNotContain("rows.vw");
      }
    }
    assertThat(Files.readString(newest("plain"), StandardCharsets.ISO_8859_1))
        .contains("model.0.linear", "rows.vw", "adagrad");
  }

  @Test
  void everyCommandReadsItWithTheKeysAndSaysSoWithout() throws IOException {
    Path file = newest("sealed");
    Path input = Files.writeString(folder.resolve("new.vw"), "|a secret1 secret7\n");
    List<List<Object>> commands =
        List.of(
            List.of("checkpoints", "show", file),
            List.of("checkpoints", "verify", file),
            List.of("checkpoints", "export", file, folder.resolve("exported.safetensors")),
            List.of("checkpoints", "export", file, folder.resolve("exported.vw")),
            List.of("evaluate", file, "--data", folder.resolve("rows.vw")),
            List.of("predict", file, "--input", input));
    for (List<Object> command : commands) {
      var without = CommandLineRun.of(command.toArray());
      assertThat(without.status()).as("%s", command).isNotZero();
      assertThat(without.out() + without.err())
          .contains("is encrypted, with key ", "Give its key set: --keys FILE");
      var words = new ArrayList<Object>(command);
      words.addAll(List.of("--keys", keys()));
      var with = CommandLineRun.of(words.toArray());
      assertThat(with.status()).as("%s: %s", command, with.err()).isZero();
      var ofPlain = new ArrayList<Object>(command);
      ofPlain.set(ofPlain.indexOf(file), newest("plain"));
      if (!command.contains("show")) {
        assertThat(with.out().replace("sealed", "plain"))
            .isEqualTo(CommandLineRun.of(ofPlain.toArray()).out());
      }
    }
    assertThat(CommandLineRun.of("checkpoints", "list", folder.resolve("sealed")).out())
        .contains("step 200");
  }

  @Test
  void replayTakesTheKeysOfTheJob() {
    List<Object> words = new ArrayList<>(List.of("replay", folder.resolve("job.yaml"), "--from"));
    words.add(
        folder
            .resolve("sealed")
            .resolve(
                DirectoryCheckpointStore.forReading(folder.resolve("sealed"))
                    .list()
                    .getFirst()
                    .name()));
    words.addAll(List.of("--to", newest("sealed")));
    words.addAll(Arrays.asList(encrypted()));
    var replayed = CommandLineRun.of(words.toArray());
    replayed.mustSucceed();
    assertThat(replayed.out()).contains("the same, and so are the rest of the state");
  }

  @Test
  void deadLettersAreReadWithTheKeysAlone() throws IOException {
    Path file = folder.resolve("letters.avro");
    Object[] with = {"--set", "encryption.keys=" + keys(), "--set", "dead-letters.file=" + file};
    assertThat(run("lettered", with).path("samplesRejected").asLong()).isEqualTo(3);
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
        .startsWith("HRSEALED")
        .doesNotContain("secret-of-nobody", "label-out-of-range");
    var list = List.of("dead-letters", "list", "--from", file, "--keys", keys());
    var listed = CommandLineRun.of(list.toArray());
    assertThat(listed.out()).as(listed.err()).contains("label-out-of-range");
    var shown =
        CommandLineRun.of(
            "dead-letters", "show", "rows.vw/0/" + (ROWS + 1), "--from", file, "--keys", keys());
    assertThat(shown.out()).as(shown.err()).contains("secret-of-nobody");
    var without = CommandLineRun.of("dead-letters", "list", "--from", file);
    assertThat(without.status()).isNotZero();
    assertThat(without.err()).contains("is encrypted. Give its key set: --keys FILE");
  }

  @Test
  void pushedSamplesWaitEncryptedAndAreLearnedAfterARestart() throws Exception {
    Path push = folder.resolve("push");
    String flight =
        "{\"origin\":\"ORD\",\"destination\":\"SECRET-PLACE\",\"distance\":3,\"hour\":4,\"weekday\":5,\"late\":\"late\"}\n";
    for (int life = 1; life <= 2; life++) {
      var job =
          JobFile.read(
              CommandLineRun.HOME.resolve("examples/push/job.yaml"),
              List.of(
                  "source.http.port=0",
                  "source.http.directory=" + push,
                  "checkpoints.directory=" + folder.resolve("pushed"),
                  "dead-letters.file=" + folder.resolve("pushed.avro"),
                  "encryption.keys=" + keys()));
      try (JobRun run = JobRun.start(job, JobRun.Options.NONE)) {
        for (int i = 0; i < 3; i++) {
          run.intake()
              .orElseThrow()
              .push(flight.getBytes(StandardCharsets.UTF_8), Optional.empty())
              .toCompletableFuture()
              .get();
        }
        while (run.status().ledger().trained() < 3L * life) {
          Thread.sleep(5);
        }
        run.stop();
        assertThat(run.await().ledger().trained()).isEqualTo(3L * life);
      }
    }
    try (Stream<Path> files = Files.list(push)) {
      List<Path> segments = files.filter(f -> f.toString().endsWith(".log")).toList();
      assertThat(segments).isNotEmpty();
      for (Path segment : segments) {
        assertThat(Files.readString(segment, StandardCharsets.ISO_8859_1))
            .startsWith("HRSEALED")
            .doesNotContain("SECRET-PLACE");
      }
    }
  }

  @Test
  void killedAndGoneOnItEndsAsOneThatIsNotEncrypted() throws Exception {
    // Long enough that it is killed before its end on any machine.
    List<String> longer = List.of("epochs=40", "checkpoints.every-samples=40000");
    List<String> encrypted = new ArrayList<>(longer);
    encrypted.add("encryption.keys=" + keys());
    Path job = folder.resolve("job.yaml");
    JsonNode whole = KilledLife.ofFlights(folder, job, longer).finish("whole");
    var life = KilledLife.ofFlights(folder, job, encrypted);
    assertThat(life.live("killed", new Random(20261126), 3)).isPositive();
    JsonNode resumed = life.finish("killed");
    assertThat(resumed.path("parametersSha256")).isEqualTo(whole.path("parametersSha256"));
    assertThat(resumed.path("samplesTrained").asLong()).isEqualTo(40L * ROWS);
  }

  @Test
  void aRunRefusesWhatItCannotTrust() throws IOException {
    run("mixed");
    var planted = ran("mixed", encrypted());
    assertThat(planted.status()).isNotZero();
    assertThat(planted.err()).contains("None of the checkpoints in");

    run("others", encrypted());
    Path others = folder.resolve("others.json");
    CommandLineRun.of("keys", "create", others);
    var wrong = ran("others", "--set", "encryption.keys=" + others);
    assertThat(wrong.status()).isNotZero();
    assertThat(wrong.err()).contains("is encrypted with key ", "others.json has other keys: ");

    var none = ran("others");
    assertThat(none.status()).isNotZero();
    assertThat(none.err()).contains("is encrypted, with key ", "encryption.keys in a job");
  }

  @Test
  void rotatedKeysOpenWhatIsOlderAndADisabledOneIsNamed() throws IOException {
    Path rotating = folder.resolve("rotating.json");
    CommandLineRun.of("keys", "create", rotating);
    Object[] with = {"--set", "encryption.keys=" + rotating};
    run("rotated", with);
    Path old = newest("rotated");
    String oldKey = CommandLineRun.of("keys", "list", rotating).out().split(" ", 2)[0];
    CommandLineRun.of("keys", "rotate", rotating).mustSucceed();
    var listed = CommandLineRun.of("keys", "list", rotating);
    assertThat(listed.out().lines().toList()).hasSize(2);
    assertThat(listed.out()).contains("enabled  primary").doesNotContain("value", "typeUrl");

    var more = new ArrayList<>(List.of(with));
    more.addAll(List.of("--set", "epochs=1"));
    assertThat(run("rotated", more.toArray()).path("parametersSha256"))
        .isEqualTo(plain.path("parametersSha256"));

    var disabled = CommandLineRun.of("keys", "disable", rotating, oldKey);
    disabled.mustSucceed();
    var show = CommandLineRun.of("checkpoints", "show", old, "--keys", rotating);
    assertThat(show.status()).isNotZero();
    assertThat(show.err()).contains("is encrypted with key " + oldKey, "disabled", "keys enable");
    CommandLineRun.of("keys", "enable", rotating, oldKey);
    CommandLineRun.of("checkpoints", "show", old, "--keys", rotating).mustSucceed();
    String primary =
        listed.out().lines().filter(l -> l.contains("primary")).findFirst().orElseThrow();
    var refused = CommandLineRun.of("keys", "disable", rotating, primary.split(" ", 2)[0]);
    assertThat(refused.err()).contains("is the primary one", "keys rotate");
  }

  /** Of checkpoints, the journal, dead letters, the archive's two kinds, and pushed samples. */
  @Test
  void ofAKeyThatExpiredNothingIsReadAndEachKindOfFileSaysWhy() throws Exception {
    Path keys = folder.resolve("expiring.json");
    Path letters = folder.resolve("expired.avro");
    Path archive = folder.resolve("expired.archive");
    CommandLineRun.of("keys", "create", keys);
    Object[] with = {
      "--set", "encryption.keys=" + keys,
      "--set", "dead-letters.file=" + letters,
      "--set", "archive.directory=" + archive
    };
    run("expired", with);
    pushTo("expired-push", keys);
    String old = CommandLineRun.of("keys", "list", keys).out().split(" ", 2)[0];
    CommandLineRun.of("keys", "rotate", keys);
    String whole = Files.readString(keys);
    CommandLineRun.of("keys", "delete", keys, old);
    assertNothingReads(keys, letters, archive, with, "has other keys: ", old);
    Files.writeString(keys, whole);
    CommandLineRun.of("keys", "disable", keys, old);
    assertNothingReads(keys, letters, archive, with, "which is disabled in ", old);
    Files.writeString(keys, withDestroyed(whole, Long.parseLong(old)));
    var listed = CommandLineRun.of("keys", "list", keys);
    assertThat(listed.out()).as(listed.err()).containsPattern(old + " +destroyed");
    assertNothingReads(keys, letters, archive, with, "which was destroyed in ", old);
    Files.writeString(keys, whole);
    assertThat(run("expired", with).path("parametersSha256"))
        .isEqualTo(plain.path("parametersSha256"));
  }

  /** As Tink writes a key set in which somebody destroyed a key. */
  private static String withDestroyed(String keySet, long id) throws IOException {
    JsonNode tree = new ObjectMapper().readTree(keySet);
    for (JsonNode key : tree.path("key")) {
      if (key.path("keyId").asLong() == id) {
        ((ObjectNode) key).put("status", "DESTROYED");
      }
    }
    return tree.toString();
  }

  private static void pushTo(String name, Path keys) throws Exception {
    try (JobRun run = JobRun.start(pushed(name, keys), JobRun.Options.NONE)) {
      var _ =
          run.intake()
              .orElseThrow()
              .push("{}".getBytes(StandardCharsets.UTF_8), Optional.empty())
              .toCompletableFuture()
              .get();
      run.stop();
      run.await();
    }
  }

  private static JobSpec pushed(String name, Path keys) {
    return JobFile.read(
        CommandLineRun.HOME.resolve("examples/push/job.yaml"),
        List.of(
            "source.http.port=0",
            "source.http.directory=" + folder.resolve(name),
            "checkpoints.directory=" + folder.resolve(name + ".checkpoints"),
            "dead-letters.file=" + folder.resolve(name + ".letters"),
            "encryption.keys=" + keys));
  }

  private static void assertNothingReads(
      Path keys, Path letters, Path archive, Object[] with, String why, String key)
      throws IOException {
    Path file = newest("expired");
    List<List<Object>> commands =
        List.of(
            List.of("checkpoints", "show", file, "--keys", keys),
            List.of(
                "checkpoints", "export", file, folder.resolve("no.safetensors"), "--keys", keys),
            List.of("predict", file, "--input", folder.resolve("rows.vw"), "--keys", keys),
            List.of("dead-letters", "list", "--from", letters, "--keys", keys),
            List.of("archive", "verify", archive, "--keys", keys));
    for (List<Object> command : commands) {
      assertRefused(CommandLineRun.of(command.toArray()), why, key);
    }
    assertThat(folder.resolve("no.safetensors")).doesNotExist();
    assertRefused(ran("expired", with), why, key);
    List<String> kinds = new ArrayList<>();
    var seal = FileSeal.of(KeyRing.open(settings(keys))).blocks(Optional.of("patients"));
    for (Path folderOf : List.of(folder.resolve("expired"), archive)) {
      try (Stream<Path> files = Files.list(folderOf)) {
        for (Path each : files.filter(f -> !f.getFileName().toString().startsWith(".")).toList()) {
          Map<String, String> label = FileSeal.label(each).orElse(Map.of());
          String kind = label.getOrDefault("kind", "");
          if (List.of("journal", "archive").contains(kind)) {
            kinds.add(kind);
            assertThatThrownBy(() -> seal.of(each, kind, label.getOrDefault("name", "")))
                .hasMessageContainingAll(why, key);
          }
        }
      }
    }
    assertThat(kinds).contains("journal");
    assertThatThrownBy(
            () -> {
              try (JobRun run = JobRun.start(pushed("expired-push", keys), JobRun.Options.NONE)) {
                run.await();
              }
            })
        .hasMessageContainingAll(why, key);
  }

  private static EncryptionSettings settings(Path keys) {
    return new EncryptionSettings(keys.toString(), Optional.empty(), Optional.empty());
  }

  private static void assertRefused(CommandLineRun run, String why, String key) {
    assertThat(run.status()).isNotZero();
    assertThat(run.out() + run.err()).contains(why, "key " + key);
  }

  @Test
  void whatIsOlderIsEncryptedAnewAndOpensWithTheNewKeyAlone() throws IOException {
    Path keys = folder.resolve("rewrapping.json");
    Path letters = folder.resolve("rewrapped.avro");
    CommandLineRun.of("keys", "create", keys);
    Object[] with = {"--set", "encryption.keys=" + keys, "--set", "dead-letters.file=" + letters};
    run("rewrapped", "--set", "dead-letters.file=" + letters); // not encrypted yet
    assertThat(rewrap("rewrapped", with).out()).contains("0 files");
    var all = new ArrayList<>(List.of(with));
    all.add("--plain");
    var first = rewrap("rewrapped", all.toArray());
    first.mustSucceed();
    assertThat(first.out()).doesNotContain("0 files");
    run("rewrapped", with);

    String old = CommandLineRun.of("keys", "list", keys).out().split(" ", 2)[0];
    CommandLineRun.of("keys", "rotate", keys);
    rewrap("rewrapped", with).mustSucceed();
    assertThat(rewrap("rewrapped", with).out()).contains("0 files");
    CommandLineRun.of("keys", "delete", keys, old).mustSucceed();
    JsonNode again = run("rewrapped", with);
    assertThat(again.path("parametersSha256")).isEqualTo(plain.path("parametersSha256"));
    for (var entry : DirectoryCheckpointStore.forReading(folder.resolve("rewrapped")).list()) {
      Path file = folder.resolve("rewrapped").resolve(entry.name());
      var verified = CommandLineRun.of("checkpoints", "verify", file, "--keys", keys);
      assertThat(verified.status()).as(verified.out()).isZero();
    }
    var listed = CommandLineRun.of("dead-letters", "list", "--from", letters, "--keys", keys);
    assertThat(listed.out()).as(listed.err()).contains("label-out-of-range");
  }

  private static CommandLineRun rewrap(String name, Object... more) {
    List<Object> words = new ArrayList<>(List.of("keys", "rewrap", folder.resolve("job.yaml")));
    words.addAll(List.of("--set", "checkpoints.directory=" + folder.resolve(name)));
    words.addAll(Arrays.asList(more));
    return CommandLineRun.of(words.toArray());
  }

  @Test
  void keysThatOthersMayReadAreRefused() throws IOException {
    Path open = folder.resolve("open.json");
    CommandLineRun.of("keys", "create", open);
    assertThat(Files.getPosixFilePermissions(open))
        .isEqualTo(PosixFilePermissions.fromString("rw-------"));
    Files.setPosixFilePermissions(open, PosixFilePermissions.fromString("rw-r-----"));
    var run = ran("refused", "--set", "encryption.keys=" + open);
    assertThat(run.status()).isNotZero();
    assertThat(run.err()).contains("chmod 600 " + open);
    var again = CommandLineRun.of("keys", "create", open);
    assertThat(again.err()).contains("is there already");
    var missing = ran("refused", "--set", "encryption.keys=${env:NO_SUCH_KEYS}");
    assertThat(missing.err()).contains("The environment has no key set in NO_SUCH_KEYS");
  }
}
