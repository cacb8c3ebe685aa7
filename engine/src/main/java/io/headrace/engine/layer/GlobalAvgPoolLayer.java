package io.headrace.engine.layer;

import java.util.List;
import java.util.stream.LongStream;

/**
 * The mean of each channel over all pixels of an image, or all real steps of a sequence: Lin, Chen
 * and Yan, "Network In Network", 2014. Immutable.
 */
record GlobalAvgPoolLayer() implements Layer {
  @Override
  public Value attach(LayerScope scope, Value input) {
    DenseValue x = scope.dense(input);
    if (x.shape().size() < 2) {
      throw scope.problem(
          "needs images or sequences, rows whose last dimension is the channels, but its input has"
              + " the shape "
              + x.shape()
              + ". Remove it, or put it before the layer flatten.");
    }
    int channels = x.shape().getLast();
    DenseValue y = scope.buffer(List.of(channels));
    long[] all = LongStream.range(0, x.width() / channels).map(i -> i * channels).toArray();
    AvgPoolStage.attach(scope, x, y, new long[][] {all});
    return y;
  }
}
