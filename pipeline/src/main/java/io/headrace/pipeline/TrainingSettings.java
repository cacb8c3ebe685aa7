package io.headrace.pipeline;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.pipeline.batch.BatchShape;
import java.util.OptionalLong;

/**
 * The numbers of a training run.
 *
 * @param decoderThreads threads that decode and transform
 * @param windowSamples trained samples between two metrics events
 * @param checkpointSamples trained samples between two checkpoints
 * @param stopAfterSamples trained samples, restored ones included, after which the run ends
 */
public record TrainingSettings(
    BatchShape batch,
    int decoderThreads,
    long windowSamples,
    long checkpointSamples,
    OptionalLong stopAfterSamples) {
  public TrainingSettings {
    requirePositive("decoders", decoderThreads);
    requirePositive("window-samples", windowSamples);
    requirePositive("every-samples", checkpointSamples);
  }

  private static void requirePositive(String key, long value) {
    if (value < 1) {
      throw new InvalidSettingException(key, value + " is not >= 1.");
    }
  }
}
