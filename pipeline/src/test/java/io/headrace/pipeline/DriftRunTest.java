package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.TrainEvent.Drifted;
import io.headrace.ingest.SampleDecoder;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose labels are turned round from one record on. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DriftRunTest {
  private static final int RECORDS = 12_000;
  private static final long TURNED = 6_000;

  @TempDir Path folder;

  private RunFixture fixture(String name, long turnedFrom) {
    CheckpointStore store = DirectoryCheckpointStore.forWriting(folder.resolve(name), 3);
    RunFixture fixture = new RunFixture(store).source(new CountedRecords(RECORDS, 37));
    fixture.decoder = () -> turned(turnedFrom);
    return fixture;
  }

  private static SampleDecoder turned(long from) {
    var decoder = new CountedRecords.Decoder();
    return (records, into, rejections) -> {
      decoder.decode(records, into, rejections);
      for (int row = 0; row < into.size(); row++) {
        if (into.positions()[row] >= from) {
          into.labels()[row] = 1 - into.labels()[row];
        }
      }
    };
  }

  private List<Drifted> drifts(String name, long turnedFrom) {
    try (RunFixture fixture = fixture(name, turnedFrom)) {
      fixture.run();
      return fixture.events(Drifted.class);
    }
  }

  @Test
  void tellsOnceThatTheLossRoseAndWhere() {
    List<Drifted> found = drifts("turned", TURNED);

    assertThat(found).hasSize(1);
    Drifted drifted = found.getFirst();
    assertThat(drifted.job()).isEqualTo("job");
    long turnedAt = TURNED * 9 / 10 / RunFixture.BATCH;
    assertThat(drifted.step()).isBetween(turnedAt, turnedAt + 2_500 / RunFixture.BATCH);
    assertThat(drifted.drift().now()).isGreaterThan(drifted.drift().threshold());
    assertThat(drifted.drift().threshold()).isGreaterThan(1.2 * drifted.drift().before());
  }

  @Test
  void saysNothingWhereNothingChanges() {
    assertThat(drifts("same", Long.MAX_VALUE)).isEmpty();
  }

  @Test
  void tellsTheSameWhereARunIsResumedBetweenTheChangeAndItsDiscovery() {
    List<Drifted> expected = drifts("whole", TURNED);
    List<Drifted> found = new ArrayList<>();
    try (RunFixture first = fixture("parts", TURNED);
        RunFixture second = fixture("parts", TURNED)) {
      first.stopAfterSamples = OptionalLong.of(TURNED);
      assertThat(first.run().ledger().trained()).isBetween(TURNED, TURNED + 16);
      found.addAll(first.events(Drifted.class));
      assertThat(found).as("it is found only after the resumption").isEmpty();
      second.run();
      found.addAll(second.events(Drifted.class));
    }
    assertThat(found).hasSize(1).isEqualTo(expected);
  }
}
