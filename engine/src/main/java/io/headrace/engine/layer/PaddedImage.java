package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * An image with zeros around it. A row of a window lies together; with dilation, each of its taps.
 * Immutable.
 */
record PaddedImage(ConvGeometry shape) implements ConvInput {
  @Override
  public int segments() {
    return shape.dilation() == 1
        ? shape.kernelHeight()
        : shape.kernelHeight() * shape.kernelWidth();
  }

  @Override
  public int length() {
    return shape.dilation() == 1 ? shape.kernelWidth() * shape.channels() : shape.channels();
  }

  @Override
  public long segment(int segment) {
    if (shape.dilation() == 1) {
      return segment * pitch();
    }
    long row = segment / shape.kernelWidth();
    long column = segment % shape.kernelWidth();
    return (long) shape.dilation() * (row * pitch() + column * shape.channels());
  }

  @Override
  public long window(int y, int x) {
    return (long) y * shape.strideY() * pitch() + x * step();
  }

  @Override
  public long step() {
    return (long) shape.strideX() * shape.channels();
  }

  @Override
  public int apart() {
    return Math.min(length(), shape.channels());
  }

  @Override
  public long size() {
    return (shape.top() + shape.height() + shape.bottom()) * pitch();
  }

  @Override
  public void load(MemorySegment x, long from, MemorySegment image, long at) {
    long line = (long) shape.width() * shape.channels();
    long before = (long) shape.left() * shape.channels();
    long pitch = pitch();
    Floats.fill(image, at, shape.top() * pitch, 0);
    long to = at + shape.top() * pitch;
    for (int y = 0; y < shape.height(); y++) {
      Floats.fill(image, to, before, 0);
      Floats.copy(x, from + y * line, image, to + before, line);
      Floats.fill(image, to + before + line, pitch - before - line, 0);
      to += pitch;
    }
    Floats.fill(image, to, shape.bottom() * pitch, 0);
  }

  @Override
  public void fold(MemorySegment image, long at, MemorySegment dx, long to) {
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
