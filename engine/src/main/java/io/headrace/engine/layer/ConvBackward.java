package io.headrace.engine.layer;

import io.headrace.engine.kernel.ImageKernels;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The backward pass of a convolution without pooling, as matrix products, image by image. For the
 * filters' gradients windows are copied out, side by side, so that a product has many terms.
 */
final class ConvBackward {
  /** Terms of a product: its part of the windows and slopes stays in a usual first-level cache. */
  private static final int PIXELS = 64;

  private final Kernels kernels;
  private final ConvGeometry shape;
  private final PaddedImage image;
  private final ConvWeights weights;
  private final DenseValue x;
  private final SlopeRows slopes;
  private final long[] parts;
  private final MemorySegment places;
  private final RowGroups groups;
  private final MemorySegment all;
  private final long size;
  private final NarrowFilterSums narrow;
  private final boolean packs;

  ConvBackward(
      Kernels kernels,
      ConvGeometry shape,
      PaddedImage image,
      ConvWeights weights,
      DenseValue x,
      DenseValue y,
      boolean rectify) {
    this.kernels = kernels;
    this.shape = shape;
    this.image = image;
    this.weights = weights;
    this.x = x;
    int pixels = shape.outHeight() * shape.outWidth();
    this.slopes = new SlopeRows(kernels, weights, y, pixels, rectify);
    this.parts = image.segmentPlaces();
    this.places = Floats.allocate(weights.filters());
    for (int filter = 0; filter < weights.filters(); filter++) {
      Floats.writeInt(places, filter, filter * weights.filterSize());
    }
    this.groups = new RowGroups(RowGroups.of(weights.filters()));
    for (int group = 0; group < groups.count(); group++) {
      groups.write(group, group * ImageKernels.CHOICE, group * ImageKernels.CHOICE, 0);
    }
    this.all = groups.choiceOf(weights.filters());
    this.size = image.size();
    this.narrow = new NarrowFilterSums(kernels, shape, image, weights);
    this.packs = NarrowFilterSums.suits(shape);
  }

  long scratch() {
    int window = packs ? narrow.windowSize() : weights.filterSize();
    return windowsAt() + (long) PIXELS * window + Kernels.BLOCK;
  }

  void run(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    long gradients = weights.startShard(pass, shard);
    if (packs) {
      narrow.start(scratch, sumsAt());
    }
    for (int row = from; row < to; row++) {
      image.load(x, pass, row, scratch, 0);
      slopes.load(row, scratch, 2 * size, gradients);
      addToFilters(row, scratch, gradients);
      if (x.wantsGradients()) {
        Floats.fill(scratch, size, size, 0);
        addToImage(row, scratch);
        image.fold(scratch, size, x.gradients(), (long) row * x.stride());
      }
    }
    if (packs) {
      narrow.end(scratch, sumsAt(), gradients);
    }
  }

  private long sumsAt() {
    return 2 * size + slopes.size();
  }

  private long windowsAt() {
    return sumsAt() + (packs ? narrow.size() : 0);
  }

  private void addToFilters(int row, MemorySegment scratch, long gradients) {
    int pixels = shape.outHeight() * shape.outWidth();
    for (int first = 0; first < pixels; first += PIXELS) {
      int end = Math.min(pixels, first + PIXELS);
      copyWindows(first, end, scratch);
      MemorySegment memory = slopes.memory(scratch);
      long slopesAt = slopes.start(row, 2 * size) + (long) first * weights.lanes();
      if (packs) {
        narrow.add(end - first, scratch, windowsAt(), memory, slopesAt, sumsAt());
        continue;
      }
      kernels.addProduct(
          weights.filters(),
          weights.filterSize(),
          end - first,
          memory,
          slopesAt,
          1,
          weights.lanes(),
          scratch,
          windowsAt(),
          weights.filterSize(),
          weights.gradients(),
          gradients,
          weights.filterSize());
    }
  }

  /**
   * Copies the windows of output pixels as filters lie; what is behind a segment's end counts not.
   */
  private void copyWindows(int first, int end, MemorySegment scratch) {
    int width = shape.outWidth();
    int count;
    for (int pixel = first; pixel < end; pixel += count) {
      count = Math.min(end - pixel, width - pixel % width);
      long window = image.window(pixel / width, pixel % width);
      if (packs) {
        long to = windowsAt() + (long) (pixel - first) * narrow.windowSize();
        narrow.copy(count, scratch, window, to);
        continue;
      }
      kernels.copyWindows(
          count,
          weights.stride(),
          parts,
          scratch,
          window,
          image.step(),
          scratch,
          windowsAt() + (long) (pixel - first) * weights.filterSize(),
          weights.filterSize());
    }
  }

  /** Windows of neighbours overlap: a product takes a tap at a time, or a window at a time. */
  private void addToImage(int row, MemorySegment scratch) {
    MemorySegment memory = slopes.memory(scratch);
    long slopesAt = slopes.start(row, 2 * size);
    int width = shape.outWidth();
    if (shape.channels() % Kernels.BLOCK == 0) {
      for (int segment = 0; segment < parts.length; segment++) {
        for (int tap = 0; tap < image.length(); tap += shape.channels()) {
          addTap(
              memory, slopesAt, parts[segment] + tap, weights.filterPart(segment) + tap, scratch);
        }
      }
      return;
    }
    for (int pixel = 0; pixel < shape.outHeight() * width; pixel++) {
      long window = image.window(pixel / width, pixel % width);
      addWindow(memory, slopesAt + (long) pixel * weights.lanes(), window, scratch);
    }
  }

  /** Adds a tap of all windows, a row of them at a time: its weights stay in the cache. */
  private void addTap(
      MemorySegment slopes, long slopesAt, long part, long filterPart, MemorySegment scratch) {
    for (int y = 0; y < shape.outHeight(); y++) {
      kernels.addProduct(
          shape.outWidth(),
          shape.channels(),
          weights.filters(),
          slopes,
          slopesAt + (long) y * shape.outWidth() * weights.lanes(),
          weights.lanes(),
          1,
          weights.values(),
          weights.offset() + filterPart,
          weights.filterSize(),
          scratch,
          size + image.window(y, 0) + part,
          image.step());
    }
  }

  private void addWindow(MemorySegment slopes, long slopesAt, long window, MemorySegment scratch) {
    for (int part = 0; part < parts.length; part += image.alike()) {
      kernels.addRows(
          groups.count(),
          image.alike(),
          weights.stride(),
          groups.terms(),
          0,
          all,
          0,
          slopes,
          slopesAt,
          places,
          0,
          1,
          weights.values(),
          weights.offset() + weights.filterPart(part),
          weights.stride(),
          scratch,
          size + window + parts[part],
          image.apart());
    }
  }
}
