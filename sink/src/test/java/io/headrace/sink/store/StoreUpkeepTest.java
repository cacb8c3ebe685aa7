package io.headrace.sink.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.Checkpoints;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.seal.KeySetFile;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done to checkpoints in a server that speaks S3 while no run writes to it. */
class StoreUpkeepTest {
  private static @Nullable S3Server started;
  private static int prefixes;

  @TempDir Path temp;

  private final String prefix = "upkeep-" + prefixes++ + "/";
  private final List<AutoCloseable> open = new ArrayList<>();

  @BeforeAll
  static void startServer(@TempDir Path folder) throws Exception {
    started = S3Server.startOrSkip(folder);
  }

  @AfterAll
  static void stopServer() {
    if (started != null) {
      started.close();
    }
  }

  @AfterEach
  void close() throws Exception {
    for (AutoCloseable each : open.reversed()) {
      each.close();
    }
  }

  private S3Store objects() {
    S3Store store = S3Store.open(java.util.Objects.requireNonNull(started).settings(prefix));
    open.add(store);
    return store;
  }

  private FetchedPlace place(String copies) {
    return new FetchedPlace(objects(), temp.resolve(copies));
  }

  private StoredCheckpoints machine(String name, FileSeal seal) {
    Path directory = temp.resolve(name);
    var mirror = DirectoryCheckpointStore.forWriting(directory, 100, true, seal);
    return StoredCheckpoints.open(directory, mirror, objects(), InstantSource.system());
  }

  private List<String> names() {
    return place("names").list().stream().map(CheckpointPlace.Found::name).toList();
  }

  private static String name(int step) {
    return "checkpoint-%012d.safetensors".formatted(step);
  }

  private void write(int checkpoints, FileSeal seal) {
    try (StoredCheckpoints run = machine("one", seal)) {
      for (int step = 1; step <= checkpoints; step++) {
        run.write(Checkpoints.atStep(step));
      }
      run.markBest(name(1));
    }
  }

  @Test
  void listsWhatTheJobsDirectoryLists() {
    write(4, FileSeal.NONE);
    try (FetchedPlace place = place("copies")) {
      assertThat(place.entries())
          .isEqualTo(DirectoryCheckpointStore.forReading(temp.resolve("one")).list());
      assertThat(place.best()).contains(name(1));
    }
  }

  @Test
  void isRefusedWhileARunWritesAndAllowedWhenItHasEnded() {
    try (StoredCheckpoints run = machine("one", FileSeal.NONE)) {
      run.write(Checkpoints.atStep(1));
      assertThatThrownBy(() -> place("copies").hold(false))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("process " + ProcessHandle.current().pid())
          .hasMessageContaining("--take-over");
      run.write(Checkpoints.atStep(2));
      try (CheckpointUpkeep held = place("copies").hold(true)) {
        assertThatThrownBy(() -> run.write(Checkpoints.atStep(3)))
            .hasMessageContaining("was taken over");
        held.remove(List.of(name(1)));
      }
    }
    assertThat(names()).containsExactly(name(2));
    try (CheckpointUpkeep again = place("copies").hold(false)) {
      assertThatThrownBy(() -> place("other").hold(false)).hasMessageContaining("has not said");
      again.remove(List.of());
    }
  }

  @Test
  void aProcessOfThisMachineThatIsNoMoreHoldsNothing() {
    long pid = ProcessHandle.current().pid();
    Instant started = ProcessHandle.current().info().startInstant().orElseThrow();
    String here = Holder.here(() -> started.plusSeconds(1)).toString();
    assertThat(holder(here).isGone()).isFalse();
    assertThat(holder(here.replace(" on ", " on not-")).isGone()).isFalse();
    assertThat(holder(here.replace("process " + pid, "process 999999999")).isGone()).isTrue();
    String before = Holder.here(() -> started.minusSeconds(1)).toString();
    assertThat(holder(before).isGone()).as("another process had the number then").isTrue();
    assertThat(Holder.of(List.of("directory", "run", here, "3", "ended")).isGone()).isTrue();
    assertThat(Holder.of(List.of()).isGone()).isFalse();
  }

  private static Holder holder(String text) {
    return Holder.of(List.of("directory", "run", text, "3"));
  }

  @Test
  void theJobGoesOnFromTheOneThatWasGoneBackTo() {
    write(4, FileSeal.NONE);
    try (CheckpointUpkeep held = place("copies").hold(false)) {
      assertThat(held.goBackTo(name(2)).orElseThrow()).endsWith(prefix + "behind-2/");
    }
    assertThat(names()).containsExactly(name(1), name(2));
    assertThat(objects().list())
        .extracting(ObjectStore.Stored::key)
        .contains("behind-2/" + name(3), "behind-2/" + name(4));
    try (StoredCheckpoints run = machine("one", FileSeal.NONE)) {
      assertThat(run.newest().orElseThrow().step()).isEqualTo(2);
      run.write(Checkpoints.atStep(3));
    }
    try (CheckpointUpkeep held = place("copies").hold(false)) {
      assertThat(held.goBackTo(name(2)).orElseThrow()).endsWith(prefix + "behind-2-2/");
      assertThat(held.goBackTo(name(2))).isEmpty();
    }
  }

