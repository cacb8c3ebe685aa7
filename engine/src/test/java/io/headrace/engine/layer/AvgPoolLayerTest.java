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

class AvgPoolLayerTest extends LayerContract {
  @Override
  Stream<Example> examples() {
    return Stream.of(
        new Example("avg-pool", Map.of(), List.of(4, 6, 3)),
        new Example("avg-pool", Map.of("size", 3, "stride", 2, "padding", 1), List.of(5, 4, 17)),
        new Example("avg-pool", Map.of("size", 3, "stride", 1), List.of(7, 5, 1)),
        new Example("global-avg-pool", Map.of(), List.of(3, 5, 7)),
        new Example("global-avg-pool", Map.of(), List.of(2, 2, 32)),
        new Example("global-avg-pool", Map.of(), List.of(9, 1)),
        new Example("global-avg-pool", Map.of(), List.of(5, 17)).behindPaddedSteps());
  }

  @Test
  void meansOnlyWhatLiesInTheImage() {
    var settings = Map.of("size", 3, "stride", 2, "padding", 1);
    AttachedLayer layer = new Example("avg-pool", settings, List.of(3, 3, 1), 1).attached(1);
    DenseValue x = (DenseValue) layer.input;
    for (int i = 0; i < 9; i++) {
      Floats.write(x.buffer(), i, i);
    }
    layer.forward(1);
    assertThat(layer.y.shape()).isEqualTo(List.of(2, 2, 1));
    for (int i = 0; i < 4; i++) {
      float[] corners = {(0 + 1 + 3 + 4) / 4f, (1 + 2 + 4 + 5) / 4f, 5, 6};
      assertThat(Floats.read(layer.y.buffer(), i)).isCloseTo(corners[i], Offset.offset(1e-6f));
    }
  }

  @Test
  void meansOnlyTheStepsOfARowAndOfNoneIsZero() {
    AttachedLayer layer =
        new Example("global-avg-pool", Map.of(), List.of(2, 1))
            .behindPaddedSteps()
            .ofRows(3)
            .attached(1);
    DenseValue x = (DenseValue) layer.input;
    for (int row = 0; row < 3; row++) { // of one step, of two, of none
      Floats.write(x.buffer(), (long) row * x.stride(), 2);
      Floats.write(x.buffer(), (long) row * x.stride() + 1, 10);
    }
    layer.forward(3);
    assertThat(List.of(0, 1, 2))
        .extracting(i -> Floats.read(layer.y.buffer(), i))
        .containsExactly(2f, 6f, 0f);
  }

  @Test
  void saysWhichShapesDoNotFit() {
    assertThatThrownBy(
            () -> new Example("avg-pool", Map.of("size", 5), List.of(4, 9, 3), 2).attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("(layer 0) with size 5, stride 5 and padding 0")
        .hasMessageContaining("[4, 9, 3]");
    assertThatThrownBy(() -> new Example("global-avg-pool", Map.of(), List.of(9), 2).attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("[9]")
        .hasMessageContaining("flatten");
  }
}
