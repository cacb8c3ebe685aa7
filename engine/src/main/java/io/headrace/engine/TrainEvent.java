package io.headrace.engine;

import io.headrace.engine.metric.Drift;

/** What the trainer tells the world: goes to the sinks in order. */
public sealed interface TrainEvent {
  /** Metrics of a window; a slow sink may get the newest only, and what was left out is counted. */
  record MetricsTaken(TrainingMetrics metrics) implements TrainEvent {}

  /** Held-out samples were scored. */
  record Validated(ValidationScores scores) implements TrainEvent {}

  /** A checkpoint is durable under {@code name}. */
  record CheckpointWritten(
      String job, String name, long step, long timeMillis, long bytes, double millis)
      implements TrainEvent {}

  /** What the samples teach has changed. */
  record Drifted(String job, Drift drift, long step, long timeMillis) implements TrainEvent {}

  /** Something an operator should know, e.g. a checkpoint that could not be written. */
  record Alert(String job, String code, String message, long timeMillis) implements TrainEvent {}
}
