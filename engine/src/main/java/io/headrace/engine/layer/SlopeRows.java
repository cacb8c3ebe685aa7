package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The gradient by a convolution's sums, laid out as [pixel][lanes], and the bias's part of it: in a
 * worker's memory, or where y has it if that is the same. Immutable.
 *
 * @param pixels of y
 */
record SlopeRows(Kernels kernels, ConvWeights weights, DenseValue y, int pixels, boolean rectify) {

  /** Floats of the layout, and of what it needs behind it. */
  long size() {
    return (long) (pixels + 1) * weights.lanes();
  }

  /** What holds the slopes once they are loaded to {@code scratch}. */
  MemorySegment memory(MemorySegment scratch) {
    return inPlace() ? y.gradients() : scratch;
  }

  /** Where those of row {@code row} begin once they are loaded to {@code at}. */
  long start(int row, long at) {
    return inPlace() ? (long) row * y.stride() : at;
  }

  private boolean inPlace() {
    return !rectify && weights.lanes() == weights.filters();
  }

  /** Lays out row {@code row}, and adds the biases' gradient to those of the shard. */
  void load(int row, MemorySegment scratch, long at, long gradients) {
    if (!inPlace()) {
      layOut((long) row * y.stride(), scratch, at);
    }
    if (weights.biased()) {
      int lanes = weights.lanes();
      int filters = weights.filters();
      long sum = at + (long) pixels * lanes;
      kernels.rowSum(pixels, filters, memory(scratch), start(row, at), lanes, scratch, sum);
      kernels.addScaled(
          filters, 1, scratch, sum, weights.gradients(), gradients + weights.biasGradient());
    }
  }

  private void layOut(long from, MemorySegment scratch, long at) {
    int lanes = weights.lanes();
    int filters = weights.filters();
    if (lanes == filters) {
      copy(pixels * lanes, from, scratch, at);
      return;
    }
    for (int pixel = 0; pixel < pixels; pixel++) {
      long to = at + (long) pixel * lanes;
      copy(filters, from + (long) pixel * filters, scratch, to);
      Floats.fill(scratch, to + filters, lanes - filters, 0);
    }
  }

  private void copy(int count, long from, MemorySegment scratch, long to) {
    if (rectify) {
      kernels.leakyReluGradient(count, 0, y.buffer(), from, y.gradients(), from, scratch, to);
    } else {
      Floats.copy(y.gradients(), from, scratch, to, count);
    }
  }
}
