package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.layer.LayerContract.Example;
import io.headrace.engine.memory.Floats;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What lies behind the steps of a row counts for nothing, in every layer that knows of steps. */
class PaddedStepsTest {
  private static final int STEPS = 4;
  private static final int CHANNELS = 3;
  private static final int ROWS = 7;

  static Stream<Example> examples() {
    return Stream.of(
            of("step-dense", Map.of("units", 5, "activation", "sigmoid")),
            of("step-dense", Map.of("units", 16, "activation", "gelu")),
            of("batch-norm", Map.of()),
            of("batch-norm", Map.of(), new ActivationLayer(Activation.leaky(0.1))),
            of("layer-norm", Map.of()),
            of("global-avg-pool", Map.of()),
            of("residual", Map.of("layers", List.of("layer-norm", "batch-norm"))),
            of("gru", Map.of("units", 5, "return-sequences", true)))
        .map(Example::behindPaddedSteps)
        .map(example -> example.ofRows(ROWS));
  }

  private static Example of(String name, Map<String, ?> settings, Layer... fused) {
    return new Example(name, settings, List.of(STEPS, CHANNELS), fused);
  }

  private static int steps(int row) {
    return (row + 1) % (STEPS + 1);
  }

  @ParameterizedTest
  @MethodSource("examples")
  void paddedStepsChangeNothing(Example example) {
    AttachedLayer clean = example.attached(1);
    AttachedLayer dirty = example.attached(1);
    DenseValue x = (DenseValue) dirty.input;
    padding(x).forEach(at -> Floats.write(x.buffer(), at, 100));
    for (AttachedLayer layer : List.of(clean, dirty)) {
      layer.randomiseParameters(2);
      layer.forward(3);
      layer.backward(3);
    }
    IntStream.range(0, ROWS)
        .forEach(row -> assertThat(real(dirty, row)).isEqualTo(real(clean, row)));
    assertThat(Floats.toArray(dirty.parameterGradients()))
        .isEqualTo(Floats.toArray(clean.parameterGradients()));
    assertThat(Floats.toArray(x.gradients()))
        .isEqualTo(Floats.toArray(((DenseValue) clean.input).gradients()));
    dirty.predict(2);
    clean.predict(2);
    IntStream.range(0, ROWS)
        .forEach(row -> assertThat(real(dirty, row)).isEqualTo(real(clean, row)));
  }

  @ParameterizedTest
  @MethodSource("examples")
  void givesNoGradientsToPaddedStepsAndHandsTheStepsOn(Example example) {
    AttachedLayer layer = example.attached(1);
    layer.randomiseParameters(2);
    DenseValue x = (DenseValue) layer.input;
    Floats.fill(x.gradients(), 0, Floats.count(x.gradients()), 7);
    layer.forward(3);
    layer.backward(3);
    if (!example.name().equals("residual")) { // its way round passes on what it is given
      padding(x).forEach(at -> assertThat(Floats.read(x.gradients(), at)).isZero());
    }
    if (layer.y.shape().size() == 2) {
      assertThat(layer.y.isPadded()).isTrue();
      for (int row = 0; row < ROWS; row++) {
        assertThat(layer.y.steps(layer.pass(), row)).isEqualTo(steps(row));
      }
    }
  }

  /** Where the floats of x lie that belong to no real step. */
  private static List<Long> padding(DenseValue x) {
    return IntStream.range(0, ROWS)
        .boxed()
        .flatMap(
            row ->
                IntStream.range(steps(row) * CHANNELS, STEPS * CHANNELS)
                    .mapToObj(i -> (long) row * x.stride() + i))
        .toList();
  }

  /** What counts of a row of y. */
  private static float[] real(AttachedLayer layer, int row) {
    DenseValue y = layer.y;
    int width = y.isPadded() ? steps(row) * y.shape().getLast() : y.width();
    float[] all = Floats.toArray(y.buffer());
    return java.util.Arrays.copyOfRange(all, row * y.stride(), row * y.stride() + width);
  }
}
