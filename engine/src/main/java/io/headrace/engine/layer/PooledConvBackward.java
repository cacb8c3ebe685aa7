package io.headrace.engine.layer;

import io.headrace.engine.kernel.ImageKernels;
import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The backward pass of a convolution in front of a max pooling: only the pixel that won its window,
 * at most a quarter of them for windows of 2 by 2, has a gradient, so sums go over the winners
 * whose slope is not 0. Exact: what is left out is 0.
 */
final class PooledConvBackward {
  /** A tenth of a usual second-level cache: what is read for each filter anew. */
  private static final long CACHED_FLOATS = 24_000;

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
  private final RowGroups ofFilters;
  private final RowGroups ofPixels;
  private final MemorySegment filterPlaces;
  private final int cachedWindows;

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
    this.ofFilters = new RowGroups(weights.filters());
    this.ofPixels =
        new RowGroups(x.wantsGradients() ? places.length * height * width * chunks() : 0);
    this.filterPlaces = Floats.allocate(weights.filters());
    for (int filter = 0; filter < weights.filters(); filter++) {
      int place = filter * weights.filterSize();
      ofFilters.write(filter, filter, filter, place);
      Floats.writeInt(filterPlaces, filter, place);
    }
    for (int group = 0; group < ofPixels.count(); group++) {
      int first = group % chunks() * ImageKernels.CHOICE;
      int window = group / (chunks() * places.length);
      int pixel = places[group / chunks() % places.length];
      ofPixels.write(group, window * weights.lanes() + first, first, place(window) + pixel);
    }
    long rowFloats = 2L * width * weights.lanes() + image.window(pool, 0);
    int rows = (int) Math.max(1, CACHED_FLOATS / rowFloats);
    this.cachedWindows = Math.min(rows * width, ImageKernels.CHOICE);
  }

  /** The groups of a pixel, which has a slope for each filter. */
  private int chunks() {
    return RowGroups.of(weights.filters());
  }

  long scratch() {
    return chosenAt() + Math.max(ofFilters.choices(), ofPixels.choices());
  }

  private long slopesAt() {
    return 2 * imageSize;
  }

  private long chosenAt() {
    return slopesAt() + slopes.size();
  }

  void run(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    long gradients = weights.startShard(pass, shard);
    for (int row = from; row < to; row++) {
      image.load(x, pass, row, scratch, 0);
      slopes.load(row, scratch, slopesAt(), gradients);
      for (int first = 0; first < height * width; first += cachedWindows) {
        int windows = Math.min(cachedWindows, height * width - first);
        addToFilters(row, first, windows, scratch, gradients);
      }
      if (x.wantsGradients()) {
        Floats.fill(scratch, imageSize, imageSize, 0);
        addToImage(row, scratch);
        image.fold(scratch, imageSize, x.gradients(), (long) row * x.stride());
      }
    }
  }

  /** Adds the winners of some windows, few enough to stay in the cache for all filters. */
  private void addToFilters(
      int row, int first, int windows, MemorySegment scratch, long gradients) {
    int filters = weights.filters();
    int lanes = weights.lanes();
    MemorySegment memory = slopes.memory(scratch);
    long slopesAt = slopes.start(row, slopesAt()) + (long) first * lanes;
    kernels.chooseNonZero(windows, filters, memory, slopesAt, lanes, scratch, chosenAt());
    for (int part = 0; part < imageParts.length; part += image.alike()) {
      kernels.addRows(
          filters,
          image.alike(),
          weights.stride(),
          ofFilters.terms(),
          0,
          scratch,
          chosenAt(),
          memory,
          slopesAt,
          winners,
          winnersAt(row, first),
          lanes,
          scratch,
          imageParts[part],
          image.apart(),
          weights.gradients(),
          gradients + weights.filterPart(part),
          weights.stride());
    }
  }

  private void addToImage(int row, MemorySegment scratch) {
    MemorySegment memory = slopes.memory(scratch);
    long slopesAt = slopes.start(row, slopesAt());
    for (int window = 0; window < height * width; window++) {
      kernels.chooseWinners(
          weights.filters(),
          memory,
          slopesAt + (long) window * weights.lanes(),
          winners,
          winnersAt(row, window),
          place(window),
          places,
          scratch,
          chosenAt() + (long) window * places.length * chunks(),
          ofPixels.count());
    }
    for (int part = 0; part < imageParts.length; part += image.alike()) {
      kernels.addRows(
          ofPixels.count(),
          image.alike(),
          weights.stride(),
          ofPixels.terms(),
          0,
          scratch,
          chosenAt(),
          memory,
          slopesAt,
          filterPlaces,
          0,
          1,
          weights.values(),
          weights.offset() + weights.filterPart(part),
          weights.stride(),
          scratch,
          imageSize + imageParts[part],
          image.apart());
    }
  }

  private long winnersAt(int row, int window) {
    return ((long) row * height * width + window) * weights.lanes();
  }

  private int place(int window) {
    return (int) image.window(window / width * pool, window % width * pool);
  }
}
