package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class BatchNormLayerTest extends LayerContract {
  private static final List<Integer> IMAGE = List.of(2, 3, 5);

  @Override
  Stream<Example> examples() {
    var shapes =
        Stream.of(
                List.of(1),
                List.of(5),
                List.of(17),
                List.of(4, 16),
                IMAGE,
                List.of(4, 4, 3),
                List.of(2, 4, 24),
                List.of(5, 1, 1))
            .map(shape -> new Example("batch-norm", Map.of(), shape));
    var fused =
        Stream.of(
            new Example(
                "batch-norm", Map.of(), List.of(3, 3, 5), new ActivationLayer(Activation.RELU)),
            new Example(
                "batch-norm",
                Map.of("epsilon", 0.1),
                List.of(4, 16),
                new ActivationLayer(Activation.leaky(0.2))));
    var padded =
        Stream.of(List.of(4, 16), List.of(3, 5), List.of(1, 3), List.of(4, 1))
            .map(shape -> new Example("batch-norm", Map.of("epsilon", 0.1), shape))
            .map(Example::behindPaddedSteps);
    return Stream.of(shapes, fused, padded).flatMap(s -> s);
  }

  @Test
  void givesEachChannelMeanZeroAndDeviationOneThoughItsMeanIsLarge() {
    AttachedLayer layer = new Example("batch-norm", Map.of(), IMAGE, 50).attached(1);
    DenseValue x = (DenseValue) layer.input;
    for (int i = 0; i < 50 * x.stride(); i++) {
      float near = Floats.read(x.buffer(), i) * (1 + i % x.stride() % 5);
      Floats.write(x.buffer(), i, near + 1_000);
    }
    layer.forward(50);
    for (int channel = 0; channel < 5; channel++) {
      double[] moments = moments(layer.y, channel, 50);
      assertThat(moments[0]).isCloseTo(0, Offset.offset(1e-4));
      assertThat(moments[1]).isCloseTo(1, Offset.offset(1e-4));
    }
  }

  @Test
  void usesRunningMomentsForRowsThatAreNotLearnedFrom() {
    AttachedLayer layer = new Example("batch-norm", Map.of("momentum", 0.25), IMAGE, 9).attached(1);
    layer.predict(9);
    DenseValue x = (DenseValue) layer.input;
    assertThat(y(layer, 3)).isCloseTo(x(x, 3) / Math.sqrt(1 + 1e-5), Offset.offset(1e-6));

    layer.forward(9);
    layer.predict(9);
    assertThat(y(layer, 3)).isCloseTo(x(x, 3) / Math.sqrt(1 + 1e-5), Offset.offset(1e-6));

    layer.forward(9);
    layer.backward(9);
    layer.predict(9);
    for (int channel = 0; channel < 5; channel++) {
      double[] moments = moments(x, channel, 9);
      double mean = 0.25 * moments[0];
      double variance = 0.75 + 0.25 * moments[1] * 54 / 53;
      double expected = (x(x, channel) - mean) / Math.sqrt(variance + 1e-5);
      assertThat(y(layer, channel)).isCloseTo(expected, Offset.offset(1e-6));
    }
  }

  @Test
  void leavesTheRunningVarianceAloneWhereABatchIsOneValue() {
    AttachedLayer layer = new Example("batch-norm", Map.of(), List.of(5), 1).attached(1);
    layer.forward(1);
    layer.backward(1);
    layer.predict(1);
    DenseValue x = (DenseValue) layer.input;
    double expected = 0.9 * x(x, 2) / Math.sqrt(1 + 1e-5);
    assertThat(y(layer, 2)).isCloseTo(expected, Offset.offset(1e-6));
  }

  private static double x(DenseValue x, int at) {
    return Floats.read(x.buffer(), at);
  }

  private static double y(AttachedLayer layer, int at) {
    return Floats.read(layer.y.buffer(), at);
  }

  /** Mean and biased variance of a channel over rows of {@link #IMAGE}. */
  private static double[] moments(DenseValue value, int channel, int rows) {
    double sum = 0;
    double squares = 0;
    for (int row = 0; row < rows; row++) {
      for (int i = channel; i < value.width(); i += 5) {
        double x = Floats.read(value.buffer(), (long) row * value.stride() + i);
        sum += x;
        squares += x * x;
      }
    }
    double mean = sum / (6 * rows);
    return new double[] {mean, squares / (6 * rows) - mean * mean};
  }
}
