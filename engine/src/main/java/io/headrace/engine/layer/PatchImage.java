package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Every window of an image copied out, side by side: for few channels, whose windows would be many
 * short segments. Immutable.
 */
record PatchImage(ConvGeometry shape) implements ConvInput {
  @Override
  public int segments() {
    return 1;
  }

  @Override
  public int length() {
    return shape.taps();
  }

  @Override
  public long segment(int segment) {
    return 0;
  }

  @Override
  public long window(int y, int x) {
    return ((long) y * shape.outWidth() + x) * step();
  }

  @Override
  public long step() {
    return Kernels.padded(shape.taps());
  }

  @Override
  public int apart() {
    return length();
  }

  @Override
  public long size() {
    return (long) shape.outHeight() * shape.outWidth() * step();
  }

  @Override
  public void load(MemorySegment x, long from, MemorySegment image, long at) {
    for (int y = 0; y < shape.outHeight(); y++) {
      for (int window = 0; window < shape.outWidth(); window++) {
        loadWindow(
            x, from, y * shape.strideY() - shape.top(), window, image, at + window(y, window));
      }
    }
  }

  private void loadWindow(
      MemorySegment x, long from, int top, int window, MemorySegment image, long at) {
    int left = window * shape.strideX() - shape.left();
    long to = at;
    for (int ky = 0; ky < shape.kernelHeight(); ky++) {
      int y = top + ky * shape.dilation();
      for (int kx = 0; kx < shape.kernelWidth(); kx++) {
        int column = left + kx * shape.dilation();
        if (inside(y, column)) {
          long pixel = from + ((long) y * shape.width() + column) * shape.channels();
          for (int c = 0; c < shape.channels(); c++) {
            Floats.write(image, to + c, Floats.read(x, pixel + c));
          }
        } else {
          for (int c = 0; c < shape.channels(); c++) {
            Floats.write(image, to + c, 0);
          }
        }
        to += shape.channels();
      }
    }
    for (; to < at + step(); to++) {
      Floats.write(image, to, 0);
    }
  }

  @Override
  public void fold(MemorySegment image, long at, MemorySegment dx, long to) {
    Floats.fill(dx, to, (long) shape.height() * shape.width() * shape.channels(), 0);
    for (int y = 0; y < shape.outHeight(); y++) {
      for (int window = 0; window < shape.outWidth(); window++) {
        foldWindow(image, at + window(y, window), y, window, dx, to);
      }
    }
  }

  private void foldWindow(
      MemorySegment image, long at, int row, int window, MemorySegment dx, long to) {
    long from = at;
    for (int ky = 0; ky < shape.kernelHeight(); ky++) {
      int y = row * shape.strideY() - shape.top() + ky * shape.dilation();
      for (int kx = 0; kx < shape.kernelWidth(); kx++) {
        int column = window * shape.strideX() - shape.left() + kx * shape.dilation();
        if (inside(y, column)) {
          long pixel = to + ((long) y * shape.width() + column) * shape.channels();
          for (int c = 0; c < shape.channels(); c++) {
            Floats.write(dx, pixel + c, Floats.read(dx, pixel + c) + Floats.read(image, from + c));
          }
        }
        from += shape.channels();
      }
    }
  }

  private boolean inside(int y, int column) {
    return y >= 0 && y < shape.height() && column >= 0 && column < shape.width();
  }
}
