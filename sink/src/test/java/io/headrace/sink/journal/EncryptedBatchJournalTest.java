package io.headrace.sink.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.seal.TestKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.CRC32C;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The same of a journal that is encrypted, and what becomes of one that somebody changed. */
class EncryptedBatchJournalTest extends DirectoryBatchJournalTest {
  @TempDir private Path keys;
  private BlockSeal seal = BlockSeal.NONE;

  @BeforeEach
  void makeKeys() {
    seal = seal("keys.json", 7, "patients");
  }

  private BlockSeal seal(String file, int id, String job) {
    return FileSeal.of(KeyRing.open(TestKeys.in(keys.resolve(file), id))).blocks(Optional.of(job));
  }

  @Override
  BlockSeal seal() {
    return seal;
  }

  private List<Path> recorded() throws IOException {
    for (int i = 0; i < 2; i++) {
      try (var journal =
          new DirectoryBatchJournal(folder, true, _ -> {}, InstantSource.system(), seal)) {
        journal.resume(Positions.START);
        journal.add(List.of());
        journal.handOver();
        journal.add(List.of());
        journal.handOver();
      }
    }
    List<Path> files = DirectoryBatchJournal.files(folder);
    assertThat(files).hasSize(2);
    return files;
  }

  @Override
  int firstFrame(byte[] file) {
    return behindLabel(file);
  }

  private static int behindLabel(byte[] bytes) {
    return new String(bytes, StandardCharsets.ISO_8859_1).indexOf('}') + 1 + Integer.BYTES;
  }

  @Test
  void aFrameThatWasChangedWithItsChecksumStopsTheStart() throws IOException {
    Path file = recorded().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    int at = behindLabel(bytes);
    ByteBuffer frame = ByteBuffer.wrap(bytes, at, bytes.length - at);
    int length = frame.getInt();
    bytes[at + 2 * Integer.BYTES + length / 2] ^= 1;
    var crc = new CRC32C();
    crc.update(bytes, at + 2 * Integer.BYTES, length);
    frame.putInt((int) crc.getValue());
    Files.write(file, bytes);
    assertThatThrownBy(() -> Segment.read(file, seal))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(file.toString())
        .hasMessageContaining("was changed after it was written")
        .hasMessageContaining("fails authentication");
  }

  @Test
  void framesThatChangedPlacesAreFound() throws IOException {
    Path file = recorded().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    int start = behindLabel(bytes);
    int first = start + 8 + ByteBuffer.wrap(bytes).getInt(start);
    int length = 8 + ByteBuffer.wrap(bytes).getInt(first);
    assertThat(bytes).hasSize(first + 2 * length);
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, first, swapped, first + length, length);
    System.arraycopy(bytes, first + length, swapped, first, length);
    Files.write(file, swapped);
    assertThatThrownBy(() -> Segment.read(file, seal)).hasMessageContaining("was changed");
  }

  @Test
  void everyChangedBitOfTheLabelIsFound() throws IOException {
    Path file = recorded().getFirst();
    byte[] bytes = Files.readAllBytes(file);
    int label = behindLabel(bytes);
    for (int at = 0; at < label; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      Files.write(file, changed);
      try {
        assertThat(Segment.read(file, seal)).as("byte %d", at).isNull();
      } catch (HeadraceException e) {
        assertThat(e).hasMessageContaining(file.toString());
      }
    }
  }

  @Test
  void filesThatChangedPlacesOrBelongToAnotherJobAreFound() throws IOException {
    List<Path> files = recorded();
    byte[] first = Files.readAllBytes(files.getFirst());
    Files.write(files.getLast(), first);
    assertThatThrownBy(() -> Segment.read(files.getLast(), seal))
        .hasMessageContaining("it is the journal journal-000000000001.log of the job patients")
        .hasMessageContaining("in the place of another");
    BlockSeal other =
        FileSeal.of(
                KeyRing.open(
                    new io.headrace.sink.seal.EncryptionSettings(
                        keys.resolve("keys.json").toString(), Optional.empty(), Optional.empty())))
            .blocks(Optional.of("flights"));
    assertThatThrownBy(() -> Segment.read(files.getFirst(), other))
        .hasMessageContaining("of the job patients, in the place of another");
  }

  @Test
  void otherKeysNoKeysAndNoEncryptionAreToldApart() throws IOException {
    Path file = recorded().getFirst();
    BlockSeal others = seal("others.json", 8, "patients");
    assertThatThrownBy(() -> Segment.read(file, others))
        .hasMessageContaining("is encrypted with key 7")
        .hasMessageContaining("has other keys: 8");
    BlockSeal same = seal("same.json", 7, "patients");
    assertThatThrownBy(() -> Segment.read(file, same))
        .hasMessageContaining("its own key fails authentication with key 7");
    assertThatThrownBy(() -> Segment.read(file, BlockSeal.NONE))
        .hasMessageContaining("is encrypted. Give its key set");
    Path plain = folder.resolve("journal-000000000009.log");
    Files.write(
        plain, Segment.frame(Positions.of(Map.of()), io.headrace.engine.seal.BlockCipher.NONE, 0));
    Files.write(plain, new byte[20], java.nio.file.StandardOpenOption.APPEND);
    assertThatThrownBy(() -> Segment.read(plain, seal)).hasMessageContaining("is not encrypted");
  }
}
