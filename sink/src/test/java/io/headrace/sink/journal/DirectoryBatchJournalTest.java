package io.headrace.sink.journal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.HeadraceException;
import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.engine.seal.BlockSeal;
import io.headrace.sink.BatchJournal.Run;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DirectoryBatchJournalTest {
  private static final SourcePartition A = new SourcePartition("topic", 0);
  private static final SourcePartition B = new SourcePartition("topic", 1);

  @TempDir Path folder;

  private final List<String> alerts = new ArrayList<>();

  /** Where the first frame of a file begins. */
  int firstFrame(byte[] file) {
    return 0;
  }

  /** How batches come to the disk. */
  BlockSeal seal() {
    return BlockSeal.NONE;
  }

  @AfterEach
  void nothingWasAlerted() {
    assertThat(alerts).isEmpty();
  }

  @Test
  void givesBackWhatLiesBehindAPosition() {
    record(Positions.START, 0, 4);
    assertThat(open().resume(Positions.START)).isEqualTo(batches(0, 4));
    assertThat(open().resume(after(2))).isEqualTo(batches(2, 4));
    assertThat(open().resume(after(4))).isEmpty();
  }

  @Test
  void joinsTheSegmentsOfRunsThatFollowEachOther() {
    record(Positions.START, 0, 3);
    record(after(2), 3, 5);
    assertThat(open().resume(after(1))).isEqualTo(batches(1, 5));
  }

  @Test
  void knowsNothingBehindAPositionThatItNeverPassed() {
    record(Positions.START, 0, 3);
    assertThat(open().resume(Positions.of(Map.of(A, 7L)))).isEmpty();
  }

  @Test
  void endsAtTheLastWholeBatchWhereverItIsCutOff() throws IOException {
    record(Positions.START, 0, 4);
    Path file = DirectoryBatchJournal.files(folder).getFirst();
    byte[] whole = Files.readAllBytes(file);
    int most = 0;
    for (int length = 0; length < whole.length; length++) {
      Files.write(file, Arrays.copyOf(whole, length));
      List<List<Run>> found = open().resume(Positions.START);
      assertThat(found).hasSizeLessThan(4).isEqualTo(batches(0, found.size()));
      most = Math.max(most, found.size());
    }
    assertThat(most).isEqualTo(3);
  }

  @Test
  void endsBeforeTheBatchThatHasAFlippedBit() throws IOException {
    record(Positions.START, 0, 4);
    Path file = DirectoryBatchJournal.files(folder).getFirst();
    byte[] whole = Files.readAllBytes(file);
    for (int bit = firstFrame(whole) * 8; bit < whole.length * 8; bit++) {
      byte[] damaged = whole.clone();
      damaged[bit / 8] ^= (byte) (1 << bit % 8);
      Files.write(file, damaged);
      List<List<Run>> found = open().resume(Positions.START);
      assertThat(found).as("bit %d", bit).hasSizeLessThan(4).isEqualTo(batches(0, found.size()));
    }
  }

  @Test
  void letsGoOnlyWhatNoCheckpointNeeds() throws IOException {
    record(Positions.START, 0, 2);
    record(after(2), 2, 4);
    try (var journal = open()) {
      journal.resume(after(4));
      journal.add(batch(4));
      journal.handOver();
      journal.keepFrom(after(1));
      assertThat(DirectoryBatchJournal.files(folder)).hasSize(3);
      journal.keepFrom(after(3));
      assertThat(DirectoryBatchJournal.files(folder)).hasSize(2);
    }
    assertThat(open().resume(after(3))).isEqualTo(batches(3, 5));
  }

  @Test
  void goesOnInAnotherSegmentWhenOneIsFull() throws IOException {
    int batches = 200_000;
    try (var journal = open()) {
      journal.resume(Positions.START);
      for (int i = 0; i < batches; i++) {
        journal.add(batch(i));
        if (i % 50 == 0) { // segments come to their end between two checkpoints, and at one
          journal.handOver();
        }
        if (i % 70_000 == 69_999) {
          journal.keepFrom(Positions.START);
        }
      }
    }
    List<Path> files = DirectoryBatchJournal.files(folder);
    assertThat(files).hasSizeBetween(4, 8);
    assertThat(open().resume(Positions.START)).isEqualTo(batches(0, batches));
    try (var journal = open()) {
      journal.resume(after(batches));
      journal.add(batch(batches));
      journal.handOver();
      journal.keepFrom(after(batches));
    }
    assertThat(DirectoryBatchJournal.files(folder)).hasSize(1).doesNotContainAnyElementsOf(files);
  }

  @Test
  void keepsEverythingIfAskedTo() throws IOException {
    record(Positions.START, 0, 2);
    try (var journal =
        new DirectoryBatchJournal(folder, true, alerts::add, InstantSource.system(), seal())) {
      journal.resume(after(2));
      journal.add(batch(2));
      journal.handOver();
      journal.keepFrom(after(3));
    }
    assertThat(DirectoryBatchJournal.files(folder)).hasSize(2);
  }

  @Test
  void replacesWhatWasUndoneAndDoneOtherwise() {
    record(Positions.START, 0, 4);
    try (var journal =
        new DirectoryBatchJournal(folder, false, _ -> {}, InstantSource.system(), seal())) {
      journal.resume(after(1));
      journal.restart(after(2), "a test");
      journal.add(List.of(new Run(B, 21, 7, 0, 0)));
      journal.handOver();
    }
    List<List<Run>> told = open().resume(Positions.START);
    assertThat(told.subList(0, 2)).isEqualTo(batches(0, 2));
    assertThat(told.subList(2, told.size())).containsExactly(List.of(new Run(B, 21, 7, 0, 0)));
    assertThat(RecordedBatches.between(folder, seal(), after(1), after(4)).resume(after(1)))
        .as("the way that a checkpoint went before it was undone")
        .isEqualTo(batches(1, 4));
  }

  @Test
  void givesTheBatchesBetweenTwoCheckpoints() {
    record(Positions.START, 0, 3);
    record(after(2), 3, 6);
    assertThat(RecordedBatches.between(folder, seal(), after(1), after(5)).resume(after(1)))
        .isEqualTo(batches(1, 5));
    assertThat(RecordedBatches.between(folder, seal(), Positions.START, after(6)).count())
        .isEqualTo(6);
    assertThat(RecordedBatches.between(folder, seal(), after(6), after(6)).count()).isZero();
  }

  @Test
  void saysWhatIsMissingBetweenThem() throws IOException {
    assertMissing(after(0), after(1), "There is no batch journal in");
    record(Positions.START, 0, 2);
    record(after(2), 2, 4);
    record(after(4), 4, 6);
    assertMissing(after(1), after(7), "ends at {topic-0=60, topic-1=42} and has no batch");
    List<Path> files = DirectoryBatchJournal.files(folder);
    Files.delete(files.get(1));
    assertMissing(
        after(1),
        after(6),
        "lacks the batches between {topic-0=20, topic-1=14} and {topic-0=40, topic-1=28}");
    Files.delete(files.get(0));
    assertMissing(
        Positions.START,
        after(6),
        "begins at {topic-0=40, topic-1=28} and has no batch that ends at");
  }

  private void assertMissing(Positions from, Positions to, String message) {
    assertThatThrownBy(() -> RecordedBatches.between(folder, seal(), from, to))
        .isInstanceOf(HeadraceException.class)
        .hasMessageContaining(message);
  }

  private void record(Positions at, int from, int to) {
    try (var journal = open()) {
      journal.resume(at);
      for (int i = from; i < to; i++) {
        journal.add(batch(i));
        journal.handOver();
      }
    }
  }

  private DirectoryBatchJournal open() {
    return new DirectoryBatchJournal(folder, false, alerts::add, InstantSource.system(), seal());
  }

  private static Positions after(int batches) {
    return Positions.of(Map.of(A, batches * 10L, B, batches * 7L));
  }

  private static List<List<Run>> batches(int from, int to) {
    var batches = new ArrayList<List<Run>>();
    for (int i = from; i < to; i++) {
      batches.add(batch(i));
    }
    return batches;
  }

  private static List<Run> batch(int i) {
    return List.of(
        new Run(A, i * 10L + 5, 5, 0, 0),
        new Run(B, i * 7L + 7, 4, 2, 1),
        new Run(A, i * 10L + 10, 5, 0, 0));
  }
}
