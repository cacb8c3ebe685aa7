package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class StepDenseLayerTest extends LayerContract {
  @Override
  Stream<Example> examples() {
    var sizes =
        Stream.of(
                List.of(1, 1, 1),
                List.of(4, 1, 5),
                List.of(3, 7, 1),
                List.of(5, 16, 32),
                List.of(2, 70, 33))
            .map(s -> example(s.get(0), s.get(1), Map.of("units", s.get(2))));
    var curves =
        Activation.names().stream()
            .map(curve -> example(4, 6, Map.of("units", 5, "activation", curve)));
    var others =
        Stream.of(
            example(3, 5, Map.of("bias", false)),
            example(3, 5, Map.of("units", 1, "bias", false, "activation", "gelu")),
            new Example(
                "step-dense",
                Map.of("units", 6),
                List.of(3, 2),
                new ActivationLayer(Activation.leaky(0.2))));
    return Stream.of(sizes, curves, others)
        .flatMap(s -> s)
        .flatMap(example -> Stream.of(example, example.behindPaddedSteps()));
  }

  private static Example example(int steps, int in, Map<String, ?> settings) {
    return new Example("step-dense", settings, List.of(steps, in));
  }

  @Test
  void isADenseLayerOverEachStep() {
    AttachedLayer layer = example(4, 3, Map.of("units", 2)).ofRows(2).attached(1);
    layer.randomiseParameters(4);
    layer.forward(2);
    assertThat(layer.y.shape()).containsExactly(4, 2);
    DenseValue x = (DenseValue) layer.input;
    Parameter weight = layer.parameters.all().getFirst();
    Parameter bias = layer.parameters.all().getLast();
    for (int i = 0; i < 2 * 4 * 2; i++) {
      int row = i / 8;
      int step = i / 2 % 4;
      int unit = i % 2;
      double sum = Floats.read(bias.values(), bias.offset() + unit);
      for (int j = 0; j < 3; j++) {
        double factor = Floats.read(weight.values(), weight.offset() + j * weight.stride() + unit);
        sum += factor * Floats.read(x.buffer(), (long) row * x.stride() + step * 3L + j);
      }
      double y = Floats.read(layer.y.buffer(), (long) row * layer.y.stride() + step * 2L + unit);
      assertThat(y).isCloseTo(sum, Offset.offset(1e-6));
    }
  }

  @Test
  void asksForSequences() {
    assertThatThrownBy(() -> new Example("step-dense", Map.of(), List.of(12), 1).attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("needs sequences")
        .hasMessageContaining("[12]");
  }
}
