package io.headrace.sink.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.schemas.RecordHeader;
import io.headrace.schemas.RejectedSample;
import io.headrace.schemas.Schemas;
import io.headrace.sink.LetterSize;
import io.headrace.sink.Letters;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.avro.Schema;
import org.apache.avro.file.DataFileReader;
import org.apache.avro.file.DataFileWriter;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.specific.SpecificDatumReader;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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
    int kept = letter.getPayload().remaining();
    assertThat(kept).isBetween(LetterSize.MAX_PAYLOAD_BYTES - 100, LetterSize.MAX_PAYLOAD_BYTES);
    assertThat(letter.getPayloadBytes()).isEqualTo(length);
    assertThat(letter.getPayload())
        .isEqualTo(Letters.letter(1, length).getPayload().slice(0, kept));
    assertThat(letter.getHeaders()).isEqualTo(Letters.letter(1, 1).getHeaders());
  }

  @Test
  void leavesOutHeadersThatAreTooManyAndSaysSo() throws IOException {
    var many =
        Collections.nCopies(5, new RecordHeader("blob", ByteBuffer.wrap(new byte[100 << 10])));
    RejectedSample letter =
        RejectedSample.newBuilder(Letters.letter(1, 10)).setHeaders(many).build();
    try (var sink = new FileDeadLetterSink(file)) {
      sink.write(letter);
    }
    RejectedSample kept = read(file).getFirst();
    assertThat(kept.getHeaders()).hasSize(2);
    assertThat(kept.getDetail()).isEqualTo("3 headers were left out. " + letter.getDetail());
    assertThat(kept.getPayload()).isEqualTo(letter.getPayload());
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void goesOnInAFileOfAnOlderVersion(int version) throws IOException {
    Files.createDirectories(file.getParent());
    Schema older;
    try (InputStream text =
        Schemas.class.getResourceAsStream("rejected-sample-%d.avsc".formatted(version))) {
      older = new Schema.Parser().parse(text);
    }
    try (var writer = new DataFileWriter<GenericRecord>(new GenericDatumWriter<>(older))) {
      writer.create(older, file.toFile());
      for (long i = 0; i < 3; i++) {
        writer.append(letterOf(older, i));
      }
    }
    Files.write(file, new byte[] {1, 2, 3}, StandardOpenOption.APPEND);

    try (var sink = new FileDeadLetterSink(file)) {
      sink.write(Letters.letter(3, 10));
    }

    List<RejectedSample> all = read(file);
    assertThat(all).extracting(RejectedSample::getPosition).containsExactly(0L, 1L, 2L, 3L);
    boolean hasEnvelope = version > 1;
    assertThat(all.getFirst().getHeaders()).hasSize(hasEnvelope ? 2 : 0);
    assertThat(all.getFirst().getKey() != null).isEqualTo(hasEnvelope);
    assertThat(all.getFirst().getFileByte()).isNull();
    assertThat(all.getFirst().getPayload()).isEqualTo(Letters.letter(0, 10).getPayload());
    assertThat(all.getLast()).isEqualTo(Letters.letter(3, 10));
  }

  private static GenericRecord letterOf(Schema schema, long position) {
    RejectedSample letter = Letters.letter(position, 10);
    var record = new GenericData.Record(schema);
    schema.getFields().forEach(field -> record.put(field.name(), letter.get(field.name())));
    record.put("rejectedAt", letter.getRejectedAt().toEpochMilli());
    return record;
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
