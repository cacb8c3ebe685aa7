package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.stream.IntStream;

/**
 * An image with zeros around it, in a worker's memory, so that each window of a convolution is a
 * few segments of floats that lie together: a row of its taps, or with dilation a tap. Immutable;
 * places are counted in floats from the image's first.
 */
record PaddedImage(ConvGeometry shape) {
  /** Segments of a window. */
  int segments() {
    return shape.dilation() == 1
        ? shape.kernelHeight()
        : shape.kernelHeight() * shape.kernelWidth();
  }

  /** Floats of a segment. */
  int length() {
    return shape.dilation() == 1 ? shape.kernelWidth() * shape.channels() : shape.channels();
  }

  /** Where a segment of a window begins, counted from the window's place. */
  long segment(int segment) {
    if (shape.dilation() == 1) {
      return segment * pitch();
    }
    long row = segment / shape.kernelWidth();
    long column = segment % shape.kernelWidth();
    return (long) shape.dilation() * (row * pitch() + column * shape.channels());
  }

  /** The place of the window of output pixel (y, x). */
  long window(int y, int x) {
    return (long) y * shape.strideY() * pitch() + x * step();
  }

  /** From the window of an output pixel to that of its right neighbour. */
  long step() {
    return (long) shape.strideX() * shape.channels();
  }

  /** Segments that follow each other at one distance: all, or with dilation those of a row. */
  int alike() {
    return shape.dilation() == 1 ? segments() : shape.kernelWidth();
  }

  /** That distance. */
  long apart() {
    return shape.dilation() == 1 ? pitch() : (long) shape.dilation() * shape.channels();
  }

  /** {@link #segment} of every segment. */
  long[] segmentPlaces() {
    return IntStream.range(0, segments()).mapToLong(this::segment).toArray();
  }

  /** Floats of the image, and what is read past its end. */
  long size() {
    long floats = (shape.top() + shape.height() + shape.bottom()) * pitch();
    return (Math.ceilDiv(floats, Kernels.BLOCK) + 1) * Kernels.BLOCK;
  }

  /** Lays out a row of {@code x}. */
  void load(DenseValue x, Pass pass, int row, MemorySegment image, long at) {
    int line = shape.width() * shape.channels();
    long before = (long) shape.left() * shape.channels();
    long pitch = pitch();
    Floats.fill(image, at, shape.top() * pitch, 0);
    long to = at + shape.top() * pitch;
    for (int y = 0; y < shape.height(); y++) {
      Floats.fill(image, to, before, 0);
      x.read(pass, row, y * line, line, image, to + before);
      Floats.fill(image, to + before + line, pitch - before - line, 0);
      to += pitch;
    }
    Floats.fill(image, to, shape.bottom() * pitch, 0);
  }

  /** Takes the gradients by the image's pixels out, to the row that begins at {@code to}. */
  void fold(MemorySegment image, long at, MemorySegment dx, long to) {
    long line = (long) shape.width() * shape.channels();
    long from = at + shape.top() * pitch() + (long) shape.left() * shape.channels();
    for (int y = 0; y < shape.height(); y++) {
      Floats.copy(image, from + y * pitch(), dx, to + y * line, line);
    }
  }

  /** Floats from a row of pixels to the next. */
  private long pitch() {
    return (long) (shape.left() + shape.width() + shape.right()) * shape.channels();
  }
}
