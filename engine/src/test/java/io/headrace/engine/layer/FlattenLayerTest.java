package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FlattenLayerTest {
  @Test
  void keepsTheMemoryAndMakesOneDimension() {
    Layer layer = Layers.variants().named("flatten").from(Map.of());
    AttachedLayer attached = AttachedLayer.behindLayer(layer, List.of(2, 3, 5), 2, 1);
    assertThat(attached.y.shape()).isEqualTo(List.of(30));
    assertThat(attached.y.buffer()).isSameAs(((DenseValue) attached.input).buffer());
  }
}
