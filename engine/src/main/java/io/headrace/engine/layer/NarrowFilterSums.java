package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The gradient by filters over few channels, whose segments are shorter than a block: windows lie
 * packed, and a row of the sums is a tap of all filters, so that none are spent on padding.
 */
final class NarrowFilterSums {
  /** Rows of sums are added a few at once; what is added to the last ones counts not. */
  private static final int ROWS = 4;

  private final Kernels kernels;
  private final ConvGeometry shape;
  private final PaddedImage image;
  private final ConvWeights weights;
  private final long[] parts;

  NarrowFilterSums(Kernels kernels, ConvGeometry shape, PaddedImage image, ConvWeights weights) {
    this.kernels = kernels;
    this.shape = shape;
    this.image = image;
    this.weights = weights;
    this.parts = image.segmentPlaces();
  }

  static boolean suits(ConvGeometry shape) {
    return shape.channels() < Kernels.BLOCK;
  }

  /** Floats that the sums of a shard take. */
  long size() {
    return (long) rows() * weights.lanes();
  }

  /** Floats from one window to the next; {@link Kernels#BLOCK} more are written behind the last. */
  int windowSize() {
    return Kernels.padded(shape.taps());
  }

  void start(MemorySegment scratch, long sums) {
    Floats.fill(scratch, sums, size(), 0);
  }

  /** Copies {@code count} windows that follow each other from {@code window} on. */
  void copy(int count, MemorySegment scratch, long window, long to) {
    kernels.copyWindows(
        count, image.length(), parts, scratch, window, image.step(), scratch, to, windowSize());
  }

  /** Adds {@code pixels} windows, each times its slopes. */
  void add(
      int pixels,
      MemorySegment scratch,
      long windows,
      MemorySegment slopes,
      long slopesAt,
      long sums) {
    int lanes = weights.lanes();
    kernels.addProduct(
        rows(),
        lanes,
        pixels,
        scratch,
        windows,
        1,
        windowSize(),
        slopes,
        slopesAt,
        lanes,
        scratch,
        sums,
        lanes);
  }

  /** Puts the sums where the gradients of the shard lie. */
  void end(MemorySegment scratch, long sums, long gradients) {
    int lanes = weights.lanes();
    for (int segment = 0; segment < parts.length; segment++) {
      kernels.transpose(
          image.length(),
          weights.filters(),
          scratch,
          sums + (long) segment * image.length() * lanes,
          lanes,
          weights.gradients(),
          gradients + weights.filterPart(segment),
          weights.filterSize());
    }
  }

  private int rows() {
    return Math.ceilDiv(shape.taps(), ROWS) * ROWS;
  }
}
