package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.TrainEvent.Alert;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.ingest.RecordChunk;
import io.headrace.ingest.RejectionReason;
import io.headrace.ingest.Rejections;
import io.headrace.ingest.SampleDecoder;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.pipeline.decode.RejectionLimit;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A producer breaks for two thousand records, and a tenth is rejected anyway. */
class RejectionPauseTest {
  private static final long RECORDS = 5_000;
  private static final long BROKEN_FROM = 1_000;
  private static final long BROKEN_TO = 3_000;

  @TempDir private Path folder;

  private static final class Decoder implements SampleDecoder {
    private final SampleDecoder sound = new CountedRecords.Decoder();

    @Override
    public void decode(RecordChunk from, SampleBlock into, Rejections rejections) {
      if (from.firstPosition() < BROKEN_FROM || from.firstPosition() >= BROKEN_TO) {
        sound.decode(from, into, rejections);
        return;
      }
      for (int i = 0; i < from.count(); i++) {
        into.rejectRow(from.position(i));
        rejections.reject(from, i, RejectionReason.MALFORMED, "the producer is broken");
      }
    }
  }

  @Test
  void pausesUntilItIsResumedAndAccountsForEveryRecord() throws InterruptedException {
    Ledger whole;
    try (var fixture = fixture("without", RejectionLimit.NONE)) {
      whole = fixture.run().ledger();
      assertThat(whole.rejected()).isGreaterThan(BROKEN_TO - BROKEN_FROM);
    }
    try (var fixture = fixture("with", new RejectionLimit(0.5, 400, 100, true));
        TrainingRun run = fixture.start()) {
      TrainingStatus paused = awaitPause(run);
      assertThat(paused.paused())
          .contains("rejected, more than rejection-limit.fraction 0.5 allows", "malformed=")
          .contains("POST /api/v1/resume");
      assertThat(paused.recordsRead()).as("stops within what was asked for").isLessThan(2_000);
      assertThat(paused.recordsRead()).isEqualTo(paused.ledger().read() + paused.recordsInFlight());
      assertThat(fixture.events(Alert.class))
          .extracting(Alert::code)
          .containsOnly("rejection-rate");

      int pauses = 0;
      while (run.status().state() == State.RUNNING || run.status().state() == State.PAUSED) {
        if (run.resume()) {
          pauses++;
        }
        Thread.sleep(1);
      }
      assertThat(pauses).as("it goes on being broken").isGreaterThan(2);
      assertThat(run.await().ledger()).isEqualTo(whole);
      assertThat(fixture.letters).hasSize((int) whole.rejected());
    }
  }

  @Test
  void losesNothingWhenItIsStoppedInAPauseAndStartedAgain() throws InterruptedException {
    Ledger ledger = null;
    int starts = 0;
    while (ledger == null || ledger.read() < RECORDS) {
      try (var fixture = fixture("again", new RejectionLimit(0.5, 400, 100, true));
          TrainingRun run = fixture.start()) {
        while (run.status().state() == State.RUNNING) {
          Thread.sleep(1);
        }
        run.stop();
        ledger = run.await().ledger();
      }
      starts++;
      assertThat(starts).as("each start gets further").isLessThan(100);
    }
    assertThat(starts).isGreaterThan(2);
    try (var fixture = fixture("without", RejectionLimit.NONE)) {
      assertThat(ledger).isEqualTo(fixture.run().ledger());
    }
  }

  @Test
  void onlyTellsWhereItIsNotToPause() {
    try (var fixture = fixture("tells", new RejectionLimit(0.5, 400, 100, false))) {
      assertThat(fixture.run().ledger().read()).isEqualTo(RECORDS);
      assertThat(fixture.events(Alert.class)).hasSize(1);
      assertThat(fixture.events(Alert.class).getFirst().message()).contains("The job goes on");
    }
  }

  @Test
  void letsATenthPass() {
    try (var fixture = new RunFixture(store("tenth"))) {
      fixture.rejectionLimit = new RejectionLimit(0.2, 400, 100, true);
      assertThat(fixture.run().ledger().rejected()).isEqualTo(100);
      assertThat(fixture.events(Alert.class)).isEmpty();
    }
  }

  private RunFixture fixture(String name, RejectionLimit limit) {
    var fixture = new RunFixture(store(name)).source(new CountedRecords(RECORDS, 40));
    fixture.decoder = Decoder::new;
    fixture.rejectionLimit = limit;
    return fixture;
  }

  private CheckpointStore store(String name) {
    return DirectoryCheckpointStore.forWriting(folder.resolve(name), 3);
  }

  private static TrainingStatus awaitPause(TrainingRun run) throws InterruptedException {
    TrainingStatus status = run.status();
    while (status.state() != State.PAUSED) {
      assertThat(status.state()).isEqualTo(State.RUNNING);
      Thread.sleep(1);
      status = run.status();
    }
    return status;
  }
}
