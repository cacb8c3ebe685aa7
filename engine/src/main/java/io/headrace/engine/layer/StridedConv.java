package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.kernel.TileTransform;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The passes of a convolution of 3 by 3 at stride 2 in tiles of {@link TileTransform}: 81 products
 * where the direct way needs 144. A few images make a group, so that each matrix of the filters
 * meets enough tiles. The backward pass transforms input and slopes once for both gradients.
 */
final class StridedConv {
  private static final int SIDE = TileTransform.SIDE;
  private static final int ROW = TileTransform.ELEMENTS;
  private static final int ELEMENTS = ROW * ROW;

  /** Tiles to have in a group, where there are as many. */
  private static final int TILES = 32;

  private static final int FEWEST_CHANNELS = 2 * Kernels.BLOCK;

  private final Kernels kernels;
  private final ConvGeometry shape;
  private final PaddedImage image;
  private final ConvWeights weights;
  private final StridedFilters filters;
  private final DenseValue x;
  private final DenseValue y;
  private final boolean rectify;
  private final SlopeRows slopes;
  private final MemorySegment zeros;
  private final int tiles;
  private final int group;

  StridedConv(
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
    this.filters = new StridedFilters(kernels, shape, weights);
    this.x = x;
    this.y = y;
    this.rectify = rectify;
    int pixels = shape.outHeight() * shape.outWidth();
    this.slopes = new SlopeRows(kernels, weights, y, pixels, rectify);
    this.zeros = Floats.allocate(Math.max(shape.channels(), weights.filters()));
    this.tiles = pixels / (SIDE * SIDE);
    this.group = Math.ceilDiv(TILES, tiles);
  }

  /** Whether the convolution has sizes that this is made for. */
  static boolean suits(ConvGeometry shape, int filters) {
    return shape.kernelHeight() == 3
        && shape.kernelWidth() == 3
        && shape.strideY() == 2
        && shape.strideX() == 2
        && shape.dilation() == 1
        && shape.outHeight() % SIDE == 0
        && shape.outWidth() % SIDE == 0
        && shape.channels() % Kernels.BLOCK == 0
        && shape.channels() >= FEWEST_CHANNELS
        && filters % Kernels.BLOCK == 0;
  }

  long scratch() {
    return gradientsAt() + filters.size();
  }

  private long slopesAt() {
    return image.size();
  }

  private long elementsAt() {
    return slopesAt() + slopes.size();
  }

  private long productsAt() {
    return elementsAt() + ROW * elementRows();
  }

  private long gradientsAt() {
    return productsAt() + ROW * productRows();
  }

  /**
   * From a tile's row of elements to the next tile's, which follows: a row of all tiles lies
   * together.
   */
  private long elementRow() {
    return (long) ROW * shape.channels();
  }

  private long productRow() {
    return (long) ROW * weights.filters();
  }

  /**
   * From a row of elements to the next, a block more than needed: powers of two share cache sets.
   */
  private long elementRows() {
    return (long) group * tiles * elementRow() + Kernels.BLOCK;
  }

  private long productRows() {
    return (long) group * tiles * productRow() + Kernels.BLOCK;
  }

  /** Where an element of the first tile lies. */
  private long elementAt(int element) {
    return elementsAt() + element / ROW * elementRows() + (long) (element % ROW) * shape.channels();
  }

  private long productAt(int element) {
    return productsAt()
        + element / ROW * productRows()
        + (long) (element % ROW) * weights.filters();
  }

  void forward(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    for (int row = from; row < to; row += group) {
      int images = Math.min(group, to - row);
      for (int i = 0; i < images; i++) {
        image.load(x, pass, row + i, scratch, 0);
        transformImage(i, scratch);
      }
      multiply(images, scratch);
      for (int i = 0; i < images; i++) {
        transformProducts(row + i, i, scratch);
        finish(row + i);
      }
    }
  }

  void backward(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    long gradients = weights.startShard(pass, shard);
    Floats.fill(scratch, gradientsAt(), filters.size(), 0);
    for (int row = from; row < to; row += group) {
      int images = Math.min(group, to - row);
      for (int i = 0; i < images; i++) {
        image.load(x, pass, row + i, scratch, 0);
        transformImage(i, scratch);
        slopes.load(row + i, scratch, slopesAt(), gradients);
        transformSlopes(row + i, i, scratch);
      }
      addToFilters(images, scratch);
      if (x.wantsGradients()) {
        multiplySlopes(images, scratch);
        for (int i = 0; i < images; i++) {
          transformGradients(i, scratch);
          image.fold(scratch, 0, x.gradients(), (long) (row + i) * x.stride());
        }
      }
    }
    filters.addGradients(scratch, gradientsAt(), gradients);
  }

