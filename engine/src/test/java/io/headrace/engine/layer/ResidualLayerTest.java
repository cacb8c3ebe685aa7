package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class ResidualLayerTest extends LayerContract {
  private static final Map<String, ?> SAME = Map.of("conv2d", Map.of("filters", 5, "padding", 1));
  private static final Map<String, ?> WIDE =
      Map.of("conv2d", Map.of("filters", 16, "padding", 1, "bias", false));
  private static final Map<String, ?> OTHER =
      Map.of("conv2d", Map.of("filters", 3, "padding", 1, "stride", 2));

  @Override
  Stream<Example> examples() {
    Map<String, ?> shortcut =
        Map.of("conv2d", Map.of("filters", 3, "kernel", 1, "stride", 2, "bias", false));
    Map<String, ?> dense = Map.of("dense", Map.of("units", 7));
    Map<String, ?> inner = Map.of("residual", Map.of("layers", List.of(dense)));
    return Stream.of(
        new Example("residual", Map.of("layers", List.of(dense, "batch-norm", "relu")), List.of(7)),
        new Example("residual", Map.of("layers", List.of(inner, "tanh")), List.of(7)),
        new Example("residual", Map.of("layers", List.of("flatten")), List.of(7)),
        new Example(
            "residual", Map.of("layers", List.of("batch-norm", "relu", WIDE)), List.of(4, 3, 16)),
        new Example(
            "residual",
            Map.of("layers", List.of(WIDE, "batch-norm", WIDE, "batch-norm")),
            List.of(3, 3, 16)),
        new Example("residual", Map.of("layers", List.of(SAME, "relu", SAME)), List.of(4, 3, 5))
            .byStepsOf(0.004f),
        new Example(
            "residual",
            Map.of("layers", List.of(OTHER, "tanh"), "shortcut", List.of(shortcut, "tanh")),
            List.of(6, 6, 2)));
  }

  @Test
  void namesParametersByTheirPlace() {
    var settings = Map.of("layers", List.of("relu", SAME), "shortcut", List.of(SAME));
    AttachedLayer layer = new Example("residual", settings, List.of(4, 3, 5), 2).attached(1);
    assertThat(layer.parameters.all().stream().map(Parameter::name))
        .containsExactly(
            "0.tested.layers.1.conv2d.weight",
            "0.tested.layers.1.conv2d.bias",
            "0.tested.shortcut.0.conv2d.weight",
            "0.tested.shortcut.0.conv2d.bias");
  }

  @Test
  void namesBothShapesWhereTheyDiffer() {
    var example = new Example("residual", Map.of("layers", List.of(OTHER)), List.of(6, 6, 2), 2);
    assertThatThrownBy(() -> example.attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("[3, 3, 3]")
        .hasMessageContaining("[6, 6, 2]")
        .hasMessageContaining("shortcut");
  }

  @Test
  void namesTheNestedLayerThatDoesNotFit() {
    var settings = Map.of("layers", List.of("relu", Map.of("dense", Map.of())));
    assertThatThrownBy(() -> new Example("residual", settings, List.of(2, 3), 2).attached(1))
        .isInstanceOfSatisfying(
            InvalidSettingException.class,
            e -> assertThat(e.key()).isEqualTo("model[0].tested.layers[1].dense"))
        .hasMessageContaining("dense (layer 1)");
  }

  @Test
  void readsNoInputOfTheJobInside() {
    var dense = Map.of("dense", Map.of("input", "x", "units", 3));
    var example = new Example("residual", Map.of("layers", List.of(dense)), List.of(3), 2);
    assertThatThrownBy(() -> example.attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("only the first layer");
  }
}
