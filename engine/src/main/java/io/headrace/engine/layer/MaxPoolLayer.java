package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.stream.LongStream;

/**
 * The largest value of each window, channel by channel, over images of [height, width, channels].
 * What lies outside the image does not count. Immutable.
 *
 * @param size side of a window
 * @param padding pixels that windows may reach over each edge, at most half a window
 */
record MaxPoolLayer(int size, int stride, int padding) implements Layer {
  /** Whether windows neither overlap nor reach over an edge nor leave pixels out between them. */
  boolean apart() {
    return stride == size && padding == 0;
  }

  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.image(input);
    int height = outputs(x.shape().get(0));
    int width = outputs(x.shape().get(1));
    if (2 * padding > size || height < 1 || width < 1) {
      throw scope.problem(
          "with size %d, stride %d and padding %d does not fit an input of the shape %s. Windows must not be larger than the image with its padding, and padding not more than half a window."
              .formatted(size, stride, padding, x.shape()));
    }
    DenseValue y = scope.buffer(List.of(height, width, x.shape().get(2)));
    var work = new Work(scope.kernels(), this, x, y);
    scope.tape().rows(2L * size * size * y.width(), work::forward, work::backward);
    return y;
  }

  private int outputs(int length) {
    return Math.floorDiv(length + 2 * padding - size, stride) + 1;
  }

  /** The pooling at work on one input. */
  private static final class Work {
    private final Kernels kernels;
    private final DenseValue x;
    private final DenseValue y;
    private final int channels;
    private final MemorySegment zeros;
    private final MemorySegment winners;
    private final long[][] places;
    private final int[][] marks;

    Work(Kernels kernels, MaxPoolLayer layer, DenseValue x, DenseValue y) {
      this.kernels = kernels;
      this.x = x;
      this.y = y;
      this.channels = y.shape().get(2);
      this.zeros = Floats.allocate(channels);
      this.winners = Floats.allocate(Floats.count(y.buffer()));
      int width = y.shape().get(1);
      this.places = new long[y.shape().get(0) * width][];
      this.marks = new int[places.length][];
      for (int window = 0; window < places.length; window++) {
        int top = window / width * layer.stride - layer.padding;
        int left = window % width * layer.stride - layer.padding;
        places[window] = places(top, left, layer.size);
        marks[window] = LongStream.of(places[window]).mapToInt(Math::toIntExact).toArray();
      }
    }

    /** Where the pixels of a window that lie in the image begin, counted from the image's first. */
    private long[] places(int top, int left, int size) {
      int height = x.shape().get(0);
      int width = x.shape().get(1);
      var inside = LongStream.builder();
      for (int row = Math.max(top, 0); row < Math.min(top + size, height); row++) {
        for (int column = Math.max(left, 0); column < Math.min(left + size, width); column++) {
          inside.add(((long) row * width + column) * channels);
        }
      }
      return inside.build().toArray();
    }

    void forward(Pass pass, int from, int to) {
      for (int row = from; row < to; row++) {
        long start = x.start(pass, row);
        long at = (long) row * y.stride();
        for (int window = 0; window < places.length; window++) {
          kernels.maxOfRows(
              channels,
              places[window],
              x.values(pass),
              start,
              zeros,
              0,
              false,
              y.buffer(),
              at,
              0,
              marks[window],
              winners,
              at);
          at += channels;
        }
      }
    }

    void backward(Pass pass, int from, int to) {
      if (!x.wantsGradients()) {
        return;
      }
      MemorySegment dx = x.gradients();
      for (int row = from; row < to; row++) {
        long start = (long) row * x.stride();
        long at = (long) row * y.stride();
        Floats.fill(dx, start, x.width(), 0);
        for (int window = 0; window < places.length; window++) {
          for (int channel = 0; channel < channels; channel++) {
            long pixel = start + Floats.readInt(winners, at) + channel;
            Floats.write(dx, pixel, Floats.read(dx, pixel) + Floats.read(y.gradients(), at));
            at++;
          }
        }
      }
    }
  }
}
