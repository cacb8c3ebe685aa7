package io.headrace.engine.layer;

/**
 * The mean of each window, channel by channel, over images of [height, width, channels]. What lies
 * outside the image does not count. Immutable.
 *
 * @param size side of a window
 * @param padding pixels that windows may reach over each edge, at most half a window
 */
record AvgPoolLayer(int size, int stride, int padding) implements Layer {
  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.image(input);
    var windows = new PoolWindows(size, stride, padding);
    DenseValue y = scope.buffer(windows.outputs(scope, x));
    AvgPoolStage.attach(scope, x, y, windows.places(x, y));
    return y;
  }
}
