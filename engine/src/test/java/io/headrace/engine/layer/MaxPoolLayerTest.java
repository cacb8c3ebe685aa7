package io.headrace.engine.layer;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class MaxPoolLayerTest extends LayerContract {
  @Override
  Stream<Example> examples() {
    return Stream.of(
        new Example("max-pool", Map.of(), List.of(4, 6, 3)),
        new Example("max-pool", Map.of("size", 3, "stride", 2, "padding", 1), List.of(5, 4, 17)),
        new Example("max-pool", Map.of("size", 3), List.of(7, 5, 1)));
  }
}
