package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The backward pass of a convolution in front of a max pooling: only the pixel that won its window,
 * at most a quarter of them for windows of 2 by 2, has a gradient, so sums go over lists of
 * winners. Exact: what is left out is 0.
 */
final class PooledConvBackward {
  private final Kernels kernels;
  private final ConvInput input;
  private final ConvWeights weights;
  private final DenseValue x;
  private final DenseValue y;
  private final SlopeRows slopes;
  private final MemorySegment winners;
  private final int height;
  private final int width;
  private final int pool;
  private final long[] places;
  private final long[] imageParts;
  private final long[] filterParts;
  private final long imageSize;
  private final int[][] counts;
  private final int[][] pixelCounts;

  PooledConvBackward(
      LayerScope scope,
      ConvGeometry shape,
      ConvInput input,
      ConvWeights weights,
      ConvForward forward,
      DenseValue x,
      DenseValue y,
      boolean rectify) {
    this.kernels = scope.kernels();
    this.input = input;
    this.weights = weights;
    this.x = x;
    this.y = y;
    this.pool = forward.pool();
    this.height = shape.outHeight() / pool;
    this.width = shape.outWidth() / pool;
    this.slopes = new SlopeRows(kernels, weights, y, height * width, rectify);
    this.winners = forward.winners();
    this.places = new long[pool * pool];
    for (int i = 0; i < places.length; i++) {
      places[i] = input.window(i / pool, i % pool);
    }
    this.imageParts = input.segmentPlaces();
    this.filterParts = new long[input.segments()];
    for (int segment = 0; segment < filterParts.length; segment++) {
      filterParts[segment] = (long) segment * weights.stride();
    }
    this.imageSize = Math.ceilDiv(input.size(), Kernels.BLOCK) * Kernels.BLOCK;
    this.counts = new int[scope.shards()][weights.filters()];
    this.pixelCounts = new int[scope.shards()][places.length];
  }

  long scratch() {
    return pixelListsAt() + 2L * places.length * pixelListSize();
  }

  private long slopesAt() {
    return 2 * imageSize;
  }

  /** For each filter its winners' slopes, then for each their places. */
  private long listsAt() {
    return slopesAt() + slopes.size();
  }

  /** For each pixel of a window the slopes of the filters it won, then for each their numbers. */
  private long pixelListsAt() {
    return listsAt() + 2L * weights.filters() * height * width;
  }

  private long pixelListSize() {
    return (long) weights.lanes() + Kernels.BLOCK;
  }

  void run(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    long gradients = weights.startShard(pass, shard);
    for (int row = from; row < to; row++) {
      input.load(x.values(pass), x.start(pass, row), scratch, 0);
      slopes.load(row, scratch, slopesAt(), gradients);
      Arrays.fill(counts[shard], 0);
      if (x.wantsGradients()) {
        Floats.fill(scratch, imageSize, imageSize, 0);
      }
      for (int window = 0; window < height * width; window++) {
        listWinners(row, window, counts[shard], pixelCounts[shard], scratch);
      }
      addToFilters(counts[shard], scratch, gradients);
      if (x.wantsGradients()) {
        input.fold(scratch, imageSize, x.gradients(), (long) row * x.stride());
      }
    }
  }

  /** Appends a window's winners to the filters' lists, and adds their filters to the image. */
  private void listWinners(int row, int window, int[] count, int[] ofPixel, MemorySegment scratch) {
    int filters = weights.filters();
    long base = input.window(window / width * pool, window % width * pool);
    long pixelPlaces = pixelListsAt() + places.length * pixelListSize();
    kernels.listWinners(
        filters,
        scratch,
        slopesAt() + (long) window * weights.lanes(),
        winners,
        (long) row * y.stride() + (long) window * filters,
        scratch,
        pixelListsAt(),
        pixelPlaces,
        pixelListSize(),
        ofPixel);
    for (int pixel = 0; pixel < places.length; pixel++) {
      long from = pixel * pixelListSize();
      int place = (int) (base + places[pixel]);
      append(ofPixel[pixel], from, place, count, scratch);
      if (ofPixel[pixel] > 0 && x.wantsGradients()) {
        addToImage(ofPixel[pixel], pixelListsAt() + from, pixelPlaces + from, place, scratch);
      }
    }
  }

  /** Appends the slopes of one pixel to the lists of their filters. */
  private void append(
      int winnersOfPixel, long from, int place, int[] count, MemorySegment scratch) {
    int windows = height * width;
    long slope = pixelListsAt() + from;
    long number = slope + places.length * pixelListSize();
    long lists = listsAt();
    long listPlaces = lists + (long) weights.filters() * windows;
    for (int i = 0; i < winnersOfPixel; i++) {
      int filter = Floats.readInt(scratch, number + i);
      long next = (long) filter * windows + count[filter]++;
      Floats.write(scratch, lists + next, Floats.read(scratch, slope + i));
      Floats.writeInt(scratch, listPlaces + next, place);
    }
  }

  private void addToImage(
      int count, long listAt, long placesAt, long window, MemorySegment scratch) {
    kernels.addRows(
        count,
        weights.stride(),
        scratch,
        listAt,
        scratch,
        placesAt,
        weights.filterSize(),
        weights.values(),
        weights.offset(),
        filterParts,
        scratch,
        imageSize + window,
        imageParts);
  }

  private void addToFilters(int[] count, MemorySegment scratch, long gradients) {
    int windows = height * width;
    long lists = listsAt();
    long listPlaces = lists + (long) weights.filters() * windows;
    for (int filter = 0; filter < weights.filters(); filter++) {
      long at = (long) filter * windows;
      kernels.addRows(
          count[filter],
          weights.stride(),
          scratch,
          lists + at,
          scratch,
          listPlaces + at,
          1,
          scratch,
          0,
          imageParts,
          weights.gradients(),
          gradients + (long) filter * weights.filterSize(),
          filterParts);
    }
  }
}
