package io.headrace.sink;

import io.headrace.engine.TrainEvent;
import io.headrace.engine.TrainingMetrics;
import io.headrace.engine.metric.Calibration;
import io.headrace.engine.metric.Drift;
import io.headrace.engine.privacy.PrivacySpent;
import io.headrace.engine.sample.Ledger;
import io.headrace.engine.sample.SourcePartition;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Training events for tests. */
public final class Events {
  private Events() {}

  public static TrainEvent metrics(long step) {
    var ledger =
        new TreeMap<>(Map.of(new SourcePartition("t", 3), new Ledger.Entry(13, 6, 2, 1, 4)));
    return new TrainEvent.MetricsTaken(
        new TrainingMetrics(
            "job",
            step,
            1_700_000_000_000L,
            1234.5,
            0.05,
            new Ledger(ledger),
            new TreeMap<>(Map.of("loss", 0.25, "accuracy", 0.75)),
            new TreeMap<>(Map.of("loss", 0.5)),
            new TreeMap<>(Map.of("majorityClassAccuracy", 0.8)),
            List.of(1L, 2L, 3L, 4L),
            Optional.of(new PrivacySpent(1.5, 1e-6, 3)),
            new Calibration(List.of(), List.of(new Calibration.Bin(0.1, 0.2, 6, 0.15, 0.25)))));
  }

  public static TrainEvent checkpoint(long step) {
    return new TrainEvent.CheckpointWritten("job", "checkpoint-" + step, step, 7, 100, 1.5);
  }

  public static TrainEvent drift() {
    return new TrainEvent.Drifted("job", new Drift("loss", 0.25, 0.5, 0.375, 2_000), 9, 7);
  }

  public static TrainEvent alert(String message) {
    return new TrainEvent.Alert("job", "checkpoint-failed", message, 7);
  }
}
