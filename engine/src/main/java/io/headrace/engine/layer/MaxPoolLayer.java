package io.headrace.engine.layer;

import io.headrace.engine.kernel.Kernels;
import io.headrace.engine.memory.Floats;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
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
    var windows = new PoolWindows(size, stride, padding);
    DenseValue y = scope.buffer(windows.outputs(scope, x));
    var work = new Work(scope.kernels(), windows, x, y);
    scope.tape().rows(2L * size * size * y.width(), work::forward, work::backward);
    return y;
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

    Work(Kernels kernels, PoolWindows windows, DenseValue x, DenseValue y) {
      this.kernels = kernels;
      this.x = x;
      this.y = y;
      this.channels = y.shape().get(2);
      this.zeros = Floats.allocate(channels);
      this.winners = Floats.allocate(Floats.count(y.buffer()));
      this.places = windows.places(x, y);
      this.marks =
          Arrays.stream(places)
              .map(window -> LongStream.of(window).mapToInt(Math::toIntExact).toArray())
              .toArray(int[][]::new);
    }

    void forward(Pass pass, int from, int to) {
      for (int row = from; row < to; row++) {
        long start = x.start(pass, row);
        long at = (long) row * y.stride();
        for (int window = 0; window < places.length; window++) {
          kernels.maxOfRows(
              1,
              channels,
              places[window],
              x.values(pass),
              start,
              0,
              zeros,
              0,
              false,
              y.buffer(),
              at,
              0,
              0,
              0,
              marks[window],
              winners,
              at,
              0);
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
