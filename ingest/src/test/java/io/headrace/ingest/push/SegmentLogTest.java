package io.headrace.ingest.push;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.ingest.RecordChunk;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a log keeps, and what is left of it when its files are cut or damaged. */
class SegmentLogTest {
  private static final SourcePartition PARTITION = new SourcePartition("http", 0);
  private static final String LOST = "lost";
  private static final long LARGE = 1 << 20;

  /** A segment is full with one request. */
  private static final long SMALL = 1;

  /** Of what {@link #fill} writes. */
  private static final List<Integer> REQUEST_STARTS = List.of(0, 3, 5, 9);

  private static final List<String> RECORDS =
      List.of("a", "", "ccc", "d", "e", "run 5", "run 6", "run 7", "run 8", "j", "kk");

  @TempDir private Path folder;

  private Path directory = Path.of("");

  /** How requests come to the disk. */
  BlockSeal seal() {
    return BlockSeal.NONE;
  }

  @BeforeEach
  void subfolder() {
    directory = folder.resolve("log");
  }

  private void fill(long segmentBytes) throws IOException {
    try (SegmentLog log = open(segmentBytes)) {
      commit(log, "one", "a", "", "ccc");
      commit(log, "", "d", "e");
      byte[] run = {10, 12, 14, 16};
      var longs = PushedBlock.run(run, run.length, run.length);
      var request = new PushedRequest("two", 7, 99, "\"long\"", false, List.of(longs));
      log.commit(List.of(request));
      commit(log, "three", "j", "kk");
    }
  }

  private SegmentLog open(long segmentBytes) {
    return SegmentLog.open(directory, segmentBytes, new RememberedKeys(10), seal());
  }

  private static List<Receipt> commit(SegmentLog log, String key, String... records)
      throws IOException {
    return log.commit(List.of(Requests.lines(key, records)));
  }

  private static List<String> read(SegmentLog log, long from) throws IOException {
    List<String> found = new ArrayList<>();
    var chunk = new RecordChunk(c -> {});
    try (var reader = new LogReader(log, PARTITION, from, null)) {
      while (reader.fill(chunk)) {
        for (int i = chunk.skipped(); i < chunk.count(); i++) {
          assertThat(chunk.position(i)).isEqualTo(from + found.size());
          found.add(text(chunk, i));
        }
        assertThat(chunk.nextPosition()).isEqualTo(from + found.size());
      }
      assertThat(reader.position()).isEqualTo(log.durable());
    }
    return found;
  }

  private static String text(RecordChunk chunk, int i) {
    if (!chunk.delimited()) {
      return "run " + chunk.bytes()[i] / 2;
    }
    int start = chunk.start(i);
    return chunk.fault(i) == null
        ? new String(chunk.bytes(), start, chunk.end(i) - start, StandardCharsets.UTF_8)
        : LOST;
  }

  @Test
  void givesBackEveryRecordFromEveryPosition() throws IOException {
    for (long segmentBytes : new long[] {SMALL, 100, LARGE}) {
      subfolder();
      directory = folder.resolve("log-" + segmentBytes);
      fill(segmentBytes);
      try (SegmentLog log = open(segmentBytes)) {
        for (int from = 0; from <= RECORDS.size(); from++) {
          assertThat(read(log, from)).isEqualTo(RECORDS.subList(from, RECORDS.size()));
        }
      }
    }
  }

  @Test
  void goesOnBehindWhatItHadInAnotherFile() throws IOException {
    fill(LARGE);
    try (SegmentLog log = open(LARGE)) {
      assertThat(log.durable()).isEqualTo(11);
      assertThat(commit(log, "", "l")).containsExactly(new Receipt(0, 11, 12, 0));
      assertThat(read(log, 9)).containsExactly("j", "kk", "l");
    }
    assertThat(files()).hasSize(2);
  }

  @Test
  void readsWhatIsCommittedMeanwhileAndNothingBefore() throws IOException {
    var chunk = new RecordChunk(c -> {});
    try (SegmentLog log = open(SMALL);
        var reader = new LogReader(log, PARTITION, 0, null)) {
      assertThat(reader.fill(chunk)).isFalse();
      for (int i = 0; i < 5; i++) {
        commit(log, "", "record " + i);
        assertThat(log.backlogBytes()).isPositive();
        assertThat(reader.fill(chunk)).isTrue();
        assertThat(text(chunk, 0)).isEqualTo("record " + i);
        assertThat(reader.fill(chunk)).isFalse();
        assertThat(log.backlogBytes()).isZero();
      }
    }
  }

  @Test
  void remembersKeysEvenWhenTheirFilesAreDeleted() throws IOException {
    fill(SMALL);
    try (SegmentLog log = open(SMALL)) {
      log.deleteBefore(10);
      assertThat(files()).hasSize(1);
      assertThat(log.oldest()).isEqualTo(9);
    }
    var keys = new RememberedKeys(10);
    try (SegmentLog log = SegmentLog.open(directory, SMALL, keys, seal())) {
      assertThat(keys.find("three")).isEqualTo(new Receipt(0, 9, 11, 0));
      assertThat(read(log, 9)).containsExactly("j", "kk");
    }
  }

  @Test
  void headerOfEachFileHasTheKeysFromBefore() throws IOException {
    var keys = new RememberedKeys(2);
    try (SegmentLog log = SegmentLog.open(directory, SMALL, keys, seal())) {
      for (String key : List.of("one", "two", "three")) {
        keys.add(key, commit(log, key, "x").getFirst());
      }
      commit(log, "", "y");
      log.deleteBefore(3);
    }
    var found = new RememberedKeys(2);
    SegmentLog.open(directory, SMALL, found, seal()).close();
    assertThat(found.find("one")).isNull();
    assertThat(found.find("two")).isEqualTo(new Receipt(0, 1, 2, 0));
    assertThat(found.find("three")).isEqualTo(new Receipt(0, 2, 3, 0));
  }

