package io.headrace.perf.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A million records wait while the engine is slow; {@code perf/run.sh overload} has ten. The bytes
 * of the records alone are more than the heap, and the engine is slow for longer than it takes
 * Kafka to expel a consumer that does not poll.
 */
class OverloadIT {
  private static final int HEAP_MEGABYTES = 96;
  private static final Duration POLL_INTERVAL = Duration.ofSeconds(6);

  @TempDir private Path directory;

  @Test
  void keepsHeapAndGroupAndLedgerWhileAMillionRecordsWait() throws Exception {
    var overload = new Overload(1_000_000, HEAP_MEGABYTES, Duration.ofSeconds(15), POLL_INTERVAL);
    Map<String, String> figures = overload.run(directory);
    assertThat(figures)
        .containsEntry("trained", "1000000")
        .containsEntry("read", "1000000")
        .containsEntry("rebalances", "1.0")
        .containsEntry("maxHeapBytes", Long.toString((long) HEAP_MEGABYTES << 20));
  }
}
