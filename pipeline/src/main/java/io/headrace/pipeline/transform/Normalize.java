package io.headrace.pipeline.transform;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.SampleBlock;

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
    float[] elements = new float[means.length];
    for (int row = 0; row < block.size(); row++) {
      Floats.copyOut(column.values(), column.start(row), elements);
      normalize(elements, means, deviations);
      Floats.copyIn(elements, column.values(), column.start(row));
    }
  }

  /**
   * On heap arrays, where the loop compiles to vector instructions: twice as fast, copies and all.
   */
  private static void normalize(float[] elements, float[] mean, float[] deviation) {
    for (int i = 0; i < elements.length; i++) {
      elements[i] = (elements[i] - mean[i]) / deviation[i];
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
