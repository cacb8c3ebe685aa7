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
  private final Kernels kernels;
  private final PaddedImage image;
  private final ConvWeights weights;
  private final DenseValue x;
  private final DenseValue y;
  private final SlopeRows slopes;
  private final MemorySegment winners;
  private final int height;
  private final int width;
  private final int pool;
  private final int[] places;
  private final long[] imageParts;
  private final long[] filterParts;
  private final long imageSize;
  private final int[][] counts;

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
    this.y = y;
    this.pool = forward.pool();
    this.height = shape.outHeight() / pool;
    this.width = shape.outWidth() / pool;
    this.slopes = new SlopeRows(kernels, weights, y, height * width, rectify);
    this.winners = forward.winners();
    this.places = forward.marks();
    this.imageParts = image.segmentPlaces();
    this.filterParts = weights.filterParts();
    this.imageSize = image.size();
    this.counts = new int[scope.shards()][places.length];
  }

  long scratch() {
    return listsAt() + 2L * places.length * listSize();
  }

  private long slopesAt() {
    return 2 * imageSize;
  }

  /** For each pixel of a window the slopes of the filters it won, then for each their numbers. */
  private long listsAt() {
    return slopesAt() + slopes.size();
  }

  private long listSize() {
    return (long) weights.lanes() + Kernels.BLOCK;
  }

  void run(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    long gradients = weights.startShard(pass, shard);
    for (int row = from; row < to; row++) {
      image.load(x.values(pass), x.start(pass, row), scratch, 0);
      slopes.load(row, scratch, slopesAt(), gradients);
      addToFilters(row, scratch, gradients);
      if (x.wantsGradients()) {
        Floats.fill(scratch, imageSize, imageSize, 0);
        for (int window = 0; window < height * width; window++) {
          addToImage(row, window, counts[shard], scratch);
        }
        image.fold(scratch, imageSize, x.gradients(), (long) row * x.stride());
      }
    }
  }

  private void addToFilters(int row, MemorySegment scratch, long gradients) {
    for (int filter = 0; filter < weights.filters(); filter++) {
      kernels.addRows(
          height * width,
          weights.stride(),
          scratch,
          slopesAt() + filter,
          weights.lanes(),
          winners,
          (long) row * y.stride() + filter,
          weights.filters(),
          1,
          scratch,
          0,
          imageParts,
          weights.gradients(),
          gradients + (long) filter * weights.filterSize(),
          filterParts);
    }
  }

  /** Adds each filter of a window to the pixel that it comes from. */
  private void addToImage(int row, int window, int[] count, MemorySegment scratch) {
    int filters = weights.filters();
    int place = (int) image.window(window / width * pool, window % width * pool);
    long numbersAt = listsAt() + places.length * listSize();
    kernels.listWinners(
        filters,
        scratch,
        slopesAt() + (long) window * weights.lanes(),
        place,
        places,
        winners,
        (long) row * y.stride() + (long) window * filters,
        scratch,
        listsAt(),
        numbersAt,
        listSize(),
        count);
    for (int pixel = 0; pixel < places.length; pixel++) {
      if (count[pixel] > 0) {
        kernels.addRows(
            count[pixel],
            weights.stride(),
            scratch,
            listsAt() + pixel * listSize(),
            1,
            scratch,
            numbersAt + pixel * listSize(),
            1,
            weights.filterSize(),
            weights.values(),
            weights.offset(),
            filterParts,
            scratch,
            imageSize + place + places[pixel],
            imageParts);
      }
    }
  }
}
