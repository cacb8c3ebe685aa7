package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.CommandLineRun;
import io.headrace.engine.Checkpoint;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a job keeps is encrypted anew by processes that are killed midway. */
class RewrapKillTest {
  private static final int CHECKPOINTS = 60;
  private static final int KILLS = 2;
  private static final int MOST_ROUNDS = 12;
  private static final long SEED = 20261126;
  private static final int KILLED = 128 + 9;

  @TempDir private Path folder;

  @BeforeEach
  void train() throws IOException {
    var random = new SplittableRandom(SEED);
    var lines = new StringBuilder("7 |a of-no-class\n");
    for (int i = 0; i < 1_000; i++) {
      lines.append(random.nextBoolean() ? "1 |a x" : "-1 |a x").append(random.nextInt(400));
      lines.append('\n');
    }
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
        batch: {size: 10}
        checkpoints: {directory: %s, keep: 100}
        dead-letters: {file: %s}
        encryption: {keys: %s}
        """
            .formatted(kept(), letters(), keys()));
    ok("keys", "create", keys());
    ok("run", folder.resolve("job.yaml"));
    var store = DirectoryCheckpointStore.forWriting(kept(), 100, false, seal());
    Checkpoint last = store.newest().orElseThrow();
    for (int later = 1; later <= CHECKPOINTS; later++) {
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

  private Path kept() {
    return folder.resolve("kept");
  }

  private Path letters() {
    return folder.resolve("letters.avro");
  }

  private Path keys() {
    return folder.resolve("keys.json");
  }

  private FileSeal seal() {
    return FileSeal.of(
        KeyRing.open(
            new EncryptionSettings(keys().toString(), Optional.empty(), Optional.empty())));
  }

  private static String ok(Object... words) {
    var run = CommandLineRun.of(words);
    run.mustSucceed();
    return run.out();
  }

  private List<Path> files() throws IOException {
    try (Stream<Path> all = Files.list(kept())) {
      return Stream.concat(all, Stream.of(letters()))
          .filter(file -> file.toString().matches(".*\\.(safetensors|log|avro)"))
          .toList();
    }
  }

  private String primary() {
    return ok("keys", "list", keys())
        .lines()
        .filter(line -> line.contains("primary"))
        .findFirst()
        .orElseThrow()
        .split(" ", 2)[0];
  }

  private static String keyOf(Path file) {
    try {
      Optional<Map<String, String>> label = FileSeal.label(file);
      return label.orElseThrow().getOrDefault("key", "");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private long under(String key) throws IOException {
    return files().stream().filter(file -> keyOf(file).equals(key)).count();
  }

  /** Every file opens, whichever of the keys it is under. */
  private void assertAllReadable() {
    for (var entry : DirectoryCheckpointStore.forReading(kept()).list()) {
      Path file = kept().resolve(entry.name());
      assertThat(DirectoryCheckpointStore.open(file, seal()).step()).isEqualTo(entry.step());
    }
    assertThat(ok("dead-letters", "list", "--from", letters(), "--keys", keys()))
        .contains("label-out-of-range");
  }

  @Test
  void everyFileIsUnderOneKeyOrTheOtherAndTheNextRewrapFinishes() throws Exception {
    var random = new SplittableRandom(SEED);
    int all = files().size();
    assertThat(all).isGreaterThan(CHECKPOINTS);
    int killed = 0;
    for (int round = 0; round < MOST_ROUNDS && killed < KILLS; round++) {
      ok("keys", "rotate", keys());
      String key = primary();
      int reached = random.nextInt(1, all / 2);
      Process process =
          CommandLineRun.inOwnProcess(
              folder.resolve("rewrap.log"), List.of("keys", "rewrap", folder.resolve("job.yaml")));
      while (process.isAlive() && under(key) < reached) {
        process.waitFor(1, TimeUnit.MILLISECONDS);
      }
      int status = process.destroyForcibly().waitFor();
      long done = under(key);
      if (status == KILLED && done > 0 && done < all) {
        killed++;
      } else { // it was quicker
        assertThat(status).as(Files.readString(folder.resolve("rewrap.log"))).isIn(0, KILLED);
      }
    }
    assertThat(killed).as("kills midway with seed %d", SEED).isEqualTo(KILLS);
    assertAllReadable();

    ok("keys", "rewrap", folder.resolve("job.yaml"));
    String key = primary();
    assertThat(under(key)).isEqualTo(all);
    for (String line : ok("keys", "list", keys()).lines().toList()) {
      if (!line.contains("primary")) {
        ok("keys", "delete", keys(), line.split(" ", 2)[0]);
      }
    }
    assertAllReadable();
    ok("run", folder.resolve("job.yaml"));
    try (Stream<Path> left = Files.list(kept())) {
      assertThat(left).noneMatch(file -> file.toString().endsWith(".tmp"));
    }
  }
}
