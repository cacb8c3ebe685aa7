package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import java.util.List;

/**
 * How kernels walk over two values of one shape by their last dimension, the channels: in runs of
 * positions that lie one step apart. Several positions that make up whole vectors are walked as one
 * position of more channels. Immutable.
 *
 * @param channels of the value
 * @param used lanes that belong to a channel: lane j to channel j modulo {@code channels}
 * @param width lanes of a position, at least {@code used}; the others are padding
 * @param positions in a row
 * @param height most rows of a run
 * @param xStep from one position of x to the next
 * @param yStep from one position of y, or of a gradient laid out as y is, to the next
 */
record ChannelWalk(
    int channels, int used, int width, int positions, int height, int xStep, int yStep) {
  /** Few enough that a run stays in a near cache, and that its float sums are exact enough. */
  private static final int RUN = 1 << 14;

  static ChannelWalk over(DenseValue x, DenseValue y) {
    List<Integer> shape = x.shape();
    int channels = shape.getLast();
    int positions = x.width() / channels;
    if (x.isPadded()) { // rows end at steps of their own
      return new ChannelWalk(channels, channels, channels, positions, 1, channels, channels);
    }
    if (positions == 1) {
      int width = x.stride() == y.stride() ? x.stride() : channels;
      return new ChannelWalk(channels, channels, width, 1, height(width), x.stride(), y.stride());
    }
    int joint = Kernels.BLOCK / Math.min(Kernels.BLOCK, Integer.lowestOneBit(channels));
    int width = positions % joint == 0 ? channels * joint : channels;
    boolean padded = x.stride() > x.width() || y.stride() > y.width();
    int height = padded ? 1 : height(x.width());
    int inRow = x.width() / width;
    return new ChannelWalk(channels, width, width, inRow, height, width, width);
  }

  /** Positions of x in the run that begins at a row and ends before row {@code to}. */
  int run(Pass pass, DenseValue x, int row, int to) {
    return x.isPadded() ? x.steps(pass, row) : Math.min(height, to - row) * positions;
  }

  private static int height(int width) {
    return Math.max(1, RUN / width);
  }
}
