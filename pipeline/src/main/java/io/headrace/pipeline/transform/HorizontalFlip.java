package io.headrace.pipeline.transform;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.SampleBlock;

/** Turns every second image, by chance, left to right. */
record HorizontalFlip(ImageShape shape, long seed) implements Transform {
  /** Apart from the draws of other transforms with the same seed. */
  private static final long STREAM = 0x666c6970;

  @Override
  public boolean trainingOnly() {
    return true;
  }

  @Override
  public void apply(SampleBlock block) {
    long start = RowRandom.start(seed ^ STREAM, block.partition());
    DenseColumn column = block.dense(shape.input());
    int rowFloats = shape.rowFloats();
    float[] line = new float[rowFloats];
    float[] flipped = new float[rowFloats];
    for (int row = 0; row < block.size(); row++) {
      if (RowRandom.bits(start, block.positions()[row]) < 0) {
        for (int y = 0; y < shape.height(); y++) {
          long at = column.start(row) + (long) y * rowFloats;
          Floats.copyOut(column.values(), at, line);
          flip(line, flipped, shape.channels());
          Floats.copyIn(flipped, column.values(), at);
        }
      }
    }
  }

  private static void flip(float[] line, float[] flipped, int channels) {
    for (int c = 0; c < channels; c++) {
      int last = line.length - channels + c;
      for (int i = c; i < line.length; i += channels) {
        flipped[i] = line[last + c - i];
      }
    }
  }
}
