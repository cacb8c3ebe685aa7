package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/** The backward pass of a convolution without pooling, as matrix products, image by image. */
final class ConvBackward {
  private final Kernels kernels;
  private final ConvGeometry shape;
  private final ConvInput input;
  private final ConvWeights weights;
  private final DenseValue x;
  private final SlopeRows slopes;
  private final long size;

  ConvBackward(
      Kernels kernels,
      ConvGeometry shape,
      ConvInput input,
      ConvWeights weights,
      DenseValue x,
      DenseValue y,
      boolean rectify) {
    this.kernels = kernels;
    this.shape = shape;
    this.input = input;
    this.weights = weights;
    this.x = x;
    int pixels = shape.outHeight() * shape.outWidth();
    this.slopes = new SlopeRows(kernels, weights, y, pixels, rectify);
    this.size = Math.ceilDiv(input.size(), Kernels.BLOCK) * Kernels.BLOCK;
  }

  long scratch() {
    return 2 * size + slopes.size();
  }

  void run(Pass pass, int shard, int from, int to, MemorySegment scratch) {
    long gradients = weights.startShard(pass, shard);
    for (int row = from; row < to; row++) {
      input.load(x.values(pass), x.start(pass, row), scratch, 0);
      slopes.load(row, scratch, 2 * size, gradients);
      addToFilters(scratch, gradients);
      if (x.wantsGradients()) {
        Floats.fill(scratch, size, size, 0);
        addToImage(scratch);
        input.fold(scratch, size, x.gradients(), (long) row * x.stride());
      }
    }
  }

  private void addToFilters(MemorySegment scratch, long gradients) {
    int lanes = weights.lanes();
    for (int y = 0; y < shape.outHeight(); y++) {
      for (int segment = 0; segment < input.segments(); segment++) {
        kernels.addProduct(
            weights.filters(),
            weights.stride(),
            shape.outWidth(),
            scratch,
            2 * size + (long) y * shape.outWidth() * lanes,
            1,
            lanes,
            scratch,
            input.window(y, 0) + input.segment(segment),
            input.step(),
            weights.gradients(),
            gradients + (long) segment * weights.stride(),
            weights.filterSize());
      }
    }
  }

  /** Windows of neighbours overlap, so a product takes as much of them as does not. */
  private void addToImage(MemorySegment scratch) {
    int lanes = weights.lanes();
    for (int y = 0; y < shape.outHeight(); y++) {
      for (int segment = 0; segment < input.segments(); segment++) {
        for (int part = 0; part < input.length(); part += input.apart()) {
          kernels.addProduct(
              shape.outWidth(),
              Kernels.padded(input.apart()),
              weights.filters(),
              scratch,
              2 * size + (long) y * shape.outWidth() * lanes,
              lanes,
              1,
              weights.values(),
              weights.offset() + (long) segment * weights.stride() + part,
              weights.filterSize(),
              scratch,
              size + input.window(y, 0) + input.segment(segment) + part,
              input.step());
        }
      }
    }
  }
}
