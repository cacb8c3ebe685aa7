package io.headrace.perf.faults;

import io.headrace.perf.load.LoadJob;
import io.headrace.perf.load.LoadTopic;
import io.headrace.pipeline.TrainingStatus;
import io.headrace.pipeline.job.JobRun;
import io.headrace.pipeline.job.JobSpec;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.locks.LockSupport;
import javax.management.JMException;
import javax.management.ObjectName;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.AdminClientConfig;
import org.apache.kafka.clients.admin.MemberDescription;

/** The process whose engine is slow: trains a topic's records and tells how that went. */
final class OverloadedJob {
  private static final String CLIENT = "slow-engine";
  private static final long SECOND_NANOS = 1_000_000_000;

  private long smallestHeap = Long.MAX_VALUE;
  private long largestHeap;
  private long maxInFlight;
  private double longestBetweenPolls;

  private OverloadedJob() {}

  /** Bootstrap, topic, records, directory, milliseconds of slowness, max.poll.interval.ms. */
  public static void main(String[] args)
      throws IOException, ExecutionException, InterruptedException, JMException {
    var topic = new LoadTopic(args[0], args[1], Long.parseLong(args[2]), 0);
    JobSpec job =
        LoadJob.on(
            topic,
            Path.of(args[3]),
            List.of(
                "source.kafka.stop-at-end=false",
                "source.kafka.subscribe=true",
                "source.kafka.properties.\"client.id\"=" + CLIENT,
                "source.kafka.properties.\"max.poll.interval.ms\"=" + args[5]));
    new OverloadedJob().run(job, topic, Long.parseLong(args[4]));
    System.exit(0);
  }

  private void run(JobSpec job, LoadTopic topic, long slowMillis)
      throws ExecutionException, InterruptedException, JMException {
    var brake = new Brake();
    var options = new JobRun.Options(List.of(), OptionalLong.of(topic.records()), brake);
    Map<String, Object> admins =
        Map.of(AdminClientConfig.BOOTSTRAP_SERVERS_CONFIG, topic.bootstrap());
    try (Admin admin = Admin.create(admins);
        JobRun run = JobRun.start(job, options)) {
      brake.awaitBraked();
      String member = member(admin);
      long before = run.status().ledger().trained();
      long begun = System.nanoTime();
      while (System.nanoTime() - begun < slowMillis * 1_000_000) {
        LockSupport.parkNanos(SECOND_NANOS);
        look(run);
      }
      long slowlyTrained = run.status().ledger().trained() - before;
      double seconds = (System.nanoTime() - begun) / 1e9;
      boolean same = member(admin).equals(member);
      double rebalances = metric("consumer-coordinator-metrics", "rebalance-total");
      long pauses = run.kafka().orElseThrow().pauses();

      brake.letGo();
      TrainingStatus end = run.await();
      Overload.tell("maxHeapBytes", Runtime.getRuntime().maxMemory());
      Overload.tell("usedHeapBytes", smallestHeap + ".." + largestHeap);
      Overload.tell("maxInFlight", maxInFlight);
      Overload.tell("longestMillisBetweenPolls", longestBetweenPolls);
      Overload.tell("rebalances", rebalances);
      Overload.tell("sameMember", same);
      Overload.tell("pauses", pauses);
      Overload.tell(
          "rowsPerSecondBefore", job.batch().size() * SECOND_NANOS / brake.nanosPerStep());
      Overload.tell("rowsPerSecondWhileSlow", Math.round(slowlyTrained / seconds));
      Overload.tell("trainedWhileSlow", slowlyTrained);
      Overload.tell("trained", end.ledger().trained());
      Overload.tell("read", end.ledger().read());
      Overload.tell("parametersSha256", run.trainer().parametersSha256());
    }
  }

  private void look(JobRun run) throws JMException {
    System.gc();
    long used = ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getUsed();
    smallestHeap = Math.min(smallestHeap, used);
    largestHeap = Math.max(largestHeap, used);
    maxInFlight = Math.max(maxInFlight, run.status().recordsInFlight());
    double between = metric("consumer-metrics", "time-between-poll-max");
    longestBetweenPolls = Math.max(longestBetweenPolls, between);
  }

  private static String member(Admin admin) throws ExecutionException, InterruptedException {
    return admin
        .describeConsumerGroups(List.of("load"))
        .all()
        .get()
        .values()
        .iterator()
        .next()
        .members()
        .stream()
        .map(MemberDescription::consumerId)
        .toList()
        .toString();
  }

  private static double metric(String type, String name) throws JMException {
    var bean = new ObjectName("kafka.consumer:type=" + type + ",client-id=" + CLIENT);
    return (double) ManagementFactory.getPlatformMBeanServer().getAttribute(bean, name);
  }
}
