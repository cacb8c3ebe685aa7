package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The gradient by a convolution's sums, laid out as [pixel][lanes] in a worker's memory, and the
 * bias's part of it. Immutable.
 *
 * @param pixels of y
 */
record SlopeRows(Kernels kernels, ConvWeights weights, DenseValue y, int pixels, boolean rectify) {

  /** Floats of the layout, and of what it needs behind it. */
  long size() {
    return (long) (pixels + 1) * weights.lanes();
  }

  /** Lays out row {@code row}, and adds the biases' gradient to those of the shard. */
  void load(int row, MemorySegment scratch, long at, long gradients) {
    int lanes = weights.lanes();
    int filters = weights.filters();
    long from = (long) row * y.stride();
    if (lanes == filters) {
      copy(pixels * lanes, from, scratch, at);
    } else {
      for (int pixel = 0; pixel < pixels; pixel++) {
        long to = at + (long) pixel * lanes;
        copy(filters, from + (long) pixel * filters, scratch, to);
        Floats.fill(scratch, to + filters, lanes - filters, 0);
      }
    }
    long sum = at + (long) pixels * lanes;
    kernels.rowSum(pixels, filters, scratch, at, lanes, scratch, sum);
    kernels.addScaled(
        filters, 1, scratch, sum, weights.gradients(), gradients + weights.biasGradient());
  }

  private void copy(int count, long from, MemorySegment scratch, long to) {
    if (rectify) {
      kernels.leakyReluGradient(count, 0, y.buffer(), from, y.gradients(), from, scratch, to);
    } else {
      Floats.copy(y.gradients(), from, scratch, to, count);
    }
  }
}
