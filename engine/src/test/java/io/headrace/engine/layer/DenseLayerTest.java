package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class DenseLayerTest extends LayerContract {
  @Override
  Stream<Example> examples() {
    var sizes =
        Stream.of(List.of(1, 1), List.of(1, 5), List.of(7, 1), List.of(17, 16), List.of(33, 31))
            .map(s -> dense(s.getFirst(), Map.of("units", s.getLast())));
    var curves =
        Activation.names().stream()
            .map(curve -> dense(6, Map.of("units", 19, "activation", curve)));
    var others =
        Stream.of(
            dense(5, Map.of("bias", false)),
            dense(5, Map.of("units", 1, "bias", false, "activation", "gelu")),
            dense(300, Map.of("units", 70, "activation", "tanh")),
            new Example("linear", Map.of("units", 4), List.of(9)));
    return Stream.of(sizes, curves, others).flatMap(s -> s);
  }

  private static Example dense(int in, Map<String, ?> settings) {
    return new Example("dense", settings, List.of(in));
  }

  @Test
  void asksForFlattenWhereRowsHaveSeveralDimensions() {
    assertThatThrownBy(() -> new Example("dense", Map.of(), List.of(4, 4, 3), 2).attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("(layer 0)")
        .hasMessageContaining("shape [n]")
        .hasMessageContaining("[4, 4, 3]")
        .hasMessageContaining("flatten");
  }

  @Test
  void drawsHeWeightsWithinTheirLimit() {
    AttachedLayer layer = new Example("dense", Map.of("units", 50), List.of(24), 1).attached(3);
    Parameter weight = layer.parameters.all().getFirst();
    double limit = Math.sqrt(6.0 / 24);
    double squares = 0;
    for (long row = 0; row < 24; row++) {
      for (long column = 0; column < 50; column++) {
        long at = weight.offset() + row * weight.stride() + column;
        float value = Floats.read(weight.values(), at);
        assertThat(Math.abs(value)).isLessThanOrEqualTo((float) limit);
        squares += value * value;
      }
    }
    assertThat(squares / (24 * 50)).isBetween(0.9 * limit * limit / 3, 1.1 * limit * limit / 3);
  }

  @Test
  void otherSeedsDrawOtherWeights() {
    var example = new Example("dense", Map.of("units", 5), List.of(4), 1);
    assertThat(Floats.toArray(example.attached(1).parameters.values()))
        .isNotEqualTo(Floats.toArray(example.attached(2).parameters.values()));
  }
}
