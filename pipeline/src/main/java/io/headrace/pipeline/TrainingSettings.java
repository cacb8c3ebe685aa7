package io.headrace.pipeline;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.pipeline.batch.BatchShape;
import io.headrace.pipeline.decode.RejectionLimit;
import java.util.OptionalLong;

/**
 * The numbers of a training run.
 *
 * @param decoderThreads threads that decode and transform
 * @param windowSamples trained samples between two metrics events
 * @param driftAbove share by which the loss must rise to be told as drift
 * @param checkpointSamples trained samples between two checkpoints
 * @param stopAfterSamples trained samples, restored ones included, after which the run ends
 * @param rejectionLimit how many records may be rejected before the run pauses or tells
 */
public record TrainingSettings(
    BatchShape batch,
    int decoderThreads,
    long windowSamples,
    double driftAbove,
    long checkpointSamples,
    OptionalLong stopAfterSamples,
    RejectionLimit rejectionLimit) {
  public TrainingSettings {
    requirePositive("decoders", decoderThreads);
    requirePositive("window-samples", windowSamples);
    requirePositive("every-samples", checkpointSamples);
  }

  /** Settings of a run that goes on however many records are rejected. */
  public TrainingSettings(
      BatchShape batch,
      int decoderThreads,
      long windowSamples,
      double driftAbove,
      long checkpointSamples,
      OptionalLong stopAfterSamples) {
    this(
        batch,
        decoderThreads,
        windowSamples,
        driftAbove,
        checkpointSamples,
        stopAfterSamples,
        RejectionLimit.NONE);
  }

  private static void requirePositive(String key, long value) {
    if (value < 1) {
      throw new InvalidSettingException(key, value + " is not >= 1.");
    }
  }
}
