package io.headrace.ingest.decode;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.SampleDecoder;
import io.headrace.ingest.file.FileFormat;
import io.headrace.ingest.file.FileLimits;
import io.headrace.ingest.file.FileSampleSource;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Damaged lines that end with CR and LF come to what they come to with LF alone: the same rows, and
 * the same rejections at the same positions, each with the byte at which its line begins. Long runs
 * as in {@link FuzzedDecodersTest}.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class FuzzedLineEndsTest {
  private static final int LINES_OF_A_FILE = 500;

  @TempDir Path folder;

  private final Random random = new Random(FuzzSettings.SEED);

  static Stream<FuzzSubjects.Subject> everyFormatOfLines() {
    return FuzzSubjects.all().filter(subject -> FuzzSubjects.LINES.contains(subject.name()));
  }

  @ParameterizedTest
  @MethodSource("everyFormatOfLines")
  void carriageReturnsBeforeLineFeedsMakeNoDifference(FuzzSubjects.Subject subject)
      throws IOException {
    var mutator = new Mutator(random, subject.sound(), subject.words());
    boolean csv = subject.name().equals("csv");
    FileFormat format = csv ? new FileFormat.Csv(',', false) : new FileFormat.Lines();
    var source = new FileSampleSource(folder, "f", format, FileLimits.DEFAULT);
    SampleDecoder decoder = subject.decoder().get();
    var log = new FuzzLog(subject.name() + ", both line ends", subject.bytesPerByte());
    for (int done = 0; done < FuzzSettings.RECORDS; done += LINES_OF_A_FILE) {
      List<String> lines = new ArrayList<>();
      for (int i = 0; i < LINES_OF_A_FILE; i++) {
        lines.add(line(mutator.next(), csv));
      }
      List<Object> plain = read(source, lines, "\n", decoder, subject, log);
      assertThat(read(source, lines, "\r\n", decoder, subject, log))
          .as("%s, seed %d, lines from %d on", subject, FuzzSettings.SEED, done)
          .isEqualTo(plain);
      long blank = lines.stream().filter(String::isEmpty).count();
      assertThat(plain).as(subject.name()).hasSize((int) (LINES_OF_A_FILE - blank));
    }
    log.finish();
  }

  /** A byte a character. Within CSV's quotes line ends are text: it is damaged without them. */
  private static String line(byte[] bytes, boolean csv) {
    String line = new String(bytes, StandardCharsets.ISO_8859_1).replaceAll("[\r\n]", "");
    return csv ? line.replace('"', '\'') : line;
  }

  /** What becomes of each record, in order: its row, or its position and rejection. */
  private List<Object> read(
      FileSampleSource source,
      List<String> lines,
      String end,
      SampleDecoder decoder,
      FuzzSubjects.Subject subject,
      FuzzLog log)
      throws IOException {
    byte[] content = (String.join(end, lines) + end).getBytes(StandardCharsets.ISO_8859_1);
    Files.write(folder.resolve("f"), content);
    List<Object> outcomes = new ArrayList<>();
    for (RecordChunk chunk : source.chunks(Positions.START).toIterable(1)) {
      SampleBlock block = log.decode(decoder, subject.mapping(), chunk);
      List<Row> rows = Row.all(block);
      int next = 0;
      for (int i = 0; i < chunk.count(); i++) {
        String rejection = log.rejection(i);
        if (rejection != null) {
          assertThat(at(content, chunk.fileByte(i), chunk.end(i) - chunk.start(i)))
              .as("%s at byte %s", rejection, chunk.fileByte(i))
              .isEqualTo(
                  ByteBuffer.wrap(chunk.bytes(), chunk.start(i), chunk.end(i) - chunk.start(i)));
        }
        outcomes.add(rejection == null ? rows.get(next++) : chunk.position(i) + " " + rejection);
      }
      chunk.release();
    }
    return outcomes;
  }

  private static ByteBuffer at(byte[] content, @Nullable Long place, int length) {
    return ByteBuffer.wrap(content, Math.toIntExact(Objects.requireNonNull(place)), length);
  }
}
