package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.Trainer;
import io.headrace.engine.ValidationScores;
import io.headrace.ingest.order.RepeatedSource;
import io.headrace.pipeline.TrainingStatus.State;
import io.headrace.sink.CheckpointStore;
import io.headrace.sink.checkpoint.DirectoryCheckpointStore;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.SortedMap;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Epochs of 900 trained samples; scores are given by the test, look after look. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class ValidationRunTest {
  @TempDir Path folder;

  private final List<String> states = new ArrayList<>();

  @Test
  void looksAtTheEndOfEachEpoch() {
    try (var fixture = fixture("a", 3)) {
      fixture.validation = plan(OptionalLong.empty(), OptionalInt.empty(), 0.5, 0.4, 0.3);
      TrainingStatus status = fixture.run();

      assertThat(looks(fixture))
          .extracting(ValidationScores::trained)
          .containsExactly(912L, 1808L, 2700L);
      assertThat(status.validation()).isEqualTo(looks(fixture).getLast());
      assertThat(status.state()).isEqualTo(State.COMPLETED);
      assertThat(status.stoppedEarly()).isFalse();
      assertThat(states).doesNotHaveDuplicates().endsWith(fixture.trainer.parametersSha256());
    }
  }

  @Test
  void looksAtNumbersOfSamples() {
    try (var fixture = fixture("a", 1)) {
      fixture.validation = plan(OptionalLong.of(400), OptionalInt.empty(), 0.5, 0.4);
      fixture.run();
      assertThat(looks(fixture)).extracting(ValidationScores::trained).containsExactly(400L, 800L);
    }
  }

  @Test
  void keepsTheBestStateThoughItIsOld() {
    try (var fixture = fixture("a", 5)) {
      fixture.validation = plan(OptionalLong.empty(), OptionalInt.empty(), 0.5, 0.2, 0.4, 0.3, 0.2);
      fixture.run();
      CheckpointStore store = fixture.store;

      assertThat(store.list()).hasSize(3);
      String best = store.best().orElseThrow();
      assertThat(store.read(best).ledger().trained()).isEqualTo(1808);
      assertThat(looks(fixture).getLast().bestStep()).isEqualTo(store.read(best).step());
      assertThat(looks(fixture).getLast().best()).isEqualTo(0.2);
      assertThat(store.newest().orElseThrow().ledger().trained()).isEqualTo(4500);
    }
  }

  @Test
  void endsWhenItBecomesNoBetter() {
    try (var fixture = fixture("a", 10)) {
      fixture.validation =
          plan(OptionalLong.empty(), OptionalInt.of(2), 0.5, 0.4, 0.45, 0.39, 0.39, 0.4);
      TrainingStatus status = fixture.run();

      assertThat(looks(fixture)).hasSize(6);
      assertThat(status.state()).isEqualTo(State.COMPLETED);
      assertThat(status.stoppedEarly()).isTrue();
      assertThat(status.ledger().trained()).isEqualTo(5408);
    }
    try (var again = fixture("a", 10)) {
      again.validation = plan(OptionalLong.empty(), OptionalInt.of(2));
      assertThat(again.run().stoppedEarly()).isTrue();
      assertThat(looks(again)).isEmpty();
    }
  }

  @Test
  void doesNotCountWhatIsHardlyBetter() {
    try (var fixture = fixture("a", 10)) {
      var exact = plan(OptionalLong.empty(), OptionalInt.of(2), 0.5, 0.49, 0.48, 0.47).get();
      fixture.validation =
          Optional.of(
              new ValidationPlan(
                  exact.scorer(), exact.everySamples(), "loss", 0.05, exact.patience(), true));
      fixture.run();
      assertThat(looks(fixture)).hasSize(3);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {500, 912, 1000, 1800, 1808, 2600})
  void resumedRunStopsWhereAnUninterruptedOneDoes(long stop) {
    double[] scores = {0.5, 0.4, 0.45, 0.41, 0.3, 0.2};
    try (var first = fixture("b", 10);
        var second = fixture("b", 10)) {
      first.validation = plan(OptionalLong.empty(), OptionalInt.of(2), scores);
      first.stopAfterSamples = OptionalLong.of(stop);
      first.run();
      int seen = looks(first).size();
      second.validation =
          plan(
              OptionalLong.empty(),
              OptionalInt.of(2),
              Arrays.copyOfRange(scores, seen, scores.length));
      TrainingStatus status = second.run();

      assertThat(seen + looks(second).size()).isEqualTo(4);
      assertThat(status.stoppedEarly()).isTrue();
      assertThat(looks(second).getLast().best()).isEqualTo(0.4);
    }
  }

  @Test
  void learnsTheSameWhetherItLooksOrNot() {
    try (var looking = fixture("a", 2);
        var blind = fixture("b", 2)) {
      looking.validation = plan(OptionalLong.of(100), OptionalInt.empty(), 0.5);
      looking.run();
      blind.run();
      assertThat(looking.trainer.parametersSha256()).isEqualTo(blind.trainer.parametersSha256());
    }
  }

  @Test
  void tellsHowLongEpochsTook() {
    try (var fixture = fixture("a", 3)) {
      fixture.afterStep = _ -> fixture.nowMillis.addAndGet(10);
      try (TrainingRun run = fixture.start()) {
        run.await();
        assertThat(run.pace().epochSeconds()).containsExactly(0.56, 0.56, 0.57);
        assertThat(run.pace().secondsToSteadySpeed()).isPresent();
      }
    }
  }

  private static List<ValidationScores> looks(RunFixture fixture) {
    return fixture.events(TrainEvent.Validated.class).stream()
        .map(TrainEvent.Validated::scores)
        .toList();
  }

  private Optional<ValidationPlan> plan(
      OptionalLong every, OptionalInt patience, double... losses) {
    var left = new ArrayList<Double>();
    for (double loss : losses) {
      left.add(loss);
    }
    return Optional.of(
        new ValidationPlan(trainer -> next(trainer, left), every, "loss", 0, patience, true));
  }

  private SortedMap<String, Double> next(Trainer trainer, List<Double> left) {
    states.add(trainer.parametersSha256());
    return new TreeMap<>(Map.of("loss", left.size() > 1 ? left.removeFirst() : left.getFirst()));
  }

  private RunFixture fixture(String name, int epochs) {
    var fixture = new RunFixture(DirectoryCheckpointStore.forWriting(folder.resolve(name), 2));
    return fixture.source(new RepeatedSource(epochs, epoch -> new CountedRecords(1_000, 37)));
  }
}
