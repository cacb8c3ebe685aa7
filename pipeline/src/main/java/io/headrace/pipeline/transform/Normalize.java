package io.headrace.pipeline.transform;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;

/** Makes (x - mean) / deviation of every element x of a dense input. */
final class Normalize implements Transform {
  private final int input;
  private final float[] means;
  private final float[] deviations;

  /**
   * @param means one for each channel, repeated over {@code width} elements
   * @param deviations beside {@code means}
   */
  Normalize(int input, int width, float[] means, float[] deviations) {
    this.input = input;
    this.means = repeated(means, width);
    this.deviations = repeated(deviations, width);
  }

  @Override
  public void apply(SampleBlock block) {
    DenseColumn column = block.dense(input);
    for (int row = 0; row < block.size(); row++) {
      normalize(column.values(), column.start(row), means, deviations);
    }
  }

  private static void normalize(MemorySegment values, long start, float[] mean, float[] deviation) {
    for (int i = 0; i < mean.length; i++) {
      float x = Floats.read(values, start + i);
      Floats.write(values, start + i, (x - mean[i]) / deviation[i]);
    }
  }

  private static float[] repeated(float[] channels, int width) {
    float[] all = new float[width];
    for (int i = 0; i < width; i++) {
      all[i] = channels[i % channels.length];
    }
    return all;
  }
}
