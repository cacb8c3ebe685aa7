package io.headrace.perf.faults;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Breaks the way to the broker under a job that trains, in three ways: the broker is killed with -9
 * and started again, it stands still, and the network between is cut. After each the job must end
 * as if nothing had happened; what does not hold ends the program.
 */
public final class BrokerFaults {
  private BrokerFaults() {}

  /** One argument: for how many seconds at least the broker is away each time; 60 without it. */
  public static void main(String[] arguments) throws Exception {
    Duration least = Duration.ofSeconds(arguments.length == 0 ? 60 : Long.parseLong(arguments[0]));
    Path directory = Files.createTempDirectory("headrace-faults");
    System.out.println("data and logs in " + directory);
    report("killed", killed(directory.resolve("killed"), least));
    report("frozen", frozen(directory.resolve("frozen"), least));
    try (CutNetwork network = network()) {
      if (network != null) {
        report("cut", cut(directory.resolve("cut"), network, least));
      }
    }
  }

  private static @Nullable CutNetwork network() {
    try {
      return CutNetwork.open();
    } catch (IllegalStateException e) {
      System.out.println("cut     left out: " + e.getMessage());
      return null;
    }
  }

  /** The broker is killed with -9, and started again on its data. */
  static FaultedRun.Outcome killed(Path directory, Duration least) throws Exception {
    try (ChildBroker broker = ChildBroker.start(directory, "127.0.0.1", List.of())) {
      return new FaultedRun(broker, directory)
          .run("killed", broker::kill, least, broker::startAgain);
    }
  }

  /** The broker's process is stopped: its connections stay open, and nothing comes of them. */
  static FaultedRun.Outcome frozen(Path directory, Duration least) throws Exception {
    try (ChildBroker broker = ChildBroker.start(directory, "127.0.0.1", List.of())) {
      return new FaultedRun(broker, directory).run("frozen", broker::freeze, least, broker::thaw);
    }
  }

  /** The broker is well, and no packet gets through. */
  static FaultedRun.Outcome cut(Path directory, CutNetwork network, Duration least)
      throws Exception {
    try (ChildBroker broker = ChildBroker.start(directory, CutNetwork.INSIDE, network.prefix())) {
      return new FaultedRun(broker, directory).run("cut", network::cut, least, network::mend);
    }
  }

  private static void report(String fault, FaultedRun.Outcome outcome) {
    System.out.printf(
        "%-7s away %.1f s; trained %,d before, %,d when it came back, %,d in the end, once each;"
            + " parameters %s as without it%n",
        fault,
        outcome.awaySeconds(),
        outcome.trainedBefore(),
        outcome.trainedMeanwhile(),
        FaultedRun.RECORDS,
        outcome.sha256().substring(0, 12));
  }
}
