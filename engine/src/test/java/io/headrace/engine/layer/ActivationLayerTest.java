package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationLayerTest extends LayerContract {
  @Override
  Stream<Example> examples() {
    Stream<Example> asTheyAre =
        Stream.of("relu", "leaky-relu", "tanh", "sigmoid", "gelu")
            .flatMap(name -> shapes().map(shape -> new Example(name, Map.of(), shape)));
    Stream<Example> steeper =
        shapes().map(shape -> new Example("leaky-relu", Map.of("slope", 0.3), shape));
    return Stream.concat(asTheyAre, steeper);
  }

  private static Stream<List<Integer>> shapes() {
    return Stream.of(List.of(1), List.of(17), List.of(3, 3, 5));
  }

  @ParameterizedTest
  @ValueSource(doubles = {0, 0.3, 0.99})
  void multipliesWhatIsBelowZeroByTheSlope(double slope) {
    AttachedLayer layer =
        new Example("leaky-relu", Map.of("slope", slope), List.of(2), 4).attached(1);
    DenseValue x = (DenseValue) layer.input;
    Floats.write(x.buffer(), x.start(layer.pass(), 0), -2);
    Floats.write(x.buffer(), x.start(layer.pass(), 0) + 1, 3);

    layer.forward(4);

    assertThat(Floats.read(layer.y.buffer(), layer.y.start(layer.pass(), 0)))
        .isEqualTo(-2 * (float) slope);
    assertThat(Floats.read(layer.y.buffer(), layer.y.start(layer.pass(), 0) + 1)).isEqualTo(3);
  }
}