  private void transformImage(int place, MemorySegment scratch) {
    int channels = shape.channels();
    long to = elementsAt() + (long) place * tiles * elementRow();
    for (int i = 0; i < shape.outHeight(); i += SIDE) {
      for (int j = 0; j < shape.outWidth(); j += SIDE) {
        kernels.transformTile(
            TileTransform.INPUT,
            channels,
            scratch,
            image.window(i, j),
            image.segment(1),
            channels,
            scratch,
            to,
            elementRows(),
            channels);
        to += elementRow();
      }
    }
  }

  private void multiply(int images, MemorySegment scratch) {
    int channels = shape.channels();
    int outputs = weights.filters();
    for (int element = 0; element < ELEMENTS; element++) {
      kernels.product(
          images * tiles,
          outputs,
          channels,
          scratch,
          elementAt(element),
          elementRow(),
          1,
          filters.forward(),
          filters.matrix(element),
          outputs,
          zeros,
          0,
          0,
          scratch,
          productAt(element),
          productRow());
    }
  }

  private void transformProducts(int row, int place, MemorySegment scratch) {
    int outputs = weights.filters();
    long from = productsAt() + (long) place * tiles * productRow();
    long line = (long) shape.outWidth() * outputs;
    for (int i = 0; i < shape.outHeight(); i += SIDE) {
      for (int j = 0; j < shape.outWidth(); j += SIDE) {
        kernels.transformTile(
            TileTransform.OUTPUT,
            outputs,
            scratch,
            from,
            productRows(),
            outputs,
            y.buffer(),
            (long) row * y.stride() + i * line + (long) j * outputs,
            line,
            outputs);
        from += productRow();
      }
    }
  }

  private void finish(int row) {
    if (!rectify && !weights.biased()) {
      return;
    }
    int outputs = weights.filters();
    MemorySegment sums = y.buffer();
    long end = (long) row * y.stride() + y.width();
    for (long at = end - y.width(); at < end; at += outputs) {
      kernels.addBias(outputs, sums, at, weights.bias(), weights.biasOffset(), rectify, sums, at);
    }
  }

  private void transformSlopes(int row, int place, MemorySegment scratch) {
    int outputs = weights.filters();
    long to = productsAt() + (long) place * tiles * productRow();
    long line = (long) shape.outWidth() * outputs;
    for (int i = 0; i < shape.outHeight(); i += SIDE) {
      for (int j = 0; j < shape.outWidth(); j += SIDE) {
        kernels.transformTile(
            TileTransform.SLOPES,
            outputs,
            slopes.memory(scratch),
            slopes.start(row, slopesAt()) + i * line + (long) j * outputs,
            line,
            outputs,
            scratch,
            to,
            productRows(),
            outputs);
        to += productRow();
      }
    }
  }

  private void addToFilters(int images, MemorySegment scratch) {
    int channels = shape.channels();
    int outputs = weights.filters();
    for (int element = 0; element < ELEMENTS; element++) {
      kernels.addProduct(
          outputs,
          channels,
          images * tiles,
          scratch,
          productAt(element),
          1,
          productRow(),
          scratch,
          elementAt(element),
          elementRow(),
          scratch,
          gradientsAt() + filters.matrix(element),
          channels);
    }
  }

  /** Puts the gradients by the input's elements where these were. */
  private void multiplySlopes(int images, MemorySegment scratch) {
    int channels = shape.channels();
    int outputs = weights.filters();
    for (int element = 0; element < ELEMENTS; element++) {
      kernels.product(
          images * tiles,
          channels,
          outputs,
          scratch,
          productAt(element),
          productRow(),
          1,
          filters.backward(),
          filters.matrix(element),
          channels,
          zeros,
          0,
          0,
          scratch,
          elementAt(element),
          elementRow());
    }
  }

  private void transformGradients(int place, MemorySegment scratch) {
    int channels = shape.channels();
    long from = elementsAt() + (long) place * tiles * elementRow();
    Floats.fill(scratch, 0, image.size(), 0);
    for (int i = 0; i < shape.outHeight(); i += SIDE) {
      for (int j = 0; j < shape.outWidth(); j += SIDE) {
        kernels.transformTile(
            TileTransform.INPUT_GRADIENT,
            channels,
            scratch,
            from,
            elementRows(),
            channels,
            scratch,
            image.window(i, j),
            image.segment(1),
            channels);
        from += elementRow();
      }
    }
  }
}
