package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class LayerNormLayerTest extends LayerContract {
  @Override
  Stream<Example> examples() {
    return Stream.of(
            List.of(1), List.of(5), List.of(17), List.of(48), List.of(4, 16), List.of(3, 2, 35))
        .map(shape -> new Example("layer-norm", Map.of("epsilon", 0.01), shape))
        .flatMap(e -> e.shape().size() == 2 ? Stream.of(e, e.behindPaddedSteps()) : Stream.of(e));
  }

  @Test
  void givesEachStepMeanZeroAndDeviationOneWhateverIsBesideIt() {
    AttachedLayer layer = new Example("layer-norm", Map.of(), List.of(3, 50), 2).attached(1);
    DenseValue x = (DenseValue) layer.input;
    for (int i = 0; i < 150; i++) {
      Floats.write(x.buffer(), i, Floats.read(x.buffer(), i) * (1 + i / 50) + 1_000 * (i / 50));
    }
    layer.forward(2);
    for (int step = 0; step < 3; step++) {
      double sum = 0;
      double squares = 0;
      for (int i = 0; i < 50; i++) {
        double y = Floats.read(layer.y.buffer(), step * 50L + i);
        sum += y;
        squares += y * y;
      }
      assertThat(sum / 50).isCloseTo(0, Offset.offset(1e-4));
      assertThat(squares / 50).isCloseTo(1, Offset.offset(1e-3));
    }
  }
}
