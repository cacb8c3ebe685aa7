package io.headrace.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.RejectedSample;
import io.headrace.sink.LetterSize;
import io.headrace.sink.Letters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.specific.SpecificDatumReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FileDeadLetterSinkTest {
  @TempDir Path temp;
  private Path file = Path.of("");

  @BeforeEach
  void nameAFileInADirectoryThatIsNotThereYet() {
    file = temp.resolve("data/dead-letters.avro");
  }

  private static List<RejectedSample> read(Path file) throws IOException {
    var all = new ArrayList<RejectedSample>();
    try (var letters =
        new DataFileReader<RejectedSample>(
            file.toFile(), new SpecificDatumReader<>(RejectedSample.class))) {
      letters.forEach(all::add);
    }
    return all;
  }

  @Test
  void flushedLettersAreThereBeforeItIsClosed() throws IOException {
    try (var sink = new FileDeadLetterSink(file)) {
      sink.write(Letters.letter(1, 10));
      sink.write(Letters.letter(2, 0));
      sink.flush();
      assertThat(read(file)).containsExactly(Letters.letter(1, 10), Letters.letter(2, 0));
    }
  }

  @Test
  void appendsToWhatIsThere() throws IOException {
    for (int i = 0; i < 3; i++) {
      try (var sink = new FileDeadLetterSink(file)) {
        sink.write(Letters.letter(i, 10));
      }
    }
    assertThat(read(file)).extracting(RejectedSample::getPosition).containsExactly(0L, 1L, 2L);
  }

  @Test
  void goesOnBehindTheLastWholeBlockWhereverACrashToreTheFile() throws IOException {
    long header;
    long firstBlock;
    try (var sink = new FileDeadLetterSink(file)) {
      header = Files.size(file);
      sink.write(Letters.letter(1, 10));
      sink.flush();
      firstBlock = Files.size(file);
      sink.write(Letters.letter(2, 10));
    }
    byte[] whole = Files.readAllBytes(file);
    for (int length = (int) header; length <= whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      try (var sink = new FileDeadLetterSink(file)) {
        sink.write(Letters.letter(3, 10));
      }
      List<Long> expected = new ArrayList<>();
      if (length >= firstBlock) {
        expected.add(1L);
      }
      if (length == whole.length) {
        expected.add(2L);
      }
      expected.add(3L);
      assertThat(read(file))
          .as("torn at %d", length)
          .extracting(RejectedSample::getPosition)
          .isEqualTo(expected);
    }
  }

  @Test
  void goesOnBehindTheLastWholeBlockWhereZerosFollow() throws IOException {
    try (var sink = new FileDeadLetterSink(file)) {
      sink.write(Letters.letter(1, 10));
    }
    Files.write(file, new byte[4096], StandardOpenOption.APPEND);
    try (var sink = new FileDeadLetterSink(file)) {
      sink.write(Letters.letter(2, 10));
    }
    assertThat(read(file)).extracting(RejectedSample::getPosition).containsExactly(1L, 2L);
  }

  @Test
  void cutsALongPayloadAndTellsItsLength() throws IOException {
    int length = 10 << 20;
    try (var sink = new FileDeadLetterSink(file)) {
      sink.write(Letters.letter(1, length));
    }
    RejectedSample letter = read(file).getFirst();
    assertThat(letter.getPayload().remaining()).isEqualTo(LetterSize.MAX_PAYLOAD_BYTES);
    assertThat(letter.getPayloadBytes()).isEqualTo(length);
    assertThat(letter.getPayload())
        .isEqualTo(Letters.letter(1, length).getPayload().slice(0, LetterSize.MAX_PAYLOAD_BYTES));
  }

  @Test
  void takesLettersFromSeveralThreads() throws IOException {
    try (var sink = new FileDeadLetterSink(file)) {
      IntStream.range(0, 1000)
          .parallel()
          .forEach(
              i -> {
                sink.write(Letters.letter(i, 10));
                if (i % 100 == 0) {
                  sink.flush();
                }
              });
    }
    assertThat(read(file)).hasSize(1000).doesNotHaveDuplicates();
  }

  @Test
  void refusesAFileThatHoldsSomethingElse() throws IOException {
    Files.createDirectories(file.getParent());
    Files.writeString(file, "position,reason\n");
    assertThatThrownBy(() -> new FileDeadLetterSink(file))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining("dead-letters.file: " + file + " is not an Avro file");
    assertThat(file).hasContent("position,reason\n");
  }
}
