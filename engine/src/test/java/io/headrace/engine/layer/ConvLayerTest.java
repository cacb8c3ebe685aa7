package io.headrace.engine.layer;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class ConvLayerTest extends LayerContract {
  private static final Layer RELU = new ActivationLayer(Activation.RELU);
  private static final Layer POOL = new MaxPoolLayer(2, 2, 0);
  private static final Layer WIDE_POOL = new MaxPoolLayer(3, 3, 0);

  @Override
  Stream<Example> examples() {
    return Stream.of(
        new Example("conv2d", Map.of("filters", 5), List.of(4, 5, 3)),
        new Example("conv2d", Map.of("filters", 3, "padding", 1), List.of(3, 4, 2)),
        new Example("conv2d", Map.of("filters", 17, "padding", 1, "stride", 2), List.of(5, 6, 16)),
        new Example("conv2d", Map.of("filters", 16, "padding", 1, "stride", 2), List.of(8, 8, 32)),
        new Example("conv2d", Map.of("filters", 48, "stride", 2), List.of(17, 10, 32), RELU),
        new Example(
                "conv2d",
                Map.of("filters", 16, "padding", 1, "stride", 2, "bias", false),
                List.of(7, 15, 48))
            .byStepsOf(0.03f),
        new Example("conv2d", Map.of("filters", 2, "kernel", 2, "dilation", 2), List.of(5, 4, 16)),
        new Example("conv2d", Map.of("filters", 16, "padding", 1), List.of(4, 6, 32)),
        new Example("conv2d", Map.of("filters", 19, "padding", 1), List.of(2, 4, 48)),
        new Example("conv2d", Map.of("filters", 5, "padding", 1), List.of(4, 8, 32))
            .byStepsOf(0.03f),
        new Example("conv2d", Map.of("filters", 4, "kernel", 1, "bias", false), List.of(3, 3, 16)),
        new Example("conv2d", Map.of("filters", 5, "padding", 1), List.of(4, 3, 16), RELU),
        new Example("conv2d", Map.of("filters", 5, "padding", 1), List.of(4, 6, 3), POOL),
        new Example("conv2d", Map.of("filters", 16), List.of(6, 7, 2), POOL),
        new Example("conv2d", Map.of("filters", 16), List.of(7, 8, 3), RELU, POOL),
        new Example("conv2d", Map.of("filters", 2), List.of(20, 18, 1), RELU, POOL),
        new Example("conv2d", Map.of("filters", 70, "kernel", 2), List.of(3, 4, 3), RELU),
        new Example("conv2d", Map.of("filters", 70), List.of(4, 4, 16), RELU, POOL),
        new Example("conv2d", Map.of("filters", 18, "padding", 1), List.of(6, 5, 16), RELU, POOL),
        new Example("conv2d", Map.of("filters", 21, "padding", 1), List.of(4, 6, 32), RELU, POOL),
        new Example("conv2d", Map.of("filters", 18, "padding", 1), List.of(4, 4, 48), RELU, POOL)
            .byStepsOf(0.01f),
        new Example("conv2d", Map.of("filters", 4), List.of(8, 9, 2), RELU, WIDE_POOL),
        new Example("conv1d", Map.of("filters", 3, "causal", true), List.of(7, 5)),
        new Example(
            "conv1d",
            Map.of("filters", 5, "kernel", 2, "dilation", 3, "causal", true),
            List.of(8, 16)),
        new Example("conv1d", Map.of("filters", 2, "padding", 1, "stride", 2), List.of(7, 3)));
  }
}
