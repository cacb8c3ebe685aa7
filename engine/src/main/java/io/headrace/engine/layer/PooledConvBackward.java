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
  private final long imageSize;
  private final int[][] counts;

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
    this.imageSize = Math.ceilDiv(input.size(), Kernels.BLOCK) * Kernels.BLOCK;
    this.counts = new int[scope.shards()][weights.filters() + places.length];
  }

  long scratch() {
    return listsAt() + 2 * (long) weights.filters() * (height * width + places.length);
  }

  private long slopesAt() {
    return 2 * imageSize;
  }

  /** For each filter its winners' slopes, then places; then for each pixel of a window the same. */
  private long listsAt() {
    return slopesAt() + slopes.size();
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
        listWinners(row, window, counts[shard], scratch);
      }
      addToFilters(counts[shard], scratch, gradients);
      if (x.wantsGradients()) {
        input.fold(scratch, imageSize, x.gradients(), (long) row * x.stride());
      }
    }
  }

  /** Appends a window's winners to the lists, and adds their filters to the image's gradient. */
  private void listWinners(int row, int window, int[] count, MemorySegment scratch) {
    int filters = weights.filters();
    int windows = height * width;
    long base = input.window(window / width * pool, window % width * pool);
    long slopesAt = slopesAt() + (long) window * weights.lanes();
    long winnersAt = (long) row * y.stride() + (long) window * filters;
    long lists = listsAt();
    long listPlaces = lists + (long) filters * windows;
    long pixelLists = listPlaces + (long) filters * windows;
    long pixelPlaces = pixelLists + (long) places.length * filters;
    for (int filter = 0; filter < filters; filter++) {
      float slope = Floats.read(scratch, slopesAt + filter);
      int winner = Floats.readInt(winners, winnersAt + filter);
      int counted = slope == 0 ? 0 : 1;
      long next = (long) filter * windows + count[filter];
      Floats.write(scratch, lists + next, slope);
      Floats.writeInt(scratch, listPlaces + next, (int) (base + places[winner]));
      count[filter] += counted;
      next = (long) winner * filters + count[filters + winner];
      Floats.write(scratch, pixelLists + next, slope);
      Floats.writeInt(scratch, pixelPlaces + next, filter * weights.filterSize());
      count[filters + winner] += counted;
    }
    for (int pixel = 0; pixel < places.length; pixel++) {
      if (x.wantsGradients() && count[filters + pixel] > 0) {
        long at = (long) pixel * filters;
        addToImage(
            count[filters + pixel],
            pixelLists + at,
            pixelPlaces + at,
            base + places[pixel],
            scratch);
      }
      count[filters + pixel] = 0;
    }
  }

  private void addToImage(
      int count, long listAt, long placesAt, long window, MemorySegment scratch) {
    for (int segment = 0; segment < input.segments(); segment++) {
      kernels.addRows(
          count,
          weights.stride(),
          scratch,
          listAt,
          scratch,
          placesAt,
          weights.values(),
          weights.offset() + (long) segment * weights.stride(),
          scratch,
          imageSize + window + input.segment(segment));
    }
  }

  private void addToFilters(int[] count, MemorySegment scratch, long gradients) {
    int windows = height * width;
    long lists = listsAt();
    long listPlaces = lists + (long) weights.filters() * windows;
    for (int filter = 0; filter < weights.filters(); filter++) {
      long at = (long) filter * windows;
      long to = gradients + (long) filter * weights.filterSize();
      for (int segment = 0; segment < input.segments(); segment++) {
        kernels.addRows(
            count[filter],
            weights.stride(),
            scratch,
            lists + at,
            scratch,
            listPlaces + at,
            scratch,
            input.segment(segment),
            weights.gradients(),
            to + (long) segment * weights.stride());
      }
    }
  }
}
