package io.headrace.sink.event;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.error.HeadraceException;
import io.headrace.sink.EventSink;
import io.headrace.sink.Events;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

class EventPumpTest {
  /** Keeps what it takes; waits and fails as told. Read it once the pump is closed. */
  private static final class Recording implements EventSink {
    private final List<TrainEvent> taken = new ArrayList<>();
    private final CountDownLatch gate;
    private final boolean failing;
    private boolean closed;

    Recording(int gates, boolean failing) {
      this.gate = new CountDownLatch(gates);
      this.failing = failing;
    }

    @Override
    public void accept(TrainEvent event) {
      try {
        gate.await();
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw new IllegalStateException(e);
      }
      if (failing) {
        throw new HeadraceException("this sink never works");
      }
      taken.add(event);
    }

    @Override
    public void close() {
      closed = true;
    }
  }

  @Test
  void everySinkTakesEveryEventInOrderBeforeItIsClosed() {
    var first = new Recording(0, false);
    var second = new Recording(0, false);
    var events = new ArrayList<TrainEvent>();
    try (var pump = new EventPump(List.of(first, second), 1000)) {
      for (int i = 0; i < 500; i++) {
        events.add(i % 2 == 0 ? Events.metrics(i) : Events.checkpoint(i));
        pump.accept(events.getLast());
      }
    }
    assertThat(first.taken).isEqualTo(events);
    assertThat(second.taken).isEqualTo(events);
    assertThat(first.closed && second.closed).isTrue();
  }

  @Test
  void aSinkThatFailsIsCountedAndTheOthersGoOn() {
    var failing = new Recording(0, true);
    var working = new Recording(0, false);
    var pump = new EventPump(List.of(failing, working), 10);
    pump.accept(Events.checkpoint(1));
    pump.accept(Events.checkpoint(2));
    pump.close();
    assertThat(pump.failures()).isEqualTo(2);
    assertThat(working.taken).containsExactly(Events.checkpoint(1), Events.checkpoint(2));
    assertThat(failing.closed).isTrue();
  }

  @Test
  void aStuckSinkDelaysNobodyAndTakesTheNewestOnceItWorksAgain() {
    var stuck = new Recording(1, false);
    var working = new Recording(0, false);
    var pump = new EventPump(List.of(stuck, working), 4);
    for (int i = 0; i < 1000; i++) {
      pump.accept(Events.metrics(i));
      pump.accept(Events.checkpoint(i));
    }
    stuck.gate.countDown();
    pump.close();
    assertThat(stuck.taken).endsWith(Events.checkpoint(999));
    assertThat(stuck.taken.size() + working.taken.size() + pump.conflated()).isEqualTo(4000);
    assertThat(stuck.taken).hasSizeLessThan(10);
    assertThat(working.taken).endsWith(Events.checkpoint(999));
  }

  @Test
  void whatASinkNeverTookIsCountedWhenItIsGivenUpOn() throws InterruptedException {
    var lane = new SinkLane(new Recording(1, false), 10);
    for (int i = 0; i < 5; i++) {
      lane.add(Events.checkpoint(i));
    }
    lane.end();
    lane.giveUp();
    lane.join(Duration.ofSeconds(60));
    assertThat(lane.failures()).isEqualTo(5);
  }
}
