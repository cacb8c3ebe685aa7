package io.headrace.pipeline.transform;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;

/**
 * Cuts an image of the same size out of one with {@code padding} zero pixels on every side, at a
 * random place: the image is moved up to {@code padding} pixels along each axis, and zeros move in.
 */
record RandomCrop(ImageShape shape, int padding, long seed) implements Transform {
  /** Apart from the draws of other transforms with the same seed. */
  private static final long STREAM = 0x63726f70;

  @Override
  public boolean trainingOnly() {
    return true;
  }

  @Override
  public void apply(SampleBlock block) {
    long start = RowRandom.start(seed ^ STREAM, block.partition());
    DenseColumn column = block.dense(shape.input());
    int places = 2 * padding + 1;
    for (int row = 0; row < block.size(); row++) {
      long bits = RowRandom.bits(start, block.positions()[row]);
      int down = RowRandom.below(places, bits, 0) - padding;
      int right = RowRandom.below(places, bits, 1) - padding;
      move(column.values(), column.start(row), down, right);
    }
  }

  /** Pixel (y, x) becomes what was at (y + down, x + right), or zero where nothing was. */
  private void move(MemorySegment values, long start, int down, int right) {
    int height = shape.height();
    int rowFloats = shape.rowFloats();
    int from = Math.clamp(right, 0, shape.width()) * shape.channels();
    int to = Math.clamp(-right, 0, shape.width()) * shape.channels();
    int kept = rowFloats - from - to;
    for (int i = 0; i < height; i++) {
      // Rows are taken in the direction that reads each before it is overwritten.
      int y = down >= 0 ? i : height - 1 - i;
      long target = start + (long) y * rowFloats;
      int source = y + down;
      if (source < 0 || source >= height || kept <= 0) {
        Floats.fill(values, target, rowFloats, 0);
      } else {
        Floats.copy(values, start + (long) source * rowFloats + from, values, target + to, kept);
        Floats.fill(values, target, to, 0);
        Floats.fill(values, target + to + kept, from, 0);
      }
    }
  }
}
