package io.headrace.pipeline.transform;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.SampleBlock;

/**
 * Makes a square of every image zero (DeVries and Taylor 2017, "Improved Regularization of
 * Convolutional Neural Networks with Cutout"): its centre is any pixel, and what lies outside of
 * the image is cut away.
 *
 * @param size side of the square in pixels
 */
record Cutout(ImageShape shape, int size, long seed) implements Transform {
  /** Apart from the draws of other transforms with the same seed. */
  private static final long STREAM = 0x6375746f7574L;

  @Override
  public boolean trainingOnly() {
    return true;
  }

  @Override
  public void apply(SampleBlock block) {
    long start = RowRandom.start(seed ^ STREAM, block.partition());
    DenseColumn column = block.dense(shape.input());
    for (int row = 0; row < block.size(); row++) {
      long bits = RowRandom.bits(start, block.positions()[row]);
      int top = RowRandom.below(shape.height(), bits, 0) - size / 2;
      int left = RowRandom.below(shape.width(), bits, 1) - size / 2;
      int from = Math.max(left, 0);
      int count = (Math.min(left + size, shape.width()) - from) * shape.channels();
      for (int y = Math.max(top, 0); y < Math.min(top + size, shape.height()); y++) {
        long line = column.start(row) + (long) y * shape.rowFloats();
        Floats.fill(column.values(), line + (long) from * shape.channels(), count, 0);
      }
    }
  }
}
