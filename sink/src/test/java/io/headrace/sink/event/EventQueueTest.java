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
  void leavesOutNewMetricsRatherThanAnotherKind() throws InterruptedException {
    var queue = new EventQueue(2);
    queue.add(Events.checkpoint(1));
    queue.add(Events.alert("a"));
    queue.add(Events.metrics(1));
    assertThat(queue.conflated()).isEqualTo(1);
    assertThat(drain(queue)).containsExactly(Events.checkpoint(1), Events.alert("a"));
  }

  @Test
  void aNewerCheckpointTakesThePlaceOfTheOldestOneWithoutAnybodyWaiting()
      throws InterruptedException {
    var queue = new EventQueue(3);
    queue.add(Events.alert("a"));
    for (int i = 1; i <= 1000; i++) {
      queue.add(Events.checkpoint(i));
    }
    assertThat(queue.conflated()).isEqualTo(998);
    assertThat(drain(queue))
        .containsExactly(Events.alert("a"), Events.checkpoint(999), Events.checkpoint(1000));
  }

  @Test
  void anAlertOfTheSameCodeIsSupersededAndOneOfAnotherIsNot() throws InterruptedException {
    var queue = new EventQueue(3);
    queue.add(Events.alert("first"));
    queue.add(new TrainEvent.Alert("job", "rejection-rate", "paused", 7));
    queue.add(Events.checkpoint(1));
    queue.add(Events.alert("second"));
    assertThat(drain(queue))
        .containsExactly(
            new TrainEvent.Alert("job", "rejection-rate", "paused", 7),
            Events.checkpoint(1),
            Events.alert("second"));
  }

  @Test
  void takesNothingOnceItHasEnded() {
    var queue = new EventQueue(1);
    queue.end();
    assertThatThrownBy(() -> queue.add(Events.metrics(1))).hasMessageContaining("ended");
  }
}
