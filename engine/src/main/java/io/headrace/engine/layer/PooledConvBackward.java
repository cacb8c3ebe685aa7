package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The backward pass of a convolution in front of a max pooling: only the pixel that won its window,
 * at most a quarter of them for windows of 2 by 2, has a gradient, so sums go over lists of
 * winners. Exact: what is left out is 0.
 */
final class PooledConvBackward {
  /** Half of a usual first-level cache, the rest is for what is summed up. */
  private static final long CACHED_FLOATS = 6000;

  private final Kernels kernels;
  private final PaddedImage image;
  private final ConvWeights weights;
  private final DenseValue x;
  private final SlopeRows slopes;
  private final MemorySegment winners;
  private final int height;
  private final int width;
  private final int pool;
  private final int[] places;
  private final long[] imageParts;
  private final long imageSize;
  private final int[][][] counts;
  private final int cachedRows;

  PooledConvBackward(
      LayerScope scope,
      ConvGeometry shape,
      PaddedImage image,
      ConvWeights weights,
      ConvForward forward,
      DenseValue x,
      DenseValue y,
      boolean rectify) {
    this.kernels = scope.kernels();
    this.image = image;
    this.weights = weights;
    this.x = x;
    this.pool = forward.pool();
    this.height = shape.outHeight() / pool;
    this.width = shape.outWidth() / pool;
    this.slopes = new SlopeRows(kernels, weights, y, height * width, rectify);
    this.winners = forward.winners();
    this.places = forward.marks();
    this.imageParts = image.segmentPlaces();
    this.imageSize = image.size();
    this.counts = new int[scope.shards()][height * width][places.length];
    long rowFloats = 2L * width * weights.lanes() + image.window(pool, 0);
    this.cachedRows = (int) Math.max(1, CACHED_FLOATS / rowFloats);
  }

  long scratch() {
    return listsAt(x.wantsGradients() ? height * width : 0);
  }

  private long slopesAt() {
    return 2 * imageSize;
  }

  void run(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    long gradients = weights.startShard(pass, shard);
    for (int row = from; row < to; row++) {
      image.load(x.values(pass), x.start(pass, row), scratch, 0);
      slopes.load(row, scratch, slopesAt(), gradients);
      for (int top = 0; top < height; top += cachedRows) {
        addToFilters(row, top, Math.min(cachedRows, height - top), scratch, gradients);
      }
      if (x.wantsGradients()) {
        Floats.fill(scratch, imageSize, imageSize, 0);
        listWinners(row, counts[shard], scratch);
        for (int part = 0; part < imageParts.length; part++) {
          addToImage(part, counts[shard], scratch);
        }
        image.fold(scratch, imageSize, x.gradients(), (long) row * x.stride());
      }
    }
  }

  /** Adds the winners of some rows of windows, few enough to stay in the cache for all filters. */
  private void addToFilters(int row, int top, int rows, MemorySegment scratch, long gradients) {
    int first = top * width;
    int lanes = weights.lanes();
    for (int part = 0; part < imageParts.length; part += image.alike()) {
      kernels.addRows(
          weights.filters(),
          rows * width,
          image.alike(),
          weights.stride(),
          scratch,
          slopesAt() + (long) first * lanes,
          winners,
          ((long) row * height * width + first) * lanes,
          lanes,
          scratch,
          imageParts[part],
          image.apart(),
          weights.gradients(),
          gradients + weights.filterPart(part),
          weights.stride(),
          weights.filterSize());
    }
  }

  private void listWinners(int row, int[][] count, MemorySegment scratch) {
    for (int window = 0; window < height * width; window++) {
      kernels.listWinners(
          weights.filters(),
          weights.filterSize(),
          scratch,
          slopesAt() + (long) window * weights.lanes(),
          place(window),
          places,
          winners,
          ((long) row * height * width + window) * weights.lanes(),
          scratch,
          listsAt(window),
          listsAt(window) + places.length * listSize(),
          listSize(),
          count[window]);
    }
  }

  /** Adds one segment of the filters of all windows' winners, which stays in the cache. */
  private void addToImage(int part, int[][] count, MemorySegment scratch) {
    for (int window = 0; window < height * width; window++) {
      long lists = listsAt(window);
      for (int pixel = 0; pixel < places.length; pixel++) {
        if (count[window][pixel] > 0) {
          kernels.addRows(
              1,
              count[window][pixel],
              1,
              weights.stride(),
              scratch,
              lists + pixel * listSize(),
              scratch,
              lists + (places.length + pixel) * listSize(),
              1,
              weights.values(),
              weights.offset() + weights.filterPart(part),
              0,
              scratch,
              imageSize + place(window) + places[pixel] + imageParts[part],
              0,
              0);
        }
      }
    }
  }

  private int place(int window) {
    return (int) image.window(window / width * pool, window % width * pool);
  }

  /** A window's lists: for each of its pixels slopes of filters, then for each their places. */
  private long listsAt(int window) {
    return slopesAt() + slopes.size() + 2L * window * places.length * listSize();
  }

  private long listSize() {
    return (long) weights.lanes() + Kernels.BLOCK;
  }
}