  @Test
  void neverDeletesItsLastFileOrOneThatIsNeeded() throws IOException {
    fill(SMALL);
    try (SegmentLog log = open(SMALL)) {
      log.deleteBefore(4);
      assertThat(read(log, 3)).isEqualTo(RECORDS.subList(3, 11));
      log.deleteBefore(1000);
      assertThat(log.durable()).isEqualTo(11);
    }
    try (SegmentLog log = open(SMALL)) {
      assertThat(log.durable()).isEqualTo(11);
    }
  }

  @Test
  void belongsToOneRun() throws IOException {
    try (SegmentLog log = open(LARGE)) {
      assertThat(log.durable()).isZero();
      assertThatThrownBy(() -> open(LARGE))
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("in use by another run");
    }
    open(LARGE).close();
  }

  @Test
  void givesNoPositionAwayThatACheckpointIsBehind() throws IOException {
    fill(LARGE);
    try (SegmentLog log = open(LARGE)) {
      log.readFrom(100);
      assertThat(commit(log, "", "new")).containsExactly(new Receipt(0, 100, 101, 0));
      assertThat(read(log, 100)).containsExactly("new");
    }
    try (SegmentLog log = open(LARGE)) {
      List<String> all = read(log, 9);
      assertThat(all).startsWith("j", "kk", LOST).endsWith(LOST, "new").hasSize(92);
    }
  }

  @Test
  void aFileThatIsCutHasItsWholeRequestsAndTakesNewOnes() throws IOException {
    fill(LARGE);
    byte[] whole = Files.readAllBytes(onlyFile());
    int cuts = 0;
    for (int length = 0; length < whole.length; length++) {
      Files.write(onlyFileOf(fresh()), java.util.Arrays.copyOf(whole, length));
      int kept = 0;
      try (SegmentLog log = open(LARGE)) {
        List<String> left = read(log, 0);
        assertThat(left).as("cut to %d", length).isEqualTo(RECORDS.subList(0, left.size()));
        assertThat(left.size() == 0 || REQUEST_STARTS.contains(left.size())).isTrue();
        kept = left.size();
        commit(log, "", "new");
        assertThat(read(log, kept)).as("cut to %d", length).containsExactly("new");
      }
      try (SegmentLog log = open(LARGE)) {
        assertThat(read(log, 0)).hasSize(kept + 1).endsWith("new").doesNotContain(LOST);
      }
      cuts++;
    }
    assertThat(cuts).isGreaterThan(200);
  }

  @Test
  void anEarlierFileThatIsCutIsAccountedForRecordByRecord() throws IOException {
    fill(150);
    List<Path> files = files();
    assertThat(files).hasSize(2);
    byte[] whole = Files.readAllBytes(files.getFirst());
    for (int length = 0; length < whole.length; length++) {
      Files.write(files.getFirst(), java.util.Arrays.copyOf(whole, length));
      try (SegmentLog log = open(LARGE)) {
        List<String> found = read(log, 0);
        assertThat(found).as("cut to %d", length).hasSize(11).contains(LOST);
        assertThat(sound(found)).as("cut to %d", length).isTrue();
      }
    }
  }

  @Test
  void aFlippedBitCostsAtMostItsRequestAndNothingIsReadWrong() throws IOException {
    for (long segmentBytes : new long[] {150, LARGE}) {
      directory = folder.resolve("flips-" + segmentBytes);
      fill(segmentBytes);
      for (Path file : files()) {
        flipEveryBit(file);
      }
    }
  }

  private void flipEveryBit(Path file) throws IOException {
    byte[] bytes = Files.readAllBytes(file);
    int lostSomething = 0;
    for (int bit = 0; bit < bytes.length * 8; bit++) {
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, bytes);
      bytes[bit / 8] ^= (byte) (1 << bit % 8);
      try (SegmentLog log = open(LARGE)) {
        List<String> found = read(log, 0);
        assertThat(sound(found)).as("bit %d of %s: %s", bit, file, found).isTrue();
        long lost = RECORDS.size() - found.stream().filter(r -> !r.equals(LOST)).count();
        assertThat(lost).as("bit %d of %s", bit, file).isLessThanOrEqualTo(4);
        lostSomething += lost > 0 ? 1 : 0;
      }
    }
    Files.write(file, bytes);
    assertThat(lostSomething).as("flips that hit a request").isGreaterThan(8 * 50);
  }

  /** Whether each record is itself or lost, and whole requests are lost. */
  private static boolean sound(List<String> found) {
    for (int i = 0; i < found.size(); i++) {
      boolean lost = found.get(i).equals(LOST);
      boolean begins = REQUEST_STARTS.contains(i);
      if (!lost && !found.get(i).equals(RECORDS.get(i))) {
        return false;
      }
      if (!begins && lost != found.get(i - 1).equals(LOST)) {
        return false;
      }
    }
    return true;
  }

  private Path fresh() throws IOException {
    for (Path file : files()) {
      Files.delete(file);
    }
    return directory;
  }

  private static Path onlyFileOf(Path directory) {
    return directory.resolve("push-00000000000000000000.log");
  }

  private Path onlyFile() {
    List<Path> files = files();
    assertThat(files).hasSize(1);
    return files.getFirst();
  }

  private List<Path> files() {
    try (Stream<Path> files = Files.list(directory)) {
      return files.filter(file -> file.toString().endsWith(".log")).sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
