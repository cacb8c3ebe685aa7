package io.headrace.app.command;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.headrace.app.CommandLineRun;
import io.headrace.engine.Checkpoint;
import io.headrace.sink.ObjectStoreSettings;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.store.S3Server;
import io.headrace.sink.store.S3Store;
import io.headrace.sink.store.StoredCheckpoints;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on checkpoints, of a folder and of a real object store. */
class StoredCheckpointsCommandTest {
  private static final Path ROWS = CommandLineRun.HOME.resolve("examples/push/flights.jsonl");
  private static @Nullable S3Server started;
  private static int prefixes;

  @TempDir Path folder;

  private final String prefix = "commands-" + prefixes++;

  @BeforeAll
  static void startServer(@TempDir Path home) throws Exception {
    started = S3Server.startOrSkip(home);
  }

  @AfterAll
  static void stopServer() {
    if (started != null) {
      started.close();
    }
  }

  private ObjectStoreSettings settings() {
    return java.util.Objects.requireNonNull(started).settings(prefix + "/");
  }

  private String url() {
    return "s3://" + settings().bucket() + "/" + prefix;
  }

  /** A run, and a few checkpoints more than it has time to write. */
  @BeforeEach
  void learn() throws IOException {
    ok("keys", "create", keys());
    Files.writeString(
        job(),
        """
        name: flights
        source: {file: {path: %s, format: jsonl}}
        sample:
          label: {field: late, classes: [on-time, late]}
          inputs: {features: {sparse: {fields: [origin, hour], bits: 10}}}
        model: [linear: {input: features}]
        loss: logistic
        optimizer: {adagrad: {learning-rate: 0.1}}
        batch: {size: 2}
        encryption: {keys: %s}
        checkpoints:
          directory: %s
          every-samples: 2
          keep: 50
          store: {url: "%s", endpoint: "%s", region: us-east-1, credentials-file: "%s"}
        """
            .formatted(
                ROWS,
                keys(),
                kept(),
                url(),
                settings().endpoint().orElseThrow(),
                settings().credentialsFile().orElseThrow()));
    ok("run", job());
    writeMore(4);
  }

  private void writeMore(int count) {
    var mirror = DirectoryCheckpointStore.forWriting(kept(), 50, false, seal());
    try (var store =
        StoredCheckpoints.open(kept(), mirror, S3Store.open(settings()), InstantSource.system())) {
      Checkpoint last = store.newest().orElseThrow();
      for (int later = 1; later <= count; later++) {
        store.write(
            new Checkpoint(
                last.job(),
                last.fingerprint(),
                last.step() + later,
                last.createdAtMillis(),
                last.ledger(),
                last.values(),
                last.tensors()));
      }
    }
  }

  private FileSeal seal() {
    return FileSeal.of(
        KeyRing.open(
            new EncryptionSettings(keys().toString(), Optional.empty(), Optional.empty())));
  }

  private Path job() {
    return folder.resolve("job.yaml");
  }

  private Path keys() {
    return folder.resolve("keys.json");
  }

  private Path kept() {
    return folder.resolve("kept");
  }

  private static CommandLineRun ok(Object... words) {
    CommandLineRun run = CommandLineRun.of(words);
    run.mustSucceed();
    return run;
  }

  /** A command with how the store is reached. */
  private CommandLineRun stored(Object... words) {
    List<Object> all = new ArrayList<>(List.of(words));
    all.addAll(
        List.of(
            "--endpoint",
            settings().endpoint().orElseThrow(),
            "--region",
            "us-east-1",
            "--credentials-file",
            settings().credentialsFile().orElseThrow()));
    return CommandLineRun.of(all.toArray());
  }

  private CommandLineRun storedOk(Object... words) {
    CommandLineRun run = stored(words);
    run.mustSucceed();
    return run;
  }

  private static JsonNode json(CommandLineRun run) throws IOException {
    return new ObjectMapper().readTree(run.out());
  }

  private List<String> names() throws IOException {
    List<String> names = new ArrayList<>();
    json(storedOk("checkpoints", "list", url(), "--json"))
        .forEach(line -> names.add(line.path("name").asText()));
    return names;
  }

