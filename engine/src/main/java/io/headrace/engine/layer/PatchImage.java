package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * Every window of an image copied out, side by side: for few channels, whose windows would be many
 * short segments. The image with zeros around it lies behind the windows. Immutable.
 */
final class PatchImage implements ConvInput {
  private final Kernels kernels;
  private final ConvGeometry shape;
  private final PaddedImage image;
  private final long[] places;

  PatchImage(Kernels kernels, ConvGeometry shape) {
    this.kernels = kernels;
    this.shape = shape;
    this.image = new PaddedImage(shape);
    this.places = image.segmentPlaces();
  }

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
    return imageAt() + image.size() + Kernels.BLOCK;
  }

  private long imageAt() {
    return window(shape.outHeight(), 0) + Kernels.BLOCK;
  }

  @Override
  public void load(MemorySegment x, long from, MemorySegment memory, long at) {
    long imageAt = at + imageAt();
    image.load(x, from, memory, imageAt);
    for (int y = 0; y < shape.outHeight(); y++) {
      kernels.copyWindows(
          shape.outWidth(),
          image.length(),
          places,
          memory,
          imageAt + image.window(y, 0),
          image.step(),
          memory,
          at + window(y, 0),
          step());
    }
  }

  @Override
  public void fold(MemorySegment memory, long at, MemorySegment dx, long to) {
    long imageAt = at + imageAt();
    Floats.fill(memory, imageAt, image.size(), 0);
    for (int y = 0; y < shape.outHeight(); y++) {
      for (int window = 0; window < shape.outWidth(); window++) {
        long from = at + window(y, window);
        for (long place : places) {
          addScaled(memory, from, imageAt + image.window(y, window) + place);
          from += image.length();
        }
      }
    }
    image.fold(memory, imageAt, dx, to);
  }

  private void addScaled(MemorySegment memory, long from, long to) {
    kernels.addScaled(image.length(), 1, memory, from, memory, to);
  }
}
