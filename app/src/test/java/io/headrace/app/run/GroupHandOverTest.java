package io.headrace.app.run;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.engine.StepResult;
import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a topic's records while the members of a group come and go. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class GroupHandOverTest {
  /** Longer with e.g. {@code -Dheadrace.handover.seconds=600}. */
  private static final int SECONDS = Integer.getInteger("headrace.handover.seconds", 8);

  private static final long SEED = Long.getLong("headrace.handover.seed", 1);

  @TempDir private static Path folder;

  @SuppressWarnings("NullAway.Init") // by start
  private EmbeddedBroker broker;

  @BeforeAll
  void start() {
    broker = EmbeddedBroker.start(folder.resolve("broker"), 0);
  }

  @AfterAll
  void stop() {
    broker.close();
  }

  private SharedTopic topic(String name, int partitions) {
    return new SharedTopic(broker, folder, name, partitions);
  }

  private static void fast(StepResult step) {}

  private static Consumer<StepResult> sleeping(long millis) {
    return step -> LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(millis));
  }

  private static int partitionsOf(JobRun run) {
    return run.kafka().orElseThrow().partitions().size();
  }

  private static void awaitPartitions(JobRun run, int count) {
    SharedTopic.await(count + " partitions", () -> partitionsOf(run) == count);
  }

  @Test
  void learnsEachRecordOnceWhileMembersComeAndGo() {
    System.out.printf("GroupHandOverTest: seed %d, %d s%n", SEED, SECONDS);
    var random = new SplittableRandom(SEED);
    try (SharedTopic topic = topic("busy", 6)) {
      SortedMap<String, JobRun> here = new TreeMap<>();
      JobRun ada = topic.start("ada", GroupHandOverTest::fast);
      here.put("ada", ada);
      awaitPartitions(ada, 6);
      JobRun ben = topic.start("ben", sleeping(1));
      here.put("ben", ben);
      awaitPartitions(ben, 3);
      awaitPartitions(ada, 3);
      long handedOver = 0;
      List<String> gone = new ArrayList<>(List.of("cai", "dan"));
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(SECONDS);
      while (System.nanoTime() < until) {
        topic.send(random.nextInt(20, 400));
        boolean join = here.isEmpty() || (!gone.isEmpty() && random.nextBoolean());
        if (join) {
          String member = gone.remove(random.nextInt(gone.size()));
          here.put(member, topic.start(member, sleeping(random.nextInt(3))));
        } else if (here.size() > 1) {
          String member = List.copyOf(here.keySet()).get(random.nextInt(here.size()));
          JobRun leaving = Objects.requireNonNull(here.remove(member));
          handedOver += leaving.kafka().orElseThrow().handedOver();
          topic.stop(leaving);
          gone.add(member);
        }
        pause(random);
      }
      topic.awaitAllLearned(gone);
      for (JobRun run : here.values()) {
        handedOver += run.kafka().orElseThrow().handedOver();
        topic.stop(run);
      }
      assertThat(handedOver).as("hand-overs while both members went on").isPositive();
      assertThat(topic.alerts).isEmpty();
      gone.addAll(here.keySet());
      topic.assertEachLearnedOnce(gone);
    }
  }

  private static void pause(RandomGenerator random) {
    LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(random.nextInt(100, 2000)));
  }

  @Test
  void aMemberThatComesBackGoesOnBehindWhatTheOtherLearnedMeanwhile() {
    try (SharedTopic topic = topic("return", 2)) {
      topic.send(300);
      JobRun first = topic.start("first", GroupHandOverTest::fast);
      topic.awaitAllLearned(List.of());
      JobRun second = topic.start("second", GroupHandOverTest::fast);
      awaitPartitions(second, 1);
      awaitPartitions(first, 1);
      topic.send(300);
      topic.awaitAllLearned(List.of());
      topic.stop(first);
      awaitPartitions(second, 2);
      topic.send(300);
      topic.awaitAllLearned(List.of("first"));
      topic.stop(second);
      assertThat(topic.alerts).isEmpty();
      topic.assertEachLearnedOnce(Set.of("first", "second"));

      JobRun again = topic.start("first", GroupHandOverTest::fast);
      awaitPartitions(again, 2);
      topic.send(300);
      topic.awaitAllLearned(List.of("second"));
      topic.stop(again);
      topic.assertEachLearnedOnce(Set.of("first", "second"));
    }
  }

  @Test
  void aSlowEngineTrainsWhatItHasBeforeItGivesPartitionsAway() {
    try (SharedTopic topic = topic("slow", 2)) {
      topic.send(1500);
      JobRun slow = topic.start("slow", sleeping(20));
      SharedTopic.await("some steps", () -> slow.status().steps() > 3);
      JobRun other = topic.start("other", GroupHandOverTest::fast);
      awaitPartitions(other, 1);
      SharedTopic.await("the count", () -> slow.kafka().orElseThrow().handedOver() == 1);
      assertThat(topic.alerts).isEmpty();
      topic.awaitAllLearned(List.of());
      topic.stop(other);
      topic.stop(slow);
      topic.assertEachLearnedOnce(Set.of("slow", "other"));
    }
  }

  /** It stays in the group all the same: the wait ends long before the poll interval does. */
  @Test
  void whatIsNotTrainedInTimeIsToldAndNoneIsMissing() {
    try (SharedTopic topic = topic("late", 2)) {
      topic.send(400);
      JobRun slow =
          topic.start(
              "slow", sleeping(100), "source.kafka.properties.\"max.poll.interval.ms\"=1500");
      SharedTopic.await("some steps", () -> slow.status().steps() > 3);
      JobRun other = topic.start("other", GroupHandOverTest::fast);
      awaitPartitions(other, 1);
      SharedTopic.await("the count", () -> slow.kafka().orElseThrow().exposed() > 0);
      topic.awaitAllLearned(List.of());
      topic.stop(other);
      topic.stop(slow);
      assertThat(topic.alerts).extracting(TrainEvent.Alert::code).containsOnly("hand-over-late");
      topic.assertNoneMissing(Set.of("slow", "other"));
    }
  }

  @Test
  void whatTheGroupTakesAwayIsToldAndNoneIsMissing() {
    try (SharedTopic topic = topic("lost", 4)) {
      topic.send(500);
      JobRun slow = topic.start("slow", sleeping(20), "checkpoints.every-samples=1000000");
      JobRun other = topic.start("other", GroupHandOverTest::fast);
      awaitPartitions(other, 2);
      topic.send(500);
      long before = slow.status().steps();
      SharedTopic.await("more steps", () -> slow.status().steps() > before + 10);
      topic.expelAll();
      SharedTopic.await("the count", () -> slow.kafka().orElseThrow().exposed() > 0);
      topic.awaitAllLearned(List.of());
      topic.stop(other);
      topic.stop(slow);
      assertThat(topic.alerts).extracting(TrainEvent.Alert::code).contains("partitions-lost");
      topic.assertNoneMissing(Set.of("slow", "other"));
    }
  }

  /**
   * What it learned behind its older checkpoint is learned again, whether that knows the partition
   * or not, and what the other learned before and behind it is not.
   */
  @Test
  void aMemberWhoseNewestCheckpointsAreDamagedLearnsAgainWhatOnlyTheyHad() {
    String keepAll = "checkpoints.keep=50";
    try (SharedTopic topic = topic("damaged", 2)) {
      topic.send(300);
      JobRun first = topic.start("first", GroupHandOverTest::fast);
      topic.awaitAllLearned(List.of());
      JobRun second = topic.start("second", GroupHandOverTest::fast, keepAll);
      awaitPartitions(second, 1);
      awaitPartitions(first, 1);
      topic.send(300);
      topic.awaitAllLearned(List.of());
      topic.stop(first);
      awaitPartitions(second, 2);
      topic.stop(second);
      assertThat(topic.checkpoint("second").ledger().entries()).as("partitions known").hasSize(1);
      List<String> old = topic.checkpointsOf("second");

      second = topic.start("second", GroupHandOverTest::fast, keepAll);
      topic.send(300);
      topic.awaitAllLearned(List.of("first"));
      first = topic.start("first", GroupHandOverTest::fast);
      awaitPartitions(first, 1);
      awaitPartitions(second, 1);
      topic.send(300);
      topic.awaitAllLearned(List.of());
      topic.stop(second);
      awaitPartitions(first, 2);
      topic.send(300);
      topic.awaitAllLearned(List.of("second"));
      topic.stop(first);
      topic.assertEachLearnedOnce(Set.of("first", "second"));
      assertThat(topic.alerts).isEmpty();

      topic.damageCheckpoints("second", old);
      second = topic.start("second", GroupHandOverTest::fast, keepAll);
      topic.send(300);
      topic.awaitAllLearned(List.of("first"));
      topic.stop(second);
      assertThat(topic.alerts)
          .extracting(TrainEvent.Alert::code)
          .containsOnly("checkpoint-damaged");
      topic.assertEachLearnedOnce(Set.of("first", "second"));
    }
  }

  /**
   * Its partition moves when its session has ended, and it goes on where it is not behind. In two
   * models is what its newest checkpoint has beyond its last commit, and no more.
   */
  @Test
  void aMemberKilledBetweenCheckpointAndCommitLeavesNothingOut() throws Exception {
    try (SharedTopic topic = topic("killed", 2)) {
      topic.send(100);
      JobRun other = topic.start("other", GroupHandOverTest::fast);
      topic.awaitAllLearned(List.of());
      Process killed = topic.startHalting("killed");
      awaitPartitions(other, 1);
      topic.send(2000);
      assertThat(killed.waitFor()).isEqualTo(HaltBeforeCommit.EXIT);
      long uncommitted = topic.uncommittedOf("killed");
      assertThat(uncommitted).as("in its checkpoint and not committed").isPositive();
      awaitPartitions(other, 2);
      topic.send(500);
      topic.awaitAllLearned(List.of("killed"));

      JobRun again = topic.start("killed", GroupHandOverTest::fast);
      awaitPartitions(again, 1);
      topic.send(500);
      topic.awaitAllLearned(List.of());
      topic.stop(other);
      topic.stop(again);
      assertThat(topic.assertNoneMissing(Set.of("killed", "other")) - topic.allSent())
          .as("in two models")
          .isEqualTo(uncommitted);
    }
  }

  @Test
  void aSecondMemberIsRefusedWhereTheGroupIsNotShared() {
    try (SharedTopic topic = topic("alone", 2)) {
      topic.send(100);
      JobRun first =
          topic.start("first", GroupHandOverTest::fast, "source.kafka.share-group=false");
      awaitPartitions(first, 2);
      JobRun second =
          topic.start("second", GroupHandOverTest::fast, "source.kafka.share-group=false");
      assertThatThrownBy(second::await)
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("the group alone has the member headrace-alone-")
          .hasMessageContaining("share-group: true");
      JobRun sharing = topic.start("third", GroupHandOverTest::fast);
      assertThatThrownBy(sharing::await)
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("which does not share it");
      topic.awaitAllLearned(List.of());
      assertThat(first.status().state()).isEqualTo(TrainingStatus.State.RUNNING);
      topic.stop(first);
      topic.assertEachLearnedOnce(Set.of("first"));
    }
  }

  @Test
  void stopsWithACheckpointWhenSomebodyJoinsAGroupThatIsNotShared() {
    try (SharedTopic topic = topic("joined", 2)) {
      topic.send(100);
      JobRun run = topic.start("first", GroupHandOverTest::fast, "source.kafka.share-group=false");
      topic.awaitAllLearned(List.of());
      try (KafkaConsumer<byte[], byte[]> stranger = topic.consumer("a-stranger")) {
        SharedTopic.await(
            "the end",
            () -> {
              stranger.poll(Duration.ofMillis(100));
              return run.status().state() == TrainingStatus.State.FAILED;
            });
      }
      assertThatThrownBy(run::await)
          .isInstanceOf(HeadraceException.class)
          .hasMessageContaining("a-stranger on ")
          .hasMessageContaining("joined the group joined")
          .hasMessageContaining("share-group: true");
      topic.assertEachLearnedOnce(Set.of("first"));
    }
  }
}
