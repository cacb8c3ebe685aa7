package io.headrace.sink.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.CheckpointStoreContract;
import io.headrace.sink.Checkpoints;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Checkpoints in a server that speaks S3. */
class StoredCheckpointsTest extends CheckpointStoreContract {
  private static final int SMALLEST_PART = 5 << 20;

  private static @Nullable S3Server started;
  private static int prefixes;

  @TempDir Path temp;

  private final String prefix = "job-" + prefixes++ + "/";
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
    for (AutoCloseable each : open) {
      each.close();
    }
  }

  private static S3Server server() {
    return java.util.Objects.requireNonNull(started);
  }

  private S3Store objects() {
    S3Store store = S3Store.open(server().settings(prefix), SMALLEST_PART);
    open.add(store);
    return store;
  }

  private StoredCheckpoints machine(String name, int keep, ObjectStore store) {
    Path directory = temp.resolve(name);
    var mirror = DirectoryCheckpointStore.forWriting(directory, keep, true, FileSeal.NONE);
    return StoredCheckpoints.open(directory, mirror, store, InstantSource.system());
  }

  private StoredCheckpoints machine(String name) {
    return machine(name, 3, objects());
  }

  @Override
  protected CheckpointStore open(int keep) {
    return machine("one", keep, objects());
  }

  @Override
  protected CheckpointStore openToRead() {
    return DirectoryCheckpointStore.forReading(temp.resolve("one"));
  }

  @Override
  protected long writesWhileRead() {
    return 15;
  }

  private List<String> keys() {
    return objects().list().stream().map(ObjectStore.Stored::key).toList();
  }

  @Test
  void anotherMachineGoesOnWithAllThatIsKept() {
    StoredCheckpoints one = machine("one");
    for (long step = 1; step <= 4; step++) {
      one.write(Checkpoints.atStep(step));
    }
    one.markBest("checkpoint-000000000003.safetensors");
    StoredCheckpoints two = machine("two");
    Checkpoints.assertEqual(two.newest().orElseThrow(), Checkpoints.atStep(4));
    assertThat(two.list()).isEqualTo(one.list());
    assertThat(two.best()).contains("checkpoint-000000000003.safetensors");
    for (long step = 5; step <= 8; step++) {
      two.write(Checkpoints.atStep(step));
    }
    assertThat(keys())
        .containsExactly(
            "best",
            "checkpoint-000000000003.safetensors",
            "checkpoint-000000000006.safetensors",
            "checkpoint-000000000007.safetensors",
            "checkpoint-000000000008.safetensors",
            "writer");
  }

  @Test
  void theOneWhoCameFirstIsToldAndClobbersNothing() throws IOException {
    StoredCheckpoints one = machine("one");
    one.write(Checkpoints.atStep(10));
    StoredCheckpoints two = machine("two");
    var other = Checkpoints.atStep(11).withValues(java.util.Map.of("whose", "two's"));
    two.write(other);
    assertThatThrownBy(() -> one.write(Checkpoints.atStep(11)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(server().settings(prefix).bucket())
        .hasMessageContaining("was taken over by process " + ProcessHandle.current().pid());
    assertThatThrownBy(() -> one.markBest("checkpoint-000000000010.safetensors"))
        .hasMessageContaining("was taken over");
    Checkpoints.assertEqual(machine("three").newest().orElseThrow(), other);

    // the first machine, started again: what it wrote alone is put aside, what counts is there
    StoredCheckpoints again = machine("one");
    Checkpoints.assertEqual(again.newest().orElseThrow(), other);
  }

  @Test
  void checkpointsThatTheStoreNeverHadArePutAside() throws IOException {
    StoredCheckpoints one = machine("one");
    one.write(Checkpoints.atStep(10));
    StoredCheckpoints two = machine("two");
    assertThatThrownBy(() -> one.write(Checkpoints.atStep(12))).hasMessageContaining("taken over");
    two.write(Checkpoints.atStep(11));
    assertThat(machine("one").newest().orElseThrow().step()).isEqualTo(11);
    try (Stream<Path> files = Files.walk(temp.resolve("one"))) {
      assertThat(files.map(Path::toString))
          .anyMatch(
              file -> file.matches(".*/not-in-store-\\d+/checkpoint-000000000012.safetensors"));
    }
  }

  @Test
  void twoWhoWriteAtOnceLeaveTheCheckpointsOfOneOfThem() throws IOException {
    StoredCheckpoints one = machine("one", 100, objects());
    StoredCheckpoints two = machine("two", 100, objects());
    var ones = CompletableFuture.supplyAsync(() -> refusals(one, "one"));
    var twos = CompletableFuture.supplyAsync(() -> refusals(two, "two"));
    assertThat(ones.join()).as("the one who came first").isEqualTo(30);
    assertThat(twos.join()).isZero();
    StoredCheckpoints three = machine("three", 100, objects());
    assertThat(three.list()).hasSize(30);
    for (CheckpointStore.Entry entry : three.list()) {
      assertThat(three.read(entry.name()).values()).containsEntry("whose", "two");
    }
  }

  private static int refusals(StoredCheckpoints store, String whose) {
    int refused = 0;
    for (long step = 1; step <= 30; step++) {
      try {
        store.write(Checkpoints.atStep(step).withValues(java.util.Map.of("whose", whose)));
      } catch (HeadraceException told) {
        refused++;
      }
    }
    return refused;
  }

  @Test
  void aStoreThatFailsEveryThirdCallHasWhatWasWritten() {
    var troubled = new TroubledObjects(objects(), 3);
    StoredCheckpoints one = machine("one", 3, troubled);
    troubled.begin();
    long last = 0;
    int failed = 0;
    for (long step = 1; step <= 40; step++) {
      try {
        one.write(Checkpoints.atStep(step));
        last = step;
      } catch (HeadraceException told) {
        failed++;
      }
    }
    assertThat(troubled.failures()).isGreaterThan(20);
    assertThat(failed).isPositive();
    assertThat(last).isGreaterThan(30);
    StoredCheckpoints two = machine("two");
    assertThat(two.newest().orElseThrow().step()).isGreaterThanOrEqualTo(last);
    two.list()
        .forEach(
            entry ->
                Checkpoints.assertEqual(two.read(entry.name()), Checkpoints.atStep(entry.step())));
  }

  @Test
  void whatWasWrittenWhileTheStoreWasAwayIsKeptAndComesToIt() {
    var store = new TroubledObjects(objects(), 0);
    StoredCheckpoints one = machine("one", 3, store);
    one.write(Checkpoints.atStep(1));
    store.away(true);
    assertThatThrownBy(() -> one.write(Checkpoints.atStep(2)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("does not answer");
    assertThat(keys()).doesNotContain("checkpoint-000000000002.safetensors");
    // killed, and started again when the store is back: the directory is further
    StoredCheckpoints again = machine("one");
    assertThat(again.newest().orElseThrow().step()).isEqualTo(2);
    again.write(Checkpoints.atStep(3));
    assertThat(machine("two").newest().orElseThrow().step()).isEqualTo(3);
  }

  @Test
  void truncatedObjectsArePassedOver() throws IOException {
    StoredCheckpoints one = machine("one");
    one.write(Checkpoints.atStep(1));
    one.write(Checkpoints.atStep(2));
    String name = one.write(Checkpoints.atStep(3)).name();
    byte[] whole = Files.readAllBytes(temp.resolve("one").resolve(name));
    Path cut = Files.write(temp.resolve("cut"), java.util.Arrays.copyOf(whole, whole.length - 9));
    S3Store objects = objects();
    assertThat(objects.replace(name, objects.find(name).orElseThrow().tag(), cut)).isPresent();
    List<String> told = new ArrayList<>();
    Checkpoints.assertEqual(machine("two").newest(told::add).orElseThrow(), Checkpoints.atStep(2));
    assertThat(told).singleElement().asString().contains(name, "bytes long");
  }

  @Test
  void whatWasGoneBackBehindDoesNotComeBackFromTheStore() {
    StoredCheckpoints one = machine("one");
    String first = one.write(Checkpoints.atStep(1)).name();
    one.write(Checkpoints.atStep(2));
    one.write(Checkpoints.atStep(3));
    assertThat(one.goBackTo(first)).isPresent();
    assertThat(keys()).containsExactly(first, "writer");
    assertThat(machine("one").newest().orElseThrow().step()).isEqualTo(1);
  }

  @Test
  void largeObjectsGoUpInPartsAndAppearOnce() throws IOException {
    byte[] bytes = new byte[2 * SMALLEST_PART + 12_345];
    new SplittableRandom(7).nextBytes(bytes);
    Path large = Files.write(temp.resolve("large"), bytes);
    S3Store objects = objects();
    String tag = objects.create("large", large).orElseThrow();
    assertThat(objects.create("large", large)).as("a second of the name").isEmpty();
    assertThat(objects.replace("large", "\"another\"", large)).as("of another tag").isEmpty();
    assertThat(objects.find("large").orElseThrow().tag()).isEqualTo(tag).endsWith("-3\"");
    assertThat(objects.read("large", temp.resolve("back"))).contains(tag);
    assertThat(Files.mismatch(large, temp.resolve("back"))).isEqualTo(-1);
    assertThat(objects.list())
        .extracting(ObjectStore.Stored::bytes)
        .containsExactly((long) bytes.length);
    bytes[3]++;
    Files.write(large, bytes);
    assertThat(objects.replace("large", tag, large)).isPresent();
    assertThat(objects.read("gone", temp.resolve("back"))).isEmpty();
    assertThat(objects.find("gone")).isEqualTo(Optional.empty());
    objects.delete("large");
    assertThat(objects.list()).isEmpty();
  }

  @Test
  void saysWhatItCannotReach() {
    var nowhere =
        new io.headrace.sink.ObjectStoreSettings(
            "headrace-test",
            "x/",
            Optional.of(java.net.URI.create("http://127.0.0.1:9")),
            Optional.of("us-east-1"),
            Optional.of(server().credentials()),
            "default");
    assertThatThrownBy(() -> machine("one", 3, S3Store.open(nowhere)))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("s3://headrace-test/x/ could not be asked for writer");
  }
}
