package io.headrace.app.http;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StatusHistoryTest {
  @Test
  void keepsTheNewestPointsOnly() {
    var history = new StatusHistory();
    var job = new MovingJob();
    HistoryPoint last = HistoryPoint.of(job.status());
    for (int i = 0; i < StatusHistory.CAPACITY + 5; i++) {
      last = HistoryPoint.of(job.status());
      history.add(last);
    }

    assertThat(history.points()).hasSize(StatusHistory.CAPACITY).endsWith(last);
  }
}
