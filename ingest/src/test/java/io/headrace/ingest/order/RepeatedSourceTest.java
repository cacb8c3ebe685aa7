package io.headrace.ingest.order;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.EpochPosition;
import io.headrace.engine.sample.Positions;
import io.headrace.ingest.SampleSource;
import io.headrace.ingest.file.FileFormat;
import io.headrace.ingest.file.FileLimits;
import io.headrace.ingest.file.FileSampleSource;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RepeatedSourceTest {
  private static final int EPOCHS = 3;

  @TempDir private Path folder;

  @BeforeEach
  void writeFiles() throws IOException {
    Path rows = Files.createDirectory(folder.resolve("rows"));
    Files.write(rows.resolve("a.txt"), lines("a", 30));
    Files.write(rows.resolve("b.txt"), lines("b", 20));
  }

  @Test
  void readsEverythingOnceInEachEpoch() {
    List<String> expected = new ArrayList<>();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      for (String name : List.of("a", "b")) {
        for (int i = 0; i < (name.equals("a") ? 30 : 20); i++) {
          expected.add(EpochPosition.of(epoch, i) + " " + name + i);
        }
      }
    }
    assertThat(Reading.of(repeated(EPOCHS), Positions.START).records()).isEqualTo(expected);
  }

  @Test
  void givesTheFirstEpochTheSourcesOwnPositions() {
    assertThat(Reading.of(repeated(1), Positions.START))
        .isEqualTo(Reading.of(files(), Positions.START));
  }

  @Test
  void goesOnFromEveryPositionInAnyEpoch() {
    assertGoesOnFromEveryPosition(repeated(EPOCHS));
  }

  @ParameterizedTest(name = "window of {0}")
  @ValueSource(ints = {1, 8, 50, 64})
  void goesOnFromEveryPositionOfShuffledEpochs(int window) {
    assertGoesOnFromEveryPosition(shuffled(window));
  }

  @Test
  void shufflesEachEpochInAnotherOrder() {
    List<String> records = Reading.of(shuffled(50), Positions.START).records();
    List<List<String>> epochs = new ArrayList<>();
    for (int epoch = 0; epoch < EPOCHS; epoch++) {
      epochs.add(
          records.subList(epoch * 50, epoch * 50 + 50).stream()
              .map(r -> r.substring(r.indexOf(" ")))
              .toList());
    }
    assertThat(epochs.get(1)).containsExactlyInAnyOrderElementsOf(epochs.get(0));
    assertThat(epochs).doesNotHaveDuplicates();
  }

  @Test
  void givesMoreWhenItIsAskedForMoreEpochsLater() {
    Reading two = Reading.of(repeated(2), Positions.START);
    List<String> rest = Reading.of(repeated(3), two.settled().getLast()).records();

    assertThat(rest)
        .isEqualTo(Reading.of(repeated(3), Positions.START).records().subList(100, 150));
    assertThat(Reading.of(repeated(1), two.settled().getLast()).records()).isEmpty();
  }

  private static void assertGoesOnFromEveryPosition(SampleSource source) {
    Reading whole = Reading.of(source, Positions.START);
    assertThat(whole.records()).hasSize(150);
    for (int i = 0; i < 150; i++) {
      assertThat(Reading.of(source, whole.settled().get(i)).records())
          .as("behind record %d", i)
          .isEqualTo(whole.records().subList(i + 1, 150));
    }
  }

  private RepeatedSource repeated(int epochs) {
    return new RepeatedSource(epochs, epoch -> files());
  }

  private RepeatedSource shuffled(int window) {
    return new RepeatedSource(
        EPOCHS, epoch -> new ShuffledSource(files(), "rows", window, 1, epoch));
  }

  private FileSampleSource files() {
    return new FileSampleSource(folder, "rows", new FileFormat.Lines(), new FileLimits(7, 1 << 20));
  }

  private static List<String> lines(String name, int count) {
    return IntStream.range(0, count).mapToObj(i -> name + i).toList();
  }
}
