package io.headrace.perf.load;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.app.broker.EmbeddedBroker;
import io.headrace.engine.StepResult;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.ConsumerGroupDescription;
import org.apache.kafka.clients.admin.MemberDescription;
import org.apache.kafka.common.GroupState;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An engine that is far slower than its source, with a million records waiting: what waits, waits
 * in Kafka, not on the heap; the consumer stays in its group though it takes nothing for longer
 * than {@code max.poll.interval.ms}; and once the engine is fast again every record is trained on
 * once.
 */
class SlowEngineIT {
  private static final long RECORDS = 1_000_000;
  private static final String CLIENT = "slow-engine";
  private static final long STEP_MILLIS = 20;
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(6);

  /** The bytes of the records alone are twice this. */
  private static final long HEAP_SLACK_BYTES = 60L << 20;

  /** Chunks of 1024 on their way through decoders and assembler, and what the ring holds. */
  private static final long MOST_IN_FLIGHT = 32 * 1024;

  private final CountDownLatch fast = new CountDownLatch(1);

  @TempDir Path directory;

  @Test
  void keepsHeapAndGroupWhileAMillionRecordsWait() throws Exception {
    try (EmbeddedBroker broker = EmbeddedBroker.start(directory.resolve("broker"), 0);
        Admin admin =
            Admin.create(
                Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, broker.bootstrapServers()))) {
      var topic = LoadTopic.filled(broker.bootstrapServers(), "waiting", RECORDS);
      JobSpec job =
          LoadJob.on(
              topic,
              directory.resolve("job"),
              List.of(
                  "source.kafka.stop-at-end=false",
                  "source.kafka.subscribe=true",
                  "source.kafka.properties.\"client.id\"=" + CLIENT,
                  "source.kafka.properties.\"max.poll.interval.ms\"=" + POLL_INTERVAL.toMillis()));
      String expected = new EngineCeiling(job).answer(RECORDS);
      var options = new JobRun.Options(List.of(), OptionalLong.of(RECORDS), this::slowDown);
      try (JobRun run = JobRun.start(job, options)) {
        awaitFullRing(run);
        MemberDescription member = onlyMember(admin);
        long heap = usedHeap();

        for (int second = 0; second < 3 * POLL_INTERVAL.toSeconds(); second++) {
          Thread.sleep(1000); // as long as it takes Kafka to expel a consumer that does not poll
          assertThat(usedHeap() - heap).as("heap growth").isLessThan(HEAP_SLACK_BYTES);
          assertThat(run.status().recordsInFlight()).isLessThan(MOST_IN_FLIGHT);
        }

        assertThat(run.status().ledger().trained()).isLessThan(RECORDS / 2);
        assertThat(run.kafka().orElseThrow().pauses()).isPositive();
        assertThat(onlyMember(admin).consumerId()).isEqualTo(member.consumerId());
        assertThat(rebalances()).isEqualTo(1);

        fast.countDown();
        TrainingStatus end = run.await();
        assertThat(end.ledger().trained()).isEqualTo(RECORDS);
        assertThat(end.ledger().read()).isEqualTo(RECORDS);
        assertThat(end.ledger().positions().next())
            .containsExactly(Map.entry(new SourcePartition(topic.name(), 0), RECORDS));
        assertThat(run.trainer().parametersSha256()).isEqualTo(expected);
      }
    }
  }

  private void slowDown(StepResult step) {
    try {
      var _ = fast.await(STEP_MILLIS, TimeUnit.MILLISECONDS);
    } catch (InterruptedException e) {
      throw new IllegalStateException("nobody interrupts the trainer", e);
    }
  }

  private static void awaitFullRing(JobRun run) throws InterruptedException {
    TrainingStatus status = run.status();
    while (status.ring().occupied() < status.ring().slots() / 2 || status.steps() == 0) {
      assertThat(status.failure()).isNull();
      Thread.sleep(50);
      status = run.status();
    }
  }

  private static long usedHeap() {
    System.gc();
    return ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
  }

  private static MemberDescription onlyMember(Admin admin) throws Exception {
    ConsumerGroupDescription group =
        admin.describeConsumerGroups(List.of("load")).all().get().values().iterator().next();
    assertThat(group.groupState()).isEqualTo(GroupState.STABLE);
    Collection<MemberDescription> members = group.members();
    assertThat(members).hasSize(1);
    return members.iterator().next();
  }

  /** Rebalances that the consumer went through, the first assignment included. */
  private static double rebalances() throws Exception {
    var metrics =
        new ObjectName("kafka.consumer:type=consumer-coordinator-metrics,client-id=" + CLIENT);
    return (double)
        ManagementFactory.getPlatformMBeanServer().getAttribute(metrics, "rebalance-total");
  }
}