  @Test
  void theStoreAnswersAsTheFolderDoes() throws Exception {
    assertThat(storedOk("checkpoints", "list", url()).out())
        .isEqualTo(ok("checkpoints", "list", kept()).out())
        .hasLineCount(names().size());
    String first = names().getFirst();
    assertThat(storedOk("checkpoints", "show", url() + "/" + first, "--keys", keys()).out())
        .isEqualTo(ok("checkpoints", "show", kept().resolve(first), "--keys", keys()).out());
    assertThat(storedOk("checkpoints", "verify", url(), "--keys", keys()).out())
        .contains(url() + ": whole");
    assertThat(storedOk("evaluate", url(), "--keys", keys(), "--data", ROWS).out())
        .isEqualTo(ok("evaluate", kept(), "--keys", keys(), "--data", ROWS).out());
    assertThat(storedOk("predict", url(), "--keys", keys(), "--input", ROWS).out())
        .isEqualTo(ok("predict", kept(), "--keys", keys(), "--input", ROWS).out());
    storedOk("checkpoints", "export", url(), folder.resolve("stored.vw"), "--keys", keys());
    ok("checkpoints", "export", kept(), folder.resolve("kept.vw"), "--keys", keys());
    assertThat(folder.resolve("stored.vw")).hasSameBinaryContentAs(folder.resolve("kept.vw"));
  }

  @Test
  void saysWhatIsWrongWithWhatWasNamed() {
    assertThat(stored("checkpoints", "list", url() + "/nothing").out()).isEmpty();
    assertThat(stored("checkpoints", "show", url() + "/nothing").err())
        .contains("There is no checkpoint in " + url() + "/nothing/");
    assertThat(stored("checkpoints", "show", url() + "/checkpoint-999999999999.safetensors").err())
        .contains("There is no checkpoint-999999999999.safetensors in " + url() + "/");
    assertThat(stored("checkpoints", "show", url()).err()).contains("is encrypted, with key");
    assertThat(stored("checkpoints", "list", "s3://UPPER/x").err())
        .contains("s3://UPPER/x is no part of a bucket");
    assertThat(stored("checkpoints", "restore", url()).err())
        .contains("is not the name of a checkpoint");
    assertThat(CommandLineRun.of("checkpoints", "prune", kept(), "--keep", 1).err())
        .contains("are in an object store too");
  }

  @Test
  void removesWhatIsOldFromTheStoreAndTheJobGoesOn() throws Exception {
    List<String> before = names();
    assertThat(before).hasSizeGreaterThan(3);
    JsonNode wouldBe =
        json(
            storedOk(
                "checkpoints",
                "prune",
                url(),
                "--keep",
                2,
                "--keys",
                keys(),
                "--dry-run",
                "--json"));
    assertThat(wouldBe.path("removed")).hasSize(before.size() - 2);
    assertThat(names()).isEqualTo(before);
    storedOk("checkpoints", "prune", url(), "--keep", 2, "--older-than", "1h", "--keys", keys());
    assertThat(names()).as("all are younger").isEqualTo(before);
    assertThat(stored("checkpoints", "prune", url(), "--keep", 2).err())
        .as("one that stays must be readable")
        .contains("is encrypted");
    assertThat(storedOk("checkpoints", "prune", url(), "--keep", 2, "--keys", keys()).out())
        .contains(before.size() - 2 + " checkpoints (");
    assertThat(names()).isEqualTo(before.subList(before.size() - 2, before.size()));
    ok("run", job());
  }

  @Test
  void theJobGoesOnFromTheOneThatWasRestoredInTheStore() throws Exception {
    List<String> before = names();
    String chosen = before.get(before.size() - 3);
    JsonNode restored =
        json(storedOk("checkpoints", "restore", url() + "/" + chosen, "--keys", keys(), "--json"));
    assertThat(restored.path("aside").asText()).startsWith(url() + "/behind-");
    assertThat(names()).isEqualTo(before.subList(0, before.size() - 2));
    storedOk("checkpoints", "verify", restored.path("aside").asText(), "--keys", keys());
    ok("run", job());
    assertThat(names()).contains(chosen).doesNotContain(before.getLast());
    assertThat(DirectoryCheckpointStore.forReading(kept()).list())
        .extracting(entry -> entry.name())
        .doesNotContain(before.getLast());
  }

