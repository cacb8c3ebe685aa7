package io.headrace.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.Letters;
import io.headrace.sink.seal.FileSeal;
import io.headrace.sink.seal.KeyRing;
import io.headrace.sink.seal.TestKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Dead letters in a file that is encrypted. */
class EncryptedLettersTest {
  @TempDir private Path folder;
  private Path file = Path.of("");
  private BlockSeal seal = BlockSeal.NONE;

  @BeforeEach
  void makeKeys() {
    file = folder.resolve("data/dead-letters.avro");
    seal =
        FileSeal.of(KeyRing.open(TestKeys.in(folder.resolve("keys.json"), 7)))
            .blocks(Optional.of("patients"));
  }

  private List<RejectedSample> read() throws IOException {
    var all = new ArrayList<RejectedSample>();
    try (var letters = LetterReader.open(file, seal)) {
      letters.forEach(all::add);
    }
    return all;
  }

  private void write(int from, int to) {
    try (var sink = new FileDeadLetterSink(file, seal)) {
      for (int i = from; i < to; i++) {
        sink.write(Letters.letter(i, 10));
        sink.flush();
      }
    }
  }

  private static List<RejectedSample> letters(int count) {
    var letters = new ArrayList<RejectedSample>();
    for (int i = 0; i < count; i++) {
      letters.add(Letters.letter(i, 10));
    }
    return letters;
  }

  @Test
  void flushedLettersAreReadWhileMoreAreWritten() throws IOException {
    try (var sink = new FileDeadLetterSink(file, seal)) {
      assertThat(read()).isEmpty();
      sink.write(Letters.letter(0, 10));
      sink.flush();
      assertThat(read()).isEqualTo(letters(1));
    }
    write(1, 3);
    assertThat(read()).isEqualTo(letters(3));
    assertThat(Files.readString(file, StandardCharsets.ISO_8859_1))
        .startsWith("HRSEALED")
        .doesNotContain("RejectedSample", "avro.schema");
  }

  @Test
  void goesOnBehindTheLastWholeBlockWhereverACrashToreTheFile() throws IOException {
    write(0, 2);
    int two = (int) Files.size(file);
    write(2, 3);
    byte[] bytes = Files.readAllBytes(file);
    int torn = 0;
    for (int length = two; length < bytes.length; length++) {
      Files.write(file, Arrays.copyOf(bytes, length));
      assertThat(read()).isEqualTo(letters(2));
      write(2, 3);
      assertThat(read()).as("torn at %d", length).isEqualTo(letters(3));
      torn++;
    }
    assertThat(torn).isGreaterThan(50);
  }

  @Test
  void everyChangedBlockIsFoundAndNeverCutOff() throws IOException {
    write(0, 3);
    byte[] bytes = Files.readAllBytes(file);
    int label = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('}') + 1 + Integer.BYTES;
    int header = 8 + ByteBuffer.wrap(bytes).getInt(label);
    int first = label + header;
    int end = first + 8 + ByteBuffer.wrap(bytes).getInt(first);
    for (int at = first + Integer.BYTES; at < end; at++) {
      byte[] changed = bytes.clone();
      changed[at] ^= 1;
      Files.write(file, changed);
      assertThatThrownBy(this::read)
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("is damaged: its block at byte");
      assertThatThrownBy(() -> new FileDeadLetterSink(file, seal))
          .hasMessageContaining("is damaged");
      assertThat(Files.size(file)).isEqualTo(bytes.length);
    }
  }

  @Test
  void blocksThatChangedPlacesAreFound() throws IOException {
    write(0, 2);
    byte[] bytes = Files.readAllBytes(file);
    int label = new String(bytes, StandardCharsets.ISO_8859_1).indexOf('}') + 1 + Integer.BYTES;
    int first = label + 8 + ByteBuffer.wrap(bytes).getInt(label);
    int second = first + 8 + ByteBuffer.wrap(bytes).getInt(first);
    byte[] swapped = bytes.clone();
    System.arraycopy(bytes, second, swapped, first, bytes.length - second);
    System.arraycopy(bytes, first, swapped, first + bytes.length - second, second - first);
    Files.write(file, swapped);
    assertThatThrownBy(this::read).hasMessageContaining("was changed after it was written");
  }

  @Test
  void plainAndEncryptedAreNotMixed() throws IOException {
    write(0, 1);
    assertThatThrownBy(() -> new FileDeadLetterSink(file))
        .hasMessageContaining("is encrypted. Give its key set");
    assertThatThrownBy(() -> LetterReader.open(file, BlockSeal.NONE))
        .hasMessageContaining("--keys FILE");
    Path plain = folder.resolve("plain.avro");
    new FileDeadLetterSink(plain).close();
    assertThatThrownBy(() -> new FileDeadLetterSink(plain, seal))
        .hasMessageContaining("is not encrypted");
  }
}
