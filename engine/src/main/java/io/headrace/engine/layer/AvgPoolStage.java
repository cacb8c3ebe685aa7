package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;

/**
 * The passes of a mean over windows. A window over a padded sequence ends where its steps do; the
 * mean of no steps is 0.
 */
final class AvgPoolStage {
  private final Kernels kernels;
  private final DenseValue x;
  private final DenseValue y;
  private final int channels;
  private final long[][] places;

  private AvgPoolStage(Kernels kernels, DenseValue x, DenseValue y, long[][] places) {
    this.kernels = kernels;
    this.x = x;
    this.y = y;
    this.channels = x.shape().getLast();
    this.places = places;
  }

  /**
   * Puts the passes on the tape.
   *
   * @param places where the pixels of each window begin, counted from the first of x's row
   */
  static void attach(LayerScope scope, DenseValue x, DenseValue y, long[][] places) {
    var stage = new AvgPoolStage(scope.kernels(), x, y, places);
    scope.tape().rows(4L * places[0].length * y.width(), stage::forward, stage::backward);
  }

  private int count(Pass pass, int row, long[] window) {
    return x.isPadded() ? x.steps(pass, row) : window.length;
  }

  private void forward(Pass pass, int from, int to) {
    MemorySegment values = x.values(pass);
    for (int row = from; row < to; row++) {
      long start = x.start(pass, row);
      long at = y.start(pass, row);
      Floats.fill(y.buffer(), at, y.width(), 0);
      for (long[] window : places) {
        int count = count(pass, row, window);
        float part = 1f / count;
        for (int i = 0; i < count; i++) {
          kernels.addScaled(channels, part, values, start + window[i], y.buffer(), at);
        }
        at += channels;
      }
    }
  }

  private void backward(Pass pass, int from, int to) {
    if (!x.wantsGradients()) {
      return;
    }
    for (int row = from; row < to; row++) {
      long start = x.start(pass, row);
      long at = y.start(pass, row);
      Floats.fill(x.gradients(), start, x.width(), 0);
      for (long[] window : places) {
        int count = count(pass, row, window);
        float part = 1f / count;
        for (int i = 0; i < count; i++) {
          kernels.addScaled(channels, part, y.gradients(), at, x.gradients(), start + window[i]);
        }
        at += channels;
      }
    }
  }
}