  @Test
  void whatIsInTheStoreComesUnderTheNewKey() throws Exception {
    List<String> names = names();
    ok("keys", "rotate", keys());
    assertThat(ok("keys", "rewrap", job()).out()).contains("files are encrypted anew");
    String old =
        ok("keys", "list", keys())
            .out()
            .lines()
            .filter(line -> !line.contains("primary"))
            .findFirst()
            .orElseThrow()
            .split(" ", 2)[0];
    ok("keys", "delete", keys(), old);
    for (String name : names) {
      storedOk("checkpoints", "verify", url() + "/" + name, "--keys", keys());
    }
    assertThat(ok("keys", "rewrap", job()).out()).startsWith("0 files");
    ok("run", job());
  }

  /** Ids of keys, and how many objects are under each. */
  private Map<String, Integer> objectsByKey(S3Store store) throws IOException {
    Path copy = folder.resolve("copy");
    Map<String, Integer> count = new TreeMap<>();
    for (var object : store.list()) {
      if (object.key().endsWith(".safetensors")) {
        assertThat(store.read(object.key(), copy)).isPresent();
        String key = FileSeal.label(copy).orElseThrow().getOrDefault("key", "");
        count.merge(key, 1, Integer::sum);
      }
    }
    return count;
  }

  @Test
  void aRewrapThatWasKilledIsFinishedByTheNext() throws Exception {
    writeMore(30);
    ok("keys", "rotate", keys());
    Path log = folder.resolve("rewrap.log");
    Path claim = folder.resolve("claim");
    try (var store = S3Store.open(settings())) {
      assertThat(objectsByKey(store)).hasSize(1);
      Process rewrap = CommandLineRun.inOwnProcess(log, List.of("keys", "rewrap", job()));
      int renewals = 0;
      while (rewrap.isAlive() && renewals < 5) {
        assertThat(store.read("writer", claim)).isPresent();
        List<String> lines = Files.readAllLines(claim);
        renewals = lines.get(2).contains(rewrap.pid() + " on") ? Integer.parseInt(lines.get(3)) : 0;
      }
      assertThat(rewrap.destroyForcibly().waitFor()).as(Files.readString(log)).isEqualTo(137);
      assertThat(objectsByKey(store)).as("killed midway").hasSize(2);
      ok("keys", "rewrap", job());
      assertThat(objectsByKey(store)).hasSize(1);
    }
    assertThat(storedOk("checkpoints", "verify", url(), "--keys", keys()).out()).contains("whole");
    ok("run", job());
  }

  @Test
  void removesWhatIsOldFromAFolder() throws Exception {
    Path plain = Files.createDirectory(folder.resolve("plain"));
    Path elsewhere = folder.resolve("elsewhere.yaml");
    Files.writeString(
        elsewhere,
        Files.readString(job())
            .replaceAll("(?m)^encryption:.*\n|^ +store:.*\n", "")
            .replace(kept().toString(), plain.toString()));
    ok("run", elsewhere);
    var store = DirectoryCheckpointStore.forReading(plain, FileSeal.NONE);
    for (var entry : DirectoryCheckpointStore.forReading(kept()).list()) {
      store.write(DirectoryCheckpointStore.open(kept().resolve(entry.name()), seal()));
    }
    List<String> before = store.list().stream().map(entry -> entry.name()).toList();
    Path newest = plain.resolve(before.getLast());
    byte[] whole = Files.readAllBytes(newest);
    byte[] damaged = whole.clone();
    damaged[damaged.length - 1] ^= 1;
    Files.write(newest, damaged);
    assertThat(CommandLineRun.of("checkpoints", "prune", plain, "--keep", 1).err())
        .contains("None of the checkpoints that would stay can be read", before.getLast());
    assertThat(store.list()).hasSameSizeAs(before);
    Files.write(newest, whole);
    store.markBest(before.getFirst());
    ok("checkpoints", "prune", plain, "--keep", 1);
    assertThat(store.list())
        .extracting(entry -> entry.name())
        .containsExactly(before.getFirst(), before.getLast());
    assertThat(CommandLineRun.of("checkpoints", "prune", plain, "--keep", 0).status()).isEqualTo(2);
    assertThat(
            CommandLineRun.of("checkpoints", "prune", plain, "--keep", 1, "--older-than", "soon")
                .err())
        .contains("soon is no time");
  }
}
