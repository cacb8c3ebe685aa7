package io.headrace.engine.layer;

import java.util.List;
import java.util.stream.LongStream;

/**
 * The windows of a pooling over images of [height, width, channels]. What lies outside the image is
 * in no window. Immutable.
 *
 * @param size side of a window
 * @param padding pixels that windows may reach over each edge, at most half a window
 */
record PoolWindows(int size, int stride, int padding) {
  /** The shape of what is left of x, a pixel a window. */
  List<Integer> outputs(LayerScope scope, DenseValue x) {
    int height = outputs(x.shape().get(0));
    int width = outputs(x.shape().get(1));
    if (2 * padding > size || height < 1 || width < 1) {
      throw scope.problem(
          "with size %d, stride %d and padding %d does not fit an input of the shape %s. Windows must not be larger than the image with its padding, and padding not more than half a window."
              .formatted(size, stride, padding, x.shape()));
    }
    return List.of(height, width, x.shape().get(2));
  }

  private int outputs(int length) {
    return Math.floorDiv(length + 2 * padding - size, stride) + 1;
  }

  /** Where the pixels of each window begin, counted from the first of x's row. */
  long[][] places(DenseValue x, DenseValue y) {
    int width = y.shape().get(1);
    long[][] places = new long[y.shape().get(0) * width][];
    for (int window = 0; window < places.length; window++) {
      places[window] =
          places(x, window / width * stride - padding, window % width * stride - padding);
    }
    return places;
  }

  private long[] places(DenseValue x, int top, int left) {
    int height = x.shape().get(0);
    int width = x.shape().get(1);
    var inside = LongStream.builder();
    for (int row = Math.max(top, 0); row < Math.min(top + size, height); row++) {
      for (int column = Math.max(left, 0); column < Math.min(left + size, width); column++) {
        inside.add(((long) row * width + column) * x.shape().get(2));
      }
    }
    return inside.build().toArray();
  }
}
