package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
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
  public void compute(
      MemorySegment memory,
      long at,
      int row,
      int rows,
      MemorySegment sums,
      long sumsAt,
      long work) {
    int width = shape.outWidth();
    if (copies) {
      long size = windowSize();
      for (int y = 0; y < rows; y++) {
        long from = at + image.window(row + y, 0);
        long to = work + (long) y * width * size;
        kernels.copyWindows(
            width, image.length(), segments, memory, from, image.step(), memory, to, size);
      }
      add(rows * width, shape.taps(), memory, work, size, 0, sums, sumsAt);
      return;
    }
    for (int y = 0; y < rows; y++) {
      long from = at + image.window(row + y, 0);
      long to = sumsAt + (long) y * width * weights.lanes();
      for (int segment = 0; segment < segments.length; segment++) {
        long segmentAt = from + segments[segment];
        add(width, image.length(), memory, segmentAt, image.step(), segment, sums, to);
      }
    }
  }

  /** Adds a segment of the windows; the first one's sums begin with zeros. */
  private void add(
      int windows,
      int taps,
      MemorySegment memory,
      long from,
      long step,
      int segment,
      MemorySegment sums,
      long to) {
    int lanes = weights.lanes();
    boolean first = segment == 0;
    kernels.product(
        windows,
        lanes,
        taps,
        memory,
        from,
        step,
        1,
        weights.transposed(),
        (long) segment * image.length() * lanes,
        lanes,
        first ? weights.zeros() : sums,
        first ? 0 : to,
        first ? 0 : lanes,
        sums,
        to,
        lanes);
  }
}
