package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.DivergencePolicy;
import io.headrace.engine.DivergencePolicy.Action;
import io.headrace.engine.error.TrainingDivergedException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.optimizer.Optimizers;
import io.headrace.ingest.SampleDecoder;
import io.headrace.sink.ArchiveSettings;
import io.headrace.sink.archive.ArchiveReader;
import io.headrace.sink.archive.ArchivedSample;
import io.headrace.sink.archive.Cut;
import io.headrace.sink.archive.DirectoryArchive;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import io.headrace.sink.seal.FileSeal;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What is archived of a run whose loss diverges, or does not. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ArchivedRunTest {
  private static final int EXTREME = 500;

  /** Behind a copy of the good state, and before the next. */
  private static final int LATER = 520;

  @TempDir Path folder;

  /** Slow around the extremes, so that checkpoints are written between them. */
  private static SampleDecoder decoder(float extreme, float later) {
    var decoder = new CountedRecords.Decoder();
    return (from, into, rejections) -> {
      decoder.decode(from, into, rejections);
      if (Math.abs(from.nextPosition() - EXTREME) < 40) {
        LockSupport.parkNanos(10_000_000);
      }
      for (int row = 0; row < into.size(); row++) {
        float value =
            switch ((int) into.positions()[row]) {
              case EXTREME -> extreme;
              case LATER -> later;
              default -> 1;
            };
        if (value != 1) {
          Floats.write(into.dense(0).values(), into.dense(0).start(row), value);
        }
      }
    };
  }

  private TrainingStatus run(Action action, float extreme, float later, List<String> told) {
    var store = DirectoryCheckpointStore.forWriting(folder.resolve("checkpoints"), 30);
    var policy = new DivergencePolicy(action, Double.POSITIVE_INFINITY, 10, 3);
    var settings = new ArchiveSettings(archive(), 1 << 20, Optional.empty(), OptionalLong.empty());
    var sgd = Optimizers.variants().spec("sgd", Map.of("learning-rate", 0.1));
    try (var fixture = new RunFixture(store, policy, sgd);
        var archive =
            new DirectoryArchive(
                settings,
                "job",
                CountedRecords.SCHEMA,
                RunFixture.BATCH,
                FileSeal.NONE,
                told::add,
                InstantSource.system())) {
      fixture.archive = archive;
      fixture.checkpointSamples = RunFixture.BATCH; // as often as one can be written
      fixture.source = new CountedRecords(1_000, 8);
      fixture.decoder = () -> decoder(extreme, later);
      return fixture.run();
    }
  }

  private Path archive() {
    return folder.resolve("archive");
  }

  private ArchiveReader open() {
    return ArchiveReader.open(archive(), FileSeal.NONE);
  }

  private List<ArchivedSample> samples() {
    List<ArchivedSample> samples = new ArrayList<>();
    open().forEach(0, Long.MAX_VALUE, samples::add);
    return samples;
  }

  private void assertWhole(long trained) {
    var verified = open().verify(Optional.empty());
    assertThat(verified.problems()).isEmpty();
    assertThat(verified.missing()).isZero();
    assertThat(verified.samples()).isEqualTo(trained);
    assertThat(samples()).hasSize((int) trained);
    assertThat(samples()).extracting(ArchivedSample::position).isSorted().doesNotHaveDuplicates();
  }

  @Test
  void rejectedRecordsAreNotInIt() {
    List<String> told = new ArrayList<>();
    TrainingStatus status = run(Action.SKIP, 1, 1, told);
    assertThat(told).isEmpty();
    assertThat(status.ledger().rejected()).isEqualTo(100);
    assertThat(status.archive().samples()).isEqualTo(900);
    assertThat(status.archive().missing()).isZero();
    assertWhole(900);
    assertThat(samples()).noneMatch(sample -> sample.position() % 10 == 9);
  }

  @Test
  void aBatchThatWasLeftOutIsNotInIt() {
    TrainingStatus status = run(Action.SKIP, Float.NaN, 1, new ArrayList<>());
    assertThat(status.ledger().trained()).isEqualTo(900 - RunFixture.BATCH);
    assertWhole(900 - RunFixture.BATCH);
    assertThat(samples()).extracting(ArchivedSample::position).doesNotContain((long) EXTREME);
  }

  /** The first leaves weights with which the loss of the second is infinite. */
  @Test
  void stepsThatWereUndoneAreWithdrawnThoughACheckpointHadThem() {
    TrainingStatus status = run(Action.SKIP, -1e38f, 1e4f, new ArrayList<>());
    long trained = status.ledger().trained();
    List<Cut.Withdrawn> withdrawn =
        open().cuts().stream().flatMap(cut -> cut.withdrawn().stream()).toList();
    assertThat(withdrawn).singleElement().satisfies(w -> assertThat(w.rows()).isPositive());
    Cut.Withdrawn undone = withdrawn.getFirst();
    assertThat(open().cuts())
        .as("a checkpoint between the steps that were undone")
        .anyMatch(c -> c.step() >= undone.firstStep() && c.step() < undone.lastStep());
    assertThat(trained).isLessThan(900);
    assertWhole(trained);
    assertThat(samples())
        .noneMatch(s -> s.step() >= undone.firstStep() && s.step() <= undone.lastStep());
  }

  @Test
  void whatIsReadAgainBehindAStopIsThereOnce() {
    assertThatThrownBy(() -> run(Action.STOP, -1e38f, 1e4f, new ArrayList<>()))
        .isInstanceOf(TrainingDivergedException.class);
    assertThat(run(Action.STOP, 1, 1, new ArrayList<>()).ledger().trained()).isEqualTo(900);
    assertWhole(900);
  }
}
