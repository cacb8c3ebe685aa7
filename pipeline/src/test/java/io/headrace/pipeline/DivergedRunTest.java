package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.Checkpoint;
import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.DivergencePolicy.Action;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.TrainingDivergedException;
import io.headrace.engine.memory.Floats;
import io.headrace.ingest.SampleDecoder;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose record 500 has an input that is no number. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class DivergedRunTest {
  private static final long EXTREME = 500;

  @TempDir Path folder;

  private static SampleDecoder extremeDecoder() {
    var decoder = new CountedRecords.Decoder();
    return (from, into, rejections) -> {
      decoder.decode(from, into, rejections);
      for (int row = 0; row < into.size(); row++) {
        if (into.positions()[row] == EXTREME) {
          Floats.write(into.dense(0).values(), into.dense(0).start(row), Float.NaN);
        }
      }
    };
  }

  private RunFixture fixture(Action action) {
    CheckpointStore store = DirectoryCheckpointStore.forWriting(folder, 3);
    return new RunFixture(store, new DivergencePolicy(action, Double.POSITIVE_INFINITY, 10, 3));
  }

  @Test
  void goesOnWithoutTheBatchAndAccountsForItsSamples() {
    try (RunFixture fixture = fixture(Action.SKIP)) {
      fixture.decoder = DivergedRunTest::extremeDecoder;
      TrainingStatus status = fixture.run();

      assertThat(status.state()).isEqualTo(State.COMPLETED);
      assertThat(status.ledger().read()).isEqualTo(1_000);
      assertThat(status.ledger().trained()).isEqualTo(900 - RunFixture.BATCH);
      assertThat(status.rejectionsByReason())
          .isEqualTo(Map.of("malformed", 100L, "diverged", (long) RunFixture.BATCH));
      assertThat(fixture.events(TrainEvent.Alert.class))
          .singleElement()
          .satisfies(
              alert -> {
                assertThat(alert.code()).isEqualTo("diverged");
                assertThat(alert.message()).contains("is NaN", "16 samples are rejected");
              });
      assertThat(fixture.store.newest().orElseThrow().ledger()).isEqualTo(status.ledger());
    }
  }

  @Test
  void stopsWithACheckpointFromWhichTheNextRunReadsOn() {
    try (RunFixture first = fixture(Action.STOP);
        RunFixture second = fixture(Action.STOP)) {
      first.decoder = DivergedRunTest::extremeDecoder;
      assertThatThrownBy(first::run)
          .isInstanceOf(TrainingDivergedException.class)
          .hasMessageContaining("is NaN");
      Checkpoint left = first.store.newest().orElseThrow();
      assertThat(left.ledger().positions().of(CountedRecords.PARTITION).orElseThrow())
          .isBetween(EXTREME - 2 * RunFixture.BATCH, EXTREME);

      assertThat(second.run().ledger().trained()).isEqualTo(900);
    }
  }
}
