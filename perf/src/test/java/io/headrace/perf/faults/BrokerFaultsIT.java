package io.headrace.perf.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.abort;

import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The short form of {@link BrokerFaults}: the broker is away until the job has noticed. */
class BrokerFaultsIT {
  @TempDir Path directory;

  @Test
  void trainsOnAfterTheBrokerWasKilledAndStartedAgain() throws Exception {
    check(BrokerFaults.killed(directory, Duration.ZERO));
  }

  @Test
  void trainsOnAfterTheBrokerStoodStill() throws Exception {
    check(BrokerFaults.frozen(directory, Duration.ZERO));
  }

  @Test
  void trainsOnAfterTheNetworkWasCut() throws Exception {
    try (CutNetwork network = network()) {
      check(BrokerFaults.cut(directory, network, Duration.ZERO));
    }
  }

  private static CutNetwork network() {
    try {
      return CutNetwork.open();
    } catch (IllegalStateException e) {
      return abort("this machine cannot cut a network: " + e.getMessage());
    }
  }

  /** The run itself throws where parameters, ledger or alerts are not what they should be. */
  private static void check(FaultedRun.Outcome outcome) {
    assertThat(outcome.trainedBefore()).isPositive();
    assertThat(outcome.trainedMeanwhile()).isLessThan(FaultedRun.RECORDS / 2);
  }
}
