package io.headrace.sink.event;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.TrainEvent;
import io.headrace.sink.Events;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class EventQueueTest {
  private static List<TrainEvent> drain(EventQueue queue) throws InterruptedException {
    queue.end();
    var events = new ArrayList<TrainEvent>();
    for (Optional<TrainEvent> e = queue.take(); e.isPresent(); e = queue.take()) {
      events.add(e.get());
    }
    return events;
  }

  @Test
  void keepsTheOrder() throws InterruptedException {
    var queue = new EventQueue(3);
    queue.add(Events.metrics(1));
    queue.add(Events.checkpoint(1));
    queue.add(Events.metrics(2));
    assertThat(drain(queue))
        .containsExactly(Events.metrics(1), Events.checkpoint(1), Events.metrics(2));
    assertThat(queue.conflated()).isZero();
  }

  @Test
  void leavesOutTheOldestMetricsWhenItIsFullAndCountsThem() throws InterruptedException {
    var queue = new EventQueue(3);
    queue.add(Events.metrics(1));
    queue.add(Events.checkpoint(1));
    queue.add(Events.metrics(2));
    queue.add(Events.metrics(3));
    queue.add(Events.alert("a"));
    assertThat(queue.conflated()).isEqualTo(2);
    assertThat(drain(queue))
        .containsExactly(Events.checkpoint(1), Events.metrics(3), Events.alert("a"));
  }

  @Test
  void leavesOutNewMetricsWhereNothingElseMayGo() throws InterruptedException {
    var queue = new EventQueue(2);
    queue.add(Events.checkpoint(1));
    queue.add(Events.alert("a"));
    queue.add(Events.metrics(1));
    assertThat(queue.conflated()).isEqualTo(1);
    assertThat(drain(queue)).containsExactly(Events.checkpoint(1), Events.alert("a"));
  }

  @Test
  void aCheckpointWaitsForRoomRatherThanBeDropped() throws InterruptedException {
    var queue = new EventQueue(1);
    queue.add(Events.checkpoint(1));
    Thread adder =
        Thread.ofPlatform()
            .start(
                () -> {
                  try {
                    queue.add(Events.checkpoint(2));
                  } catch (InterruptedException e) {
                    throw new IllegalStateException(e);
                  }
                });
    while (adder.getState() != Thread.State.WAITING) {
      Thread.onSpinWait();
    }
    assertThat(queue.take()).contains(Events.checkpoint(1));
    assertThat(queue.take()).contains(Events.checkpoint(2));
    adder.join();
  }

  @Test
  void takesNothingOnceItHasEnded() {
    var queue = new EventQueue(1);
    queue.end();
    assertThatThrownBy(() -> queue.add(Events.metrics(1))).hasMessageContaining("ended");
  }
}
