package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Sums as matrix products, a segment of the windows of a row of outputs at a time. Where the
 * channels are few, segments would be short: then the windows of the strip are copied out, side by
 * side, and make one product.
 */
final class DirectSums implements ConvSums {
  private static final int PIXELS = 64;

  private final Kernels kernels;
  private final ConvGeometry shape;
  private final PaddedImage image;
  private final ConvWeights weights;
  private final long[] segments;
  private final boolean copies;

  DirectSums(Kernels kernels, ConvGeometry shape, PaddedImage image, ConvWeights weights) {
    this.kernels = kernels;
    this.shape = shape;
    this.image = image;
    this.weights = weights;
    this.segments = image.segmentPlaces();
    this.copies = shape.channels() < Kernels.BLOCK;
  }

  @Override
  public int stripRows() {
    return Math.ceilDiv(PIXELS, shape.outWidth());
  }

  @Override
  public long work() {
    return copies ? (long) stripRows() * shape.outWidth() * windowSize() + Kernels.BLOCK : 0L;
  }

  private int windowSize() {
    return Kernels.padded(shape.taps());
  }

  @Override
  public void compute(MemorySegment memory, long at, int row, int rows, long sums, long work) {
    int lanes = weights.lanes();
    int width = shape.outWidth();
    Floats.fill(memory, sums, (long) rows * width * lanes, 0);
    if (copies) {
      long size = windowSize();
      for (int y = 0; y < rows; y++) {
        long from = at + image.window(row + y, 0);
        long to = work + (long) y * width * size;
        kernels.copyWindows(
            width, image.length(), segments, memory, from, image.step(), memory, to, size);
      }
      add(rows * width, shape.taps(), memory, work, size, 0, sums);
      return;
    }
    for (int y = 0; y < rows; y++) {
      long from = at + image.window(row + y, 0);
      long to = sums + (long) y * width * lanes;
      for (int segment = 0; segment < segments.length; segment++) {
        int tap = segment * image.length();
        add(width, image.length(), memory, from + segments[segment], image.step(), tap, to);
      }
    }
  }

  private void add(
      int windows, int taps, MemorySegment memory, long from, long step, int firstTap, long to) {
    int lanes = weights.lanes();
    kernels.addProduct(
        windows,
        lanes,
        taps,
        memory,
        from,
        step,
        1,
        weights.transposed(),
        (long) firstTap * lanes,
        lanes,
        memory,
        to,
        lanes);
  }
}
