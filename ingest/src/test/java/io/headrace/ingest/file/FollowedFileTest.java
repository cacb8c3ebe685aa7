package io.headrace.ingest.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.RecordChunk;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.GZIPOutputStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FollowedFileTest {
  private static final SourcePartition PARTITION = new SourcePartition("app.log", 0);
  private static final FileFormat LINES = new FileFormat.Lines();

  @TempDir Path folder;

  private final List<String> seen = new ArrayList<>();
  private final List<String> alerts = new ArrayList<>();
  private final Map<SourcePartition, Long> positions = new TreeMap<>();
  private final RecordChunk chunk = new RecordChunk(done -> {});
  private FileFormat format = LINES;
  private long lost;
  private long clock = 1_000_000_000_000L;
  private @Nullable Follower open;

  private Path log() {
    return folder.resolve("app.log");
  }

  private void start() throws IOException {
    close();
    open =
        new Follower(
            log(),
            "app.log",
            format,
            new FileLimits(4, 200),
            Positions.of(positions),
            (code, message) -> alerts.add(code + ": " + message));
  }

  @AfterEach
  void close() throws IOException {
    if (open != null) {
      open.close();
    }
  }

  private Follower follower() {
    return Objects.requireNonNull(open, "not started");
  }

  private boolean step() throws IOException {
    if (!follower().step(chunk)) {
      return false;
    }
    settle(chunk.count(), chunk.nextPosition());
    return true;
  }

  /** Takes the first records of the chunk, as a batch may that is full then. */
  private void settle(int records, long next) {
    for (int i = 0; i < records; i++) {
      RecordChunk.Fault fault = chunk.fault(i);
      int start = chunk.start(i);
      seen.add(
          fault == null
              ? new String(chunk.bytes(), start, chunk.end(i) - start, StandardCharsets.UTF_8)
              : fault.reason().code());
    }
    lost += chunk.lost();
    positions.put(chunk.partition(), next);
  }

  private void readAll() throws IOException {
    int quiet = 0;
    while (quiet < 3) {
      quiet = step() ? 0 : quiet + 1;
    }
  }

  private void append(String text) throws IOException {
    Files.writeString(log(), text, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    stamp(log());
  }

  /** Files are written later one than the other, however coarse the file system's clock is. */
  private void stamp(Path file) throws IOException {
    clock += 1000;
    Files.setLastModifiedTime(file, FileTime.fromMillis(clock));
  }

  private void rotate(String to) throws IOException {
    Files.move(log(), folder.resolve("app.log." + to));
  }

  private void pack(String name) throws IOException {
    Path file = folder.resolve("app.log." + name);
    FileTime time = Files.getLastModifiedTime(file);
    Path packed = folder.resolve("app.log." + name + ".gz");
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(packed))) {
      Files.copy(file, out);
    }
    Files.setLastModifiedTime(packed, time);
    Files.delete(file);
  }

  private void copyAndTruncate(String to) throws IOException {
    Path copy = folder.resolve("app.log." + to);
    Files.copy(log(), copy, StandardCopyOption.REPLACE_EXISTING);
    stamp(copy);
    Files.write(log(), new byte[0], StandardOpenOption.TRUNCATE_EXISTING);
    stamp(log());
  }

  @Test
  void waitsForAFileThatIsNotThereYetAndForLinesThatAreNotWhole() throws IOException {
    start();
    assertThat(step()).as("tells once that nothing is there").isTrue();
    assertThat(chunk.caughtUp()).isTrue();
    assertThat(step()).isFalse();
    append("one\ntw");
    readAll();
    assertThat(seen).containsExactly("one");
    append("o");
    readAll();
    assertThat(seen).containsExactly("one");
    append("\nthree\n");
    readAll();
    assertThat(seen).containsExactly("one", "two", "three");
    assertThat(positions).containsEntry(PARTITION, 14L);
  }

  @Test
  void readsTheRestOfARenamedFileBeforeTheNextOne() throws IOException {
    start();
    append("one\n");
    readAll();
    append("two\nthr");
    rotate("1");
    readAll();
    assertThat(seen).containsExactly("one", "two");
    Files.writeString(folder.resolve("app.log.1"), "ee\nfour", StandardOpenOption.APPEND);
    append("five\n");
    readAll();
    assertThat(seen).containsExactly("one", "two", "three", "four", "five");
    assertThat(lost).isZero();
  }

  @Test
  void findsFilesThatWereRotatedSeveralTimesWhileNobodyRead() throws IOException {
    start();
    append("a1\na2\n");
    readAll();
    append("a3\n");
    rotate("3");
    append("b1\n");
    rotate("2");
    append("c1\nc2\n");
    rotate("1");
    append("d1\n");
    pack("3");
    pack("2");
    start();
    readAll();
    assertThat(seen).containsExactly("a1", "a2", "a3", "b1", "c1", "c2", "d1");
    assertThat(lost).isZero();
    assertThat(alerts).isEmpty();
  }

  @Test
  void readsAFileThatWasLastWrittenInTheSameInstantAsTheOneBefore() throws IOException {
    start();
    append("a1\n");
    readAll();
    rotate("2");
    clock -= 1000;
    append("b1\n");
    rotate("1");
    pack("2");
    append("c1\n");
    start();
    readAll();
    assertThat(Files.getLastModifiedTime(folder.resolve("app.log.1")))
        .isEqualTo(Files.getLastModifiedTime(folder.resolve("app.log.2.gz")));
    assertThat(seen).containsExactly("a1", "b1", "c1");
  }

  @ParameterizedTest
  @ValueSource(strings = {"12 9 1", "2026-01-30 2026-01-31 2026-02-01", "3.gz 2.gz 1"})
  void readsFilesOfOneInstantInTheOrderThatTheirNamesTell(String names) throws IOException {
    start();
    append("first\n");
    readAll();
    rotate("0000"); // the oldest, whatever the others are called
    List<String> all = new ArrayList<>(List.of("first"));
    for (String name : names.split(" ", -1)) {
      append(name + "\n");
      clock -= 1000;
      rotate(name.replace(".gz", ""));
      if (name.endsWith(".gz")) {
        pack(name.replace(".gz", ""));
      }
      all.add(name);
    }
    append("now\n");
    all.add("now");
    start();
    readAll();
    assertThat(seen).containsExactlyElementsOf(all);
  }

  @Test
  void doesNotTakeOtherFilesForRotatedOnes() throws IOException {
    start();
    append("a1\n");
    readAll();
    rotate("1");
    append("b1\n");
    for (String other : List.of("app.log.bak", "app.log.1.swp", "app.logs", "app.log-index")) {
      Files.writeString(folder.resolve(other), "other\n");
    }
    readAll();
    assertThat(seen).containsExactly("a1", "b1");
  }

  @Test
  void takesWhatACopyHoldsOfAFileThatWasCutOff() throws IOException {
    start();
    append("a1\na2\n");
    readAll();
    append("a3\n");
    copyAndTruncate("1");
    append("b1\n");
    readAll();
    assertThat(seen).containsExactly("a1", "a2", "a3", "b1");
    assertThat(lost).isZero();
  }

  @Test
  void countsAsLostWhatWasCutOffWithoutACopy() throws IOException {
    start();
    append("a1\na2\n");
    readAll();
    append("a3 torn");
    readAll();
    Files.write(log(), new byte[0]);
    readAll();
    assertThat(lost).isEqualTo("a3 torn".length());
    append("b1\n");
    readAll();
    assertThat(seen).containsExactly("a1", "a2", "b1");
    assertThat(positions).containsEntry(PARTITION, 6L + 7 + 3);
    assertThat(alerts)
        .singleElement()
        .asString()
        .contains("positions-lost", "cut off at byte 6", "at least 7 bytes");
    start();
    readAll();
    assertThat(seen).containsExactly("a1", "a2", "b1");
    assertThat(lost).isEqualTo(7);
  }

  @Test
  void noticesAFileThatIsLongerAgainThanItWasWhenItWasCutOff() throws IOException {
    start();
    append("a1\n");
    readAll();
    Files.writeString(log(), "b1\nb2\nb3\n");
    readAll();
    assertThat(seen).containsExactly("a1", "b1", "b2", "b3");
    assertThat(lost).isEqualTo(1);
  }

  @Test
  void countsAsLostWhatIsGoneWhenAProcessComesBack() throws IOException {
    start();
    append("a1\na2\n");
    readAll();
    Files.delete(log());
    start();
    readAll();
    assertThat(lost).as("it may come back").isZero();
    append("b1\n");
    readAll();
    assertThat(seen).containsExactly("a1", "a2", "b1");
    assertThat(lost).isEqualTo(1);
    assertThat(alerts).hasSize(1);
  }

  @Test
  void everyFileOfCsvHasItsHeaderAndQuotedLineBreaks() throws IOException {
    format = new FileFormat.Csv('\t', true);
    start();
    append("a\tb\n1\t\"x");
    readAll();
    assertThat(seen).isEmpty();
    append("\ny\"\n2\tz\n");
    readAll();
    assertThat(seen).containsExactly("1\t\"x\ny\"", "2\tz");
    rotate("1");
    append("a\tb\n3\tw\n");
    start();
    readAll();
    assertThat(seen).containsExactly("1\t\"x\ny\"", "2\tz", "3\tw");
  }

  @Test
  void rejectsALineThatIsTooLargeWhereverItIsTakenUp() throws IOException {
    start();
    append("a1\n" + "x".repeat(500));
    readAll();
    start();
    append("x".repeat(100) + "\na2\n");
    readAll();
    start();
    readAll();
    assertThat(seen).containsExactly("a1", "too-large", "a2");
  }

  @Test
  void refusesAPackedFileThatGrows() throws IOException {
    append("a1\na2\n");
    rotate("1");
    pack("1");
    Files.move(folder.resolve("app.log.1.gz"), log());
    start();
    assertThatThrownBy(this::step).hasMessageContaining("is packed");
  }

  @Test
  void refusesThePositionOfAFileThatWasNotFollowed() {
    positions.put(PARTITION, 17L);
    assertThatThrownBy(this::start).hasMessageContaining("17, is none of a followed file");
  }

  /** A writer of whims, a reader that is cut off anywhere, and every line once and in order. */
  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20})
  void whateverHappensEveryLineComesOnceAndInOrder(long seed) throws IOException {
    var random = new Random(seed);
    format = seed % 4 == 0 ? new FileFormat.Csv(',', true) : LINES;
    String header = seed % 4 == 0 ? "id,text\n" : "";
    List<String> written = new ArrayList<>();
    int files = 0;
    int cuts = 0;
    int rotations = 0;
    StringBuilder pending = new StringBuilder(header);
    start();
    for (int action = 0; action < 400; action++) {
      int what = random.nextInt(100);
      if (what < 45) {
        String line = written.size() + ",\"" + "v".repeat(random.nextInt(30)) + "\"";
        written.add(line);
        pending.append(line).append(random.nextInt(10) == 0 ? "\r\n" : "\n");
        pending.append(random.nextInt(20) == 0 ? "\n" : "");
      } else if (what < 65 && !pending.isEmpty()) {
        int torn = 1 + random.nextInt(pending.length());
        append(pending.substring(0, torn));
        pending.delete(0, torn);
      } else if (what < 85) {
        int steps = random.nextInt(6);
        for (int i = 0; i < steps; i++) {
          step();
        }
      } else if (what < 93 && !seen.isEmpty()) {
        if (follower().step(chunk)) { // a batch ends within it, and then the process
          int part = random.nextInt(chunk.count() + 1);
          if (part == chunk.count()) {
            settle(part, chunk.nextPosition());
          } else if (part > 0) {
            settle(part, chunk.position(part - 1) + 1);
          }
        }
        start();
        cuts++;
      } else if (what >= 93 && Files.exists(log()) && Files.size(log()) > header.length()) {
        append(pending.toString());
        pending.setLength(0);
        pending.append(header);
        files++;
        rotations++;
        if (random.nextInt(3) > 0) {
          rotate(String.valueOf(files));
          if (random.nextInt(3) == 0) {
            pack(String.valueOf(files));
          }
        } else {
          copyAndTruncate(String.valueOf(files));
        }
      }
    }
    append(pending.toString());
    readAll();
    int same = 0;
    while (same < Math.min(seen.size(), written.size())
        && seen.get(same).equals(written.get(same))) {
      same++;
    }
    assertThat(seen.subList(same, Math.min(seen.size(), same + 3)))
        .as("seed %s, behind %s of %s lines", seed, same, written.size())
        .isEqualTo(written.subList(same, Math.min(written.size(), same + 3)));
    assertThat(lost).as("seed %s", seed).isZero();
    assertThat(cuts).isGreaterThan(5);
    assertThat(rotations).isGreaterThan(3);
  }
}
