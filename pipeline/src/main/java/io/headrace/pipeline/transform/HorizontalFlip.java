package io.headrace.pipeline.transform;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.DenseColumn;
import io.headrace.engine.sample.SampleBlock;
import java.lang.foreign.MemorySegment;

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
    for (int row = 0; row < block.size(); row++) {
      if (RowRandom.bits(start, block.positions()[row]) < 0) {
        for (int y = 0; y < shape.height(); y++) {
          flip(column.values(), column.start(row) + (long) y * shape.rowFloats());
        }
      }
    }
  }

  private void flip(MemorySegment values, long start) {
    int channels = shape.channels();
    for (int left = 0, right = shape.rowFloats() - channels;
        left < right;
        left += channels, right -= channels) {
      for (int c = 0; c < channels; c++) {
        float kept = Floats.read(values, start + left + c);
        Floats.write(values, start + left + c, Floats.read(values, start + right + c));
        Floats.write(values, start + right + c, kept);
      }
    }
  }
}
