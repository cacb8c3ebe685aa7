package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The forward pass of a convolution, image by image and a strip of rows at a time: sums, then bias,
 * pooling and rectifier while the strip is in the cache.
 */
final class ConvForward {
  private final Kernels kernels;
  private final ConvGeometry shape;
  private final PaddedImage image;
  private final ConvWeights weights;
  private final ConvSums sums;
  private final DenseValue x;
  private final DenseValue y;
  private final boolean rectify;
  private final int pool;
  private final int stripRows;
  private final long[] places;
  private final int[] marks;
  private final int pixels;
  private final MemorySegment winners;

  /** Whether sums lie as outputs do, and are computed there. */
  private final boolean inPlace;

  ConvForward(
      Kernels kernels,
      ConvGeometry shape,
      PaddedImage image,
      ConvWeights weights,
      ConvSums sums,
      DenseValue x,
      DenseValue y,
      boolean rectify,
      int pool) {
    this.kernels = kernels;
    this.shape = shape;
    this.image = image;
    this.weights = weights;
    this.sums = sums;
    this.x = x;
    this.y = y;
    this.rectify = rectify;
    this.pool = pool;
    this.stripRows = Math.ceilDiv(sums.stripRows(), pool) * pool;
    this.places = new long[pool * pool];
    this.marks = new int[pool * pool];
    for (int i = 0; i < places.length; i++) {
      marks[i] = (int) image.window(i / pool, i % pool);
      places[i] = ((long) (i / pool) * shape.outWidth() + i % pool) * weights.lanes();
    }
    this.pixels = (shape.outHeight() / pool) * (shape.outWidth() / pool);
    long rows = Floats.count(y.buffer()) / y.stride();
    this.inPlace = pool == 1 && weights.lanes() == weights.filters();
    this.winners = Floats.allocate(pool > 1 ? rows * pixels * weights.lanes() : 0);
  }

  /**
   * The place of the window in the image that each element of y comes from, as 32-bit integers,
   * laid out as [row][pixel][lanes].
   */
  MemorySegment winners() {
    return winners;
  }

  /** The places of a pooling window's pixels, counted from the first. */
  int[] marks() {
    return marks.clone();
  }

  int pool() {
    return pool;
  }

  long scratch() {
    return sumsAt() + (long) stripRows * shape.outWidth() * weights.lanes() + sums.work();
  }

  private long sumsAt() {
    return image.size();
  }

  void run(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    long sumsAt = sumsAt();
    long work = sumsAt + (long) stripRows * shape.outWidth() * weights.lanes();
    int rows = shape.outHeight() / pool * pool;
    for (int row = from; row < to; row++) {
      image.load(x, pass, row, scratch, 0);
      for (int top = 0; top < rows; top += stripRows) {
        int height = Math.min(stripRows, rows - top);
        MemorySegment out = inPlace ? y.buffer() : scratch;
        long at = inPlace ? place(row, top) : sumsAt;
        sums.compute(scratch, 0, top, height, out, at, work);
        if (!inPlace || rectify || weights.biased()) {
          finish(row, top, height, out, at);
        }
      }
    }
  }

  /** Where the outputs of row {@code top}, in pixels pooled, begin. */
  private long place(int row, int top) {
    long line = (long) (shape.outWidth() / pool) * weights.filters();
    return (long) row * y.stride() + top / pool * line;
  }

  private void finish(int row, int top, int height, MemorySegment memory, long sumsAt) {
    int lanes = weights.lanes();
    int filters = weights.filters();
    int width = shape.outWidth() / pool;
    long to = place(row, top);
    long winner = ((long) row * pixels + (long) top / pool * width) * lanes;
    for (int line = 0; line < height; line += pool) {
      long from = sumsAt + (long) line * shape.outWidth() * lanes;
      finishLine(width, memory, from, (int) image.window(top + line, 0), to, winner);
      to += (long) width * filters;
      winner += (long) width * lanes;
    }
  }

  /** Finishes a line of pixels of y. */
  private void finishLine(
      int width, MemorySegment sums, long from, int window, long to, long winner) {
    MemorySegment bias = weights.bias();
    long biasAt = weights.biasOffset();
    int filters = weights.filters();
    int lanes = weights.lanes();
    if (pool > 1) {
      kernels.maxOfRows(
          width,
          filters,
          places,
          sums,
          from,
          (long) pool * lanes,
          bias,
          biasAt,
          rectify,
          y.buffer(),
          to,
          filters,
          window,
          (int) image.step() * pool,
          marks,
          winners,
          winner,
          lanes);
      return;
    }
    for (int pixel = 0; pixel < width; pixel++) {
      long sum = from + (long) pixel * lanes;
      long out = to + (long) pixel * filters;
      kernels.addBias(filters, sums, sum, bias, biasAt, rectify, y.buffer(), out);
    }
  }
}
