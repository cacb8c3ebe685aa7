package io.headrace.pipeline;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.sample.Positions;
import io.headrace.engine.sample.SourcePartition;
import io.headrace.ingest.GroupMember.Settled;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;

class DurablePositionsTest {
  private static final SourcePartition A = new SourcePartition("a", 0);
  private static final SourcePartition B = new SourcePartition("b", 0);
  private static final Duration LONG = Duration.ofMinutes(1);

  private final DurablePositions durable = new DurablePositions(at(10, 10));

  private static Positions at(long a, long b) {
    return Positions.of(Map.of(A, a, B, b));
  }

  private CompletableFuture<Settled> waiting(Positions wanted) {
    return CompletableFuture.supplyAsync(() -> durable.await(wanted, LONG));
  }

  @Test
  void whatIsCoveredIsNotWaitedFor() {
    assertThat(durable.covers(Positions.of(Map.of(A, 10L)))).isTrue();
    assertThat(durable.covers(at(10, 11))).isFalse();
    assertThat(durable.await(at(10, 9), LONG)).isEqualTo(new Settled(at(10, 10), false));
  }

  @Test
  void waitsUntilEveryPartitionIsCovered() {
    CompletableFuture<Settled> settled = waiting(at(20, 20));
    durable.cover(at(20, 15));
    durable.cover(at(21, 20));
    assertThat(settled.join()).isEqualTo(new Settled(at(21, 20), false));
  }

  @Test
  void aWriteThatFailedOrTheEndOfTheRunEndsTheWaitWithWhatThereIs() {
    CompletableFuture<Settled> settled = waiting(at(20, 20));
    while (!settled.isDone()) { // a failure before the wait began says nothing about it
      durable.failed();
      Thread.onSpinWait();
    }
    assertThat(settled.join()).isEqualTo(new Settled(at(10, 10), false));
    durable.end();
    assertThat(durable.await(at(20, 20), LONG)).isEqualTo(new Settled(at(10, 10), true));
  }

  @Test
  void doesNotWaitLongerThanItIsTold() {
    assertThat(durable.await(at(20, 20), Duration.ofMillis(1)))
        .isEqualTo(new Settled(at(10, 10), false));
  }
}
