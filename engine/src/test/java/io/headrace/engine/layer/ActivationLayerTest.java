package io.headrace.engine.layer;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

class ActivationLayerTest extends LayerContract {
  @Override
  Stream<Example> examples() {
    return Stream.of("relu", "leaky-relu", "tanh", "sigmoid", "gelu")
        .flatMap(
            name ->
                Stream.of(List.of(1), List.of(17), List.of(3, 3, 5))
                    .map(shape -> new Example(name, Map.of(), shape)));
  }
}
