package io.headrace.engine.layer;

import static io.headrace.engine.kernel.ImageKernels.elements;

import io.headrace.engine.kernel.Kernels;
import java.lang.foreign.MemorySegment;

/**
 * Sums by Winograd's algorithm, tiles of 4 by 4 outputs or else of 2 by 2: 36 or 16 multiplications
 * where the direct way needs 144 or 36. Immutable.
 *
 * @param side outputs of a tile's side
 */
record WinogradSums(
    Kernels kernels, ConvGeometry shape, PaddedImage image, ConvWeights weights, int side)
    implements ConvSums {
  private static final int TILES = 16;
  private static final int FEWEST_CHANNELS = 2 * Kernels.BLOCK;

  /** The side of its tiles if the convolution has sizes that this is made for, or else 0. */
  static int side(ConvGeometry shape) {
    boolean suits =
        shape.kernelHeight() == 3
            && shape.kernelWidth() == 3
            && shape.strideY() == 1
            && shape.strideX() == 1
            && shape.dilation() == 1
            && shape.channels() % Kernels.BLOCK == 0
            && shape.channels() >= FEWEST_CHANNELS;
    if (!suits || shape.outHeight() % 2 != 0 || shape.outWidth() % 2 != 0) {
      return 0;
    }
    return shape.outHeight() % 4 == 0 && shape.outWidth() % 4 == 0 ? 4 : 2;
  }

  @Override
  public int stripRows() {
    return side * Math.ceilDiv(TILES, shape.outWidth() / side);
  }

  @Override
  public long work() {
    return elements(side) * (inputStep(stripRows()) + productStep(stripRows()));
  }

  @Override
  public void compute(
      MemorySegment memory,
      long at,
      int row,
      int rows,
      MemorySegment sums,
      long sumsAt,
      long work) {
    long products = work + elements(side) * inputStep(rows);
    transformInput(memory, at, row, rows, work);
    multiply(memory, rows, work, products);
    transformProducts(memory, rows, products, sums, sumsAt);
  }

  private void transformInput(MemorySegment memory, long at, int row, int rows, long to) {
    int channels = shape.channels();
    long pitch = image.segment(1);
    int tile = 0;
    for (int y = row; y < row + rows; y += side) {
      for (int x = 0; x < shape.outWidth(); x += side) {
        kernels.winogradInput(
            side,
            channels,
            memory,
            at + image.window(y, x),
            pitch,
            channels,
            memory,
            to + (long) tile++ * channels,
            inputStep(rows));
      }
    }
  }

  private void multiply(MemorySegment memory, int rows, long from, long to) {
    int channels = shape.channels();
    int lanes = weights.lanes();
    for (int element = 0; element < elements(side); element++) {
      kernels.product(
          tiles(rows),
          lanes,
          channels,
          memory,
          from + element * inputStep(rows),
          channels,
          1,
          weights.winograd(),
          element * weights.winogradStep(),
          lanes,
          weights.zeros(),
          0,
          0,
          memory,
          to + element * productStep(rows),
          lanes);
    }
  }

  private void transformProducts(
      MemorySegment memory, int rows, long from, MemorySegment sums, long sumsAt) {
    int lanes = weights.lanes();
    long line = (long) shape.outWidth() * lanes;
    int tile = 0;
    for (int y = 0; y < rows; y += side) {
      for (int x = 0; x < shape.outWidth(); x += side) {
        kernels.winogradOutput(
            side,
            lanes,
            memory,
            from + (long) tile++ * lanes,
            productStep(rows),
            sums,
            sumsAt + y * line + (long) x * lanes,
            line,
            lanes);
      }
    }
  }

  private int tiles(int rows) {
    return rows / side * (shape.outWidth() / side);
  }

  /** From an element to the next, a block more than needed: powers of two share cache sets. */
  private long inputStep(int rows) {
    return (long) tiles(rows) * shape.channels() + Kernels.BLOCK;
  }

  private long productStep(int rows) {
    return (long) tiles(rows) * weights.lanes() + Kernels.BLOCK;
  }
}
