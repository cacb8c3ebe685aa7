package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Where the two ways of a residual layer part and meet. A layer overwrites the gradient of its
 * input, so each way has a gradient of its own by x, and both are added where the ways parted.
 */
final class ResidualSum {
  private final Kernels kernels;
  private final DenseValue x;
  private final DenseValue through;
  private final DenseValue beside;
  private @Nullable DenseValue f;
  private @Nullable DenseValue g;
  private @Nullable DenseValue y;

  ResidualSum(Kernels kernels, DenseValue x, int rows, boolean shortcut) {
    this.kernels = kernels;
    this.x = x;
    this.through = x.withOwnGradients(rows);
    this.beside = shortcut ? x.withOwnGradients(rows) : x;
  }

  /** x as the layers see it. */
  DenseValue through() {
    return through;
  }

  /** x as the shortcut sees it. */
  DenseValue beside() {
    return beside;
  }

  /** Says where the ways meet: y = f + g. */
  void ends(DenseValue layers, DenseValue shortcut, DenseValue sum) {
    f = layers;
    g = shortcut;
    y = sum;
  }

  void add(Pass pass, int from, int to) {
    DenseValue sum = Objects.requireNonNull(y);
    DenseValue first = Objects.requireNonNull(f);
    DenseValue second = Objects.requireNonNull(g);
    int width = sum.width();
    for (int row = from; row < to; row++) {
      long at = sum.start(pass, row);
      Floats.copy(first.values(pass), first.start(pass, row), sum.buffer(), at, width);
      long start = second.start(pass, row);
      kernels.addScaled(width, 1, second.values(pass), start, sum.buffer(), at);
    }
  }

  void splitGradients(Pass pass, int from, int to) {
    copyGradients(Objects.requireNonNull(f), from, to);
    if (beside != x) {
      copyGradients(Objects.requireNonNull(g), from, to);
    }
  }

  private void copyGradients(DenseValue into, int from, int to) {
    DenseValue sum = Objects.requireNonNull(y);
    if (into.wantsGradients()) {
      long at = (long) from * sum.stride();
      long count = (long) (to - from) * sum.stride();
      Floats.copy(sum.gradients(), at, into.gradients(), at, count);
    }
  }

  void joinGradients(Pass pass, int from, int to) {
    if (x.wantsGradients()) {
      DenseValue other = beside == x ? Objects.requireNonNull(y) : beside;
      long at = (long) from * x.stride();
      int count = (to - from) * x.stride();
      Floats.copy(through.gradients(), at, x.gradients(), at, count);
      kernels.addScaled(count, 1, other.gradients(), at, x.gradients(), at);
    }
  }
}