  @Test
  void theDirectoryOfTheJobGoesOnAfterSomeWereRemoved() {
    write(4, FileSeal.NONE);
    try (CheckpointUpkeep held = place("copies").hold(false)) {
      held.remove(List.of(name(1), name(3)));
    }
    assertThat(names()).containsExactly(name(2), name(4));
    try (StoredCheckpoints run = machine("one", FileSeal.NONE)) {
      assertThat(run.newest().orElseThrow().step()).isEqualTo(4);
      assertThat(run.list()).as("nothing is put aside").hasSize(4);
    }
  }

  /** Keys of which the second is the primary one, and what the first one alone writes. */
  private final class Keys {
    private final KeySetFile file =
        new KeySetFile(
            new EncryptionSettings(
                temp.resolve("keys.json").toString(), Optional.empty(), Optional.empty()));
    private final FileSeal before;
    private FileSeal now;

    Keys() {
      assertThat(file.create()).isPositive();
      before = now = seal();
    }

    private FileSeal seal() {
      return FileSeal.of(
          KeyRing.open(
              new EncryptionSettings(
                  temp.resolve("keys.json").toString(), Optional.empty(), Optional.empty())));
    }

    void rotate() {
      assertThat(file.rotate()).isPositive();
      now = seal();
    }

    boolean isOutdated(Path head) {
      try {
        return !now.isCurrent(head);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    StoreRewrap rewrap(ObjectStore store, String copies) {
      return new StoreRewrap(store, temp.resolve(copies), now, now, this::isOutdated);
    }

    /** How many objects are under the primary key; all can be read. */
    int current() throws IOException {
      int current = 0;
      try (FetchedPlace place = place("read")) {
        for (CheckpointStore.Entry entry : place.entries()) {
          Path file = place.file(entry.name());
          Checkpoints.assertEqual(
              DirectoryCheckpointStore.open(file, now), Checkpoints.atStep(entry.step()));
          current += now.isCurrent(file) ? 1 : 0;
        }
      }
      return current;
    }
  }

  @Test
  void everyCheckpointComesUnderTheNewKeyThoseAsideToo() throws IOException {
    var keys = new Keys();
    write(5, keys.before);
    try (CheckpointUpkeep held = place("copies").hold(false)) {
      assertThat(held.goBackTo(name(4))).isPresent();
    }
    keys.rotate();
    assertThat(keys.rewrap(objects(), "rewrap").run(false)).isEqualTo(5);
    assertThat(keys.current()).isEqualTo(4);
    Path aside = temp.resolve("aside");
    assertThat(objects().read("behind-4/" + name(5), aside)).isPresent();
    assertThat(keys.now.isCurrent(aside)).isTrue();
    assertThat(keys.rewrap(objects(), "rewrap").run(false)).as("nothing is left").isZero();
    try (StoredCheckpoints run = machine("two", keys.now)) {
      assertThat(run.newest().orElseThrow().step()).isEqualTo(4);
    }
  }

  @Test
  void aStoreThatFailsEveryThirdCallIsAskedAgain() throws IOException {
    var keys = new Keys();
    write(6, keys.before);
    keys.rotate();
    var troubled = new TroubledObjects(objects(), 3);
    troubled.begin();
    assertThat(keys.rewrap(troubled, "rewrap").run(false))
        .as("those whose answers were not lost")
        .isBetween(1, 6);
    assertThat(troubled.failures()).isGreaterThan(6);
    assertThat(keys.current()).isEqualTo(6);
    try (var place = new FetchedPlace(troubled, temp.resolve("troubled"));
        CheckpointUpkeep held = place.hold(false)) {
      held.remove(List.of(name(6), name(5)));
    }
    assertThat(keys.current()).isEqualTo(4);
  }

  @Test
  void aStoreThatGoesAwayMidwayIsFinishedLater() throws IOException {
    var keys = new Keys();
    write(4, keys.before);
    keys.rotate();
    var store = new TroubledObjects(objects(), 0);
    var half =
        new StoreRewrap(
            store,
            temp.resolve("rewrap"),
            keys.now,
            keys.now,
            head -> {
              boolean outdated = keys.isOutdated(head);
              store.away(head.endsWith(name(3)));
              return outdated;
            });
    assertThatThrownBy(() -> half.run(false)).hasMessageContaining("does not answer");
    assertThat(keys.current()).isEqualTo(2);
    assertThatThrownBy(() -> keys.rewrap(objects(), "rewrap").run(false))
        .as("this process has not said that it ended")
        .hasMessageContaining("--take-over");
    assertThat(keys.rewrap(objects(), "rewrap").run(true)).isEqualTo(2);
    assertThat(keys.current()).isEqualTo(4);
  }

  @Test
  void twoAtOnceLeaveEachCheckpointWhole() throws IOException {
    var keys = new Keys();
    write(8, keys.before);
    keys.rotate();
    List<CompletableFuture<Object>> both = new ArrayList<>();
    for (String copies : List.of("left", "right")) {
      S3Store store = objects();
      both.add(
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return keys.rewrap(store, copies).run(true);
                } catch (HeadraceException told) {
                  return String.valueOf(told.getMessage());
                } catch (IOException e) {
                  throw new UncheckedIOException(e);
                }
              }));
    }
    List<Object> ends = both.stream().map(CompletableFuture::join).toList();
    assertThat(ends).as("one at least ends as it should").anyMatch(Integer.class::isInstance);
    assertThat(ends)
        .filteredOn(String.class::isInstance)
        .allMatch(told -> told.toString().contains("was taken over"));
    assertThat(keys.current()).isEqualTo(8);
  }
}
