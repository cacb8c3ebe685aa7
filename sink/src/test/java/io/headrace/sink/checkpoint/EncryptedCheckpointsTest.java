package io.headrace.sink.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.state.Tensor;
import io.headrace.engine.state.TensorType;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.CheckpointStoreContract;
import io.headrace.sink.Checkpoints;
import io.headrace.sink.seal.EncryptionSettings;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.seal.KeySetFile;
import io.headrace.sink.seal.TestKeys;
import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptedCheckpointsTest extends CheckpointStoreContract {
  private static final int SEGMENT = 4096;
  private static final int LARGE_BYTES = 40 * SEGMENT;

  @TempDir private Path folder;
  private FileSeal seal = FileSeal.NONE;

  @BeforeEach
  void makeKeys() {
    seal = FileSeal.of(KeyRing.open(TestKeys.in(folder.resolve("keys.json"), 7)));
  }

  @Override
  protected CheckpointStore open(int keep) {
    return DirectoryCheckpointStore.forWriting(stored(), keep, true, seal);
  }

  @Override
  protected CheckpointStore openToRead() {
    return DirectoryCheckpointStore.forReading(stored(), seal);
  }

  private Path stored() {
    return folder.resolve("stored");
  }

  private static Checkpoint large(long step) {
    byte[] random = new byte[LARGE_BYTES];
    new SplittableRandom(step).nextBytes(random);
    MemorySegment data = Arena.ofAuto().allocate(random.length, 64);
    data.copyFrom(MemorySegment.ofArray(random));
    return Checkpoints.withTensor(
        step, "large", Tensor.of(TensorType.U8, new long[] {random.length}, data));
  }

  private Path written(long step) {
    return stored().resolve(open(9).write(large(step)).name());
  }

  private static void assertDamaged(Path file, FileSeal seal, String words) {
    assertThatThrownBy(() -> DirectoryCheckpointStore.open(file, seal))
        .isInstanceOf(CheckpointDamagedException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining(words);
  }

  @Test
  void nothingOfACheckpointButItsLabelIsReadable() throws IOException {
    String text = Files.readString(written(5), StandardCharsets.ISO_8859_1);
    assertThat(text)
        .contains("\"job\":\"flight-delay\"", "\"step\":\"5\"", "\"key\":\"7\"")
        .doesNotContain("layer-0.weight", "nextPosition", "trainer.seed");
  }

  @Test
  void everyChangedBitIsFoundAndToldFromTruncation() throws IOException {
    Path file = written(5);
    byte[] bytes = Files.readAllBytes(file);
    int label = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('}') + 1 + Integer.BYTES;
    int flips = 0;
    for (int at = label; at < bytes.length; at += flips % 2 == 0 ? SEGMENT - 1 : 1) {
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) (1 << (flips++ % 8));
      Files.write(file, changed);
      assertDamaged(file, seal, "fail authentication with key 7");
    }
    assertThat(flips).isGreaterThan(20);
    Files.write(file, bytes);
    Checkpoints.assertEqual(DirectoryCheckpointStore.open(file, seal), large(5));
  }

  /** Keys as headrace makes them have longer segments than those of Tink's that it takes too. */
  @Test
  void changesAndCutsAreFoundWithKeysOfOurOwnToo() throws IOException {
    EncryptionSettings keys =
        new EncryptionSettings(
            folder.resolve("own.json").toString(), Optional.empty(), Optional.empty());
    long key = new KeySetFile(keys).create();
    seal = FileSeal.of(KeyRing.open(keys));
    Path file = written(5);
    byte[] bytes = Files.readAllBytes(file);
    Checkpoints.assertEqual(DirectoryCheckpointStore.open(file, seal), large(5));
    int flips = 0;
    for (int at = SEGMENT - 1; at < bytes.length; at += SEGMENT, flips++) {
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) (1 << (flips % 8));
      Files.write(file, changed);
      assertDamaged(file, seal, "fail authentication with key " + key);
      Files.write(file, Arrays.copyOf(bytes, at));
      assertDamaged(file, seal, "it is cut off");
    }
    assertThat(flips).isEqualTo(bytes.length / SEGMENT);
  }

  @Test
  void everyChangedBitOfTheLabelIsFound() throws IOException {
    Path file = written(5);
    byte[] bytes = Files.readAllBytes(file);
    int label = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('}') + 1 + Integer.BYTES;
    for (int at = 0; at < label; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= (byte) (1 << (at % 8));
      Files.write(file, changed);
      assertThatThrownBy(() -> DirectoryCheckpointStore.open(file, seal))
          .as("byte %d", at)
          .isInstanceOf(CheckpointDamagedException.class);
    }
  }

  @Test
  void everyCutIsFoundAndToldAsOne() throws IOException {
    Path file = written(5);
    byte[] bytes = Files.readAllBytes(file);
    int label = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('}') + 1 + Integer.BYTES;
    int cuts = 0;
    for (int border = label; border < bytes.length; border += SEGMENT) {
      for (int length = border; length <= border + 1 && length < bytes.length; length++) {
        Files.write(file, Arrays.copyOf(bytes, length));
        assertDamaged(file, seal, "it is cut off");
        cuts++;
      }
    }
    Files.write(file, Arrays.copyOf(bytes, bytes.length - 1));
    assertDamaged(file, seal, "it is cut off");
    Files.write(file, Arrays.copyOf(bytes, bytes.length + 1));
    assertDamaged(file, seal, "1 bytes follow its end");
    Files.write(file, Arrays.copyOf(bytes, label - 3));
    assertDamaged(file, seal, "within its label");
    assertThat(cuts).isGreaterThan(20);
  }

  @Test
  void swappedFilesAreFound() throws IOException {
    Path one = written(5);
    Path other = written(6);
    Path aside = folder.resolve("aside");
    Files.move(one, aside);
    Files.move(other, one);
    Files.move(aside, other);
    assertDamaged(one, seal, "it is the checkpoint of step 6");
    assertDamaged(other, seal, "it is the checkpoint of step 5");
    assertThatThrownBy(() -> open(9).newest()).hasMessageContaining("None of the checkpoints");
  }

  @Test
  void aFileUnderTheLabelOfAnotherIsFound() throws IOException {
    byte[] one = Files.readAllBytes(written(5));
    Path other = written(6);
    byte[] mixed = Files.readAllBytes(other);
    assertThat(mixed).hasSameSizeAs(one);
    int label = new String(one, StandardCharsets.ISO_8859_1).indexOf('}') + 1 + Integer.BYTES;
    System.arraycopy(one, label, mixed, label, one.length - label);
    Files.write(other, mixed);
    assertDamaged(other, seal, "fail authentication");
  }

  @Test
  void anotherKeySetIsToldFromDamageAndPassesNothingOver() {
    Path file = written(5);
    var others = FileSeal.of(KeyRing.open(TestKeys.in(folder.resolve("others.json"), 8)));
    assertThatThrownBy(() -> DirectoryCheckpointStore.open(file, others))
        .isInstanceOf(HeadraceException.class)
        .isNotInstanceOf(CheckpointDamagedException.class)
        .hasMessageContaining("is encrypted with key 7")
        .hasMessageContaining("others.json has other keys: 8");
    assertThatThrownBy(() -> DirectoryCheckpointStore.forReading(stored(), others).newest())
        .hasMessageContaining("is encrypted with key 7");
    var sameId = FileSeal.of(KeyRing.open(TestKeys.in(folder.resolve("same.json"), 7)));
    assertDamaged(file, sameId, "fail authentication with key 7");
  }

  @Test
  void withoutKeysItSaysWhatIsMissing() {
    Path file = written(5);
    assertThatThrownBy(() -> DirectoryCheckpointStore.open(file, FileSeal.NONE))
        .isNotInstanceOf(CheckpointDamagedException.class)
        .hasMessageContaining("is encrypted, with key 7")
        .hasMessageContaining("--keys FILE");
    assertThat(DirectoryCheckpointStore.forReading(stored()).list())
        .isEqualTo(openToRead().list())
        .hasSize(1);
  }

  @Test
  void oneThatIsNotEncryptedIsNotTakenForOneOfOurs() {
    var plain = DirectoryCheckpointStore.forWriting(stored(), 9).write(large(9));
    assertDamaged(stored().resolve(plain.name()), seal, "it is not encrypted");
  }

  @Test
  void checkpointsThatBuildOnAnotherAreEncryptedToo() {
    FileSeal plain = FileSeal.NONE;
    for (FileSeal with : new FileSeal[] {plain, seal}) {
      var store =
          DirectoryCheckpointStore.forWriting(
              folder.resolve(with == plain ? "plain" : "sealed"), 9, true, with);
      for (long step = 1; step <= 3; step++) {
        store.write(withTable(step));
      }
    }
    var sealed = DirectoryCheckpointStore.forReading(folder.resolve("sealed"), seal);
    assertThat(sealed.list().getLast().base()).contains(sealed.list().getFirst().name());
    for (var entry : sealed.list()) {
      Checkpoints.assertEqual(sealed.read(entry.name()), withTable(entry.step()));
      assertThat(sealed.positions(entry.name()))
          .isEqualTo(withTable(entry.step()).ledger().positions());
    }
  }

  private static Checkpoint withTable(long step) {
    MemorySegment data = Arena.ofAuto().allocate(Pages.LARGE_BYTES, 64);
    for (long at = 0; at < Pages.LARGE_BYTES; at += Pages.BYTES) {
      data.set(java.lang.foreign.ValueLayout.JAVA_BYTE, at, (byte) (at == 0 ? step : 1));
    }
    Checkpoint small = Checkpoints.atStep(step);
    var tensors = new TreeMap<>(small.tensors());
    tensors.put("table", Tensor.of(TensorType.U8, new long[] {Pages.LARGE_BYTES}, data));
    return new Checkpoint(
        small.job(),
        small.fingerprint(),
        small.step(),
        small.createdAtMillis(),
        small.ledger(),
        small.values(),
        tensors);
  }
}
