package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/**
 * An image laid out in a worker's memory so that each window of a convolution is a few segments of
 * floats that lie together. Stateless; places are counted in floats from the image's first.
 */
interface ConvInput {
  /** Segments of a window. */
  int segments();

  /** Floats of a segment. */
  int length();

  /** Where segment {@code segment} of a window begins, counted from the window's place. */
  long segment(int segment);

  /** The place of the window of output pixel (y, x). */
  long window(int y, int x);

  /** From the window of an output pixel to that of its right neighbour. */
  long step();

  /** Floats at the start of a segment that no other window of the row of outputs shares. */
  int apart();

  /** Floats of the image laid out, and what products may read past its end. */
  long size();

  /** Lays out the row of {@code x} that begins at {@code from}. */
  void load(MemorySegment x, long from, MemorySegment image, long at);

  /** Adds up the gradients of an image laid out to those of the row that begins at {@code to}. */
  void fold(MemorySegment image, long at, MemorySegment dx, long to);

  /**
   * The layout for {@code geometry}: as it is with zeros around it, if its channels fill blocks.
   */
  static ConvInput of(ConvGeometry geometry) {
    return geometry.channels() % Kernels.BLOCK == 0
        ? new PaddedImage(geometry)
        : new PatchImage(geometry);
  }
}
