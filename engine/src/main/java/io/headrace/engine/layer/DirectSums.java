package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/** Sums as matrix products, a segment of the windows of a row of outputs at a time. Immutable. */
record DirectSums(Kernels kernels, ConvGeometry shape, ConvInput input, ConvWeights weights)
    implements ConvSums {
  private static final int PIXELS = 64;

  @Override
  public int stripRows() {
    return Math.ceilDiv(PIXELS, shape.outWidth());
  }

  @Override
  public long work() {
    return 0;
  }

  @Override
  public void compute(MemorySegment memory, long image, int row, int rows, long sums, long work) {
    int lanes = weights.lanes();
    int width = shape.outWidth();
    Floats.fill(memory, sums, (long) rows * width * lanes, 0);
    for (int y = 0; y < rows; y++) {
      for (int segment = 0; segment < input.segments(); segment++) {
        kernels.addProduct(
            width,
            lanes,
            input.length(),
            memory,
            image + input.window(row + y, 0) + input.segment(segment),
            input.step(),
            1,
            weights.transposed(),
            (long) segment * input.length() * lanes,
            lanes,
            memory,
            sums + (long) y * width * lanes,
            lanes);
      }
    }
  }
}
