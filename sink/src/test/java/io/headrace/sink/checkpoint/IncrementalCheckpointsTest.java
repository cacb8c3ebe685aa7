package io.headrace.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.sink.CheckpointStore;
import io.headrace.sink.CheckpointStore.Entry;
import io.headrace.sink.Checkpoints;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class IncrementalCheckpointsTest {
  private static final long TABLES_BYTES = 2L * LargeTables.FLOATS * Float.BYTES;

  @TempDir Path directory;

  private CheckpointStore open(int keep) {
    return DirectoryCheckpointStore.forWriting(directory, keep);
  }

  /** Writes a checkpoint of each step from the tenth on; {@code seed} says what is learned. */
  private List<Entry> written(CheckpointStore store, long seed, int steps) {
    var tables = LargeTables.at(seed, 9);
    List<Entry> entries = new ArrayList<>();
    for (int step = 0; step < steps; step++) {
      tables.learn();
      entries.add(store.write(tables.checkpoint()));
    }
    return entries;
  }

  private void flipABit(String name, SplittableRandom random) throws IOException {
    byte[] bytes = Files.readAllBytes(directory.resolve(name));
    bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
    Files.write(directory.resolve(name), bytes);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void givesBackEachOfAStream(long seed) {
    CheckpointStore store = open(100);
    for (Entry entry : written(store, seed, 40)) {
      Checkpoints.assertEqual(
          store.read(entry.name()), LargeTables.at(seed, entry.step()).checkpoint());
    }
  }

  @Test
  void takesRoomForWhatWasTouchedAlone() {
    List<Entry> entries = written(open(100), 5, 12);
    assertThat(entries.getFirst().base()).isEmpty();
    assertThat(entries.getFirst().bytes()).isLessThan(TABLES_BYTES / 3);
    assertThat(entries.get(1).base()).contains(entries.getFirst().name());
    assertThat(entries).allMatch(entry -> entry.bytes() < TABLES_BYTES / 2);
    assertThat(open(1).list()).isEqualTo(entries);
  }

  @Test
  void startsAnewOnceMuchHasChanged() {
    CheckpointStore store = open(100);
    var tables = new LargeTables(1);
    tables.fill();
    Entry whole = store.write(tables.checkpoint());
    assertThat(whole.bytes()).isGreaterThan(TABLES_BYTES);
    tables.learn();
    Entry onIt = store.write(tables.checkpoint());
    assertThat(onIt.base()).contains(whole.name());
    tables.fill();
    Entry anew = store.write(tables.checkpoint());
    assertThat(anew.base()).isEmpty();
    Checkpoints.assertEqual(store.read(anew.name()), tables.checkpoint());
  }

  @Test
  void writesAllOfThemWholeWhereThatIsAskedFor() {
    var store = DirectoryCheckpointStore.forWriting(directory, 9, false, FileSeal.NONE);
    assertThat(written(store, 1, 4)).allMatch(entry -> entry.base().isEmpty());
  }

  @Test
  void keepsWhatTheKeptBuildOnAndTheWholeOneBefore() {
    CheckpointStore store = open(2);
    var tables = new LargeTables(1);
    for (int step = 1; step <= 60; step++) {
      tables.learn();
      store.write(tables.checkpoint());
      List<Entry> stored = store.list();
      assertThat(stored).hasSizeBetween(Math.min(step, 2), 4);
      List<String> names = stored.stream().map(Entry::name).toList();
      assertThat(names).containsAll(stored.stream().flatMap(e -> e.base().stream()).toList());
    }
    List<Entry> end = store.list();
    assertThat(end.stream().filter(entry -> entry.base().isEmpty())).hasSize(2);
    for (Entry entry : end) {
      Checkpoints.assertEqual(
          store.read(entry.name()), LargeTables.at(1, entry.step()).checkpoint());
    }
  }

  @Test
  void keepsWhatTheBestBuildsOn() {
    CheckpointStore store = open(1);
    var tables = new LargeTables(1);
    String best = "";
    for (int step = 1; step <= 70; step++) {
      tables.learn();
      Entry entry = store.write(tables.checkpoint());
      if (step == 9) {
        best = entry.name();
        assertThat(entry.base()).isPresent();
        store.markBest(best);
      }
    }
    Checkpoints.assertEqual(store.read(best), LargeTables.at(1, 9).checkpoint());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8})
  void goesBackToTheNewestThatIsWholeWithItsBase(long seed) throws IOException {
    CheckpointStore store = open(3);
    var tables = new LargeTables(seed);
    var random = new SplittableRandom(seed);
    for (int step = 0; step < 19 + random.nextInt(30); step++) {
      tables.learn();
      store.write(tables.checkpoint());
    }
    List<Entry> stored = store.list();
    Entry newest = stored.getLast();
    Optional<String> base = newest.base();
    String damaged = random.nextBoolean() ? base.orElse(newest.name()) : newest.name();
    flipABit(damaged, random);
    Entry expected =
        stored.reversed().stream()
            .filter(e -> !e.name().equals(damaged) && !e.base().equals(Optional.of(damaged)))
            .findFirst()
            .orElseThrow();
    List<String> passedOver = new ArrayList<>();
    Checkpoints.assertEqual(
        open(3).newest(passedOver::add).orElseThrow(),
        LargeTables.at(seed, expected.step()).checkpoint());
    assertThat(passedOver).isNotEmpty().allMatch(told -> told.contains(damaged));
  }

  @Test
  void saysWhatIsWrongWithABase() throws IOException {
    CheckpointStore store = open(9);
    List<Entry> entries = written(store, 1, 3);
    String base = entries.getFirst().name();
    String name = entries.getLast().name();
    Files.move(directory.resolve(base), directory.resolve("elsewhere"));
    assertThatThrownBy(() -> store.read(name))
        .isInstanceOf(CheckpointDamagedException.class)
        .hasMessageContaining(name + " is damaged: it builds on " + base + ", which is not there");
    open(9).write(LargeTables.at(2, entries.getFirst().step()).checkpoint());
    assertThatThrownBy(() -> store.read(name)).hasMessageContaining("SHA-256");
  }

  /** Real processes, killed at seeded moments between two writes or within one. */
  @Test
  void aKilledWriterLeavesAChainThatCanBeRead() throws Exception {
    int seen = 0;
    for (long seed = 1; seed <= 6; seed++) {
      Path folder = directory.resolve("killed-" + seed);
      Process writer =
          new ProcessBuilder(
                  Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                  "--enable-native-access=ALL-UNNAMED",
                  "-cp",
                  System.getProperty("java.class.path"),
                  LargeTables.class.getName(),
                  folder.toString(),
                  Long.toString(seed))
              .redirectErrorStream(true)
              .redirectOutput(directory.resolve("output").toFile())
              .start();
      try {
        var random = new SplittableRandom(seed);
        int wanted = 1 + random.nextInt(60);
        CheckpointStore store = DirectoryCheckpointStore.forReading(folder);
        while (writer.isAlive()
            && store.list().stream().mapToLong(Entry::step).max().orElse(0) < wanted) {
          TimeUnit.MILLISECONDS.sleep(1);
        }
        assertThat(writer.isAlive())
            .as("the writer's output: %s", Files.readString(directory.resolve("output")))
            .isTrue();
        TimeUnit.MICROSECONDS.sleep(random.nextInt(20_000));
      } finally {
        writer.destroyForcibly().waitFor();
      }
      var found = DirectoryCheckpointStore.forWriting(folder, 2).newest().orElseThrow();
      Checkpoints.assertEqual(found, LargeTables.ofMain(seed, found.step()).checkpoint());
      seen +=
          DirectoryCheckpointStore.forReading(folder).list().getLast().base().isPresent() ? 1 : 0;
    }
    assertThat(seen).as("kills at a time when the newest built on another").isPositive();
  }

  @Test
  void pagesThatDoNotFitAreRefused() {
    MemorySegment into = LargeTables.at(1, 1).checkpoint().tensors().firstEntry().getValue().data();
    MemorySegment page = MemorySegment.ofArray(new byte[Pages.BYTES]);
    assertThat(Pages.putBack(Pages.bytes(new int[] {3}), page, into)).isTrue();
    assertThat(Pages.putBack(Pages.bytes(new int[] {Pages.count(into)}), page, into)).isFalse();
    assertThat(Pages.putBack(Pages.bytes(new int[] {-1}), page, into)).isFalse();
    assertThat(Pages.putBack(Pages.bytes(new int[] {1, 2}), page, into)).isFalse();
  }
}
