package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What every layer over dense rows promises. A new layer extends this with a few of its kind. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class LayerContract {
  private static final int[] ROWS = {1, 3, 4, 9};
  private static final long SEED = 42;

  /**
   * A layer by its settings, the shape of a row to put it behind, and what it is fused with.
   *
   * @param padded whether rows have fewer steps than their shape
   * @param others further inputs by name, beside x with {@code shape}; without any, the layer
   *     stands behind another
   */
  record Example(
      String name,
      Map<String, ?> settings,
      List<Integer> shape,
      List<Layer> fused,
      boolean padded,
      Map<String, List<Integer>> others,
      int rows,
      float step) {
    Example(String name, Map<String, ?> settings, List<Integer> shape, int rows) {
      this(name, settings, shape, List.of(), false, Map.of(), rows, Slopes.STEP);
    }

    Example(String name, Map<String, ?> settings, List<Integer> shape, Layer... fused) {
      this(name, settings, shape, List.of(fused), false, Map.of(), 0, Slopes.STEP);
    }

    /** The same over input x and others. */
    Example beside(Map<String, List<Integer>> inputs) {
      return new Example(name, settings, shape, fused, padded, inputs, rows, step);
    }

    /** The same behind sequences of all lengths, from none to that of the shape. */
    Example behindPaddedSteps() {
      return new Example(name, settings, shape, fused, true, others, rows, step);
    }

    Example ofRows(int count) {
      return new Example(name, settings, shape, fused, padded, others, count, step);
    }

    /** The same by longer differences, for a layer that is nearly straight and sums many terms. */
    Example byStepsOf(float difference) {
      return new Example(name, settings, shape, fused, padded, others, rows, difference);
    }

    AttachedLayer attached(long seed) {
      Layer layer = Layers.variants().named(name).from(settings);
      for (Layer next : fused) {
        layer = layer.fusedWith(next).orElseThrow();
      }
      if (!others.isEmpty()) {
        var shapes = new HashMap<>(others);
        shapes.put("x", shape);
        return AttachedLayer.behindInputs(layer, shapes, rows, seed);
      }
      return padded
          ? AttachedLayer.behindPaddedSteps(layer, shape, rows, seed)
          : AttachedLayer.behindLayer(layer, shape, rows, seed);
    }
  }

  /** Settings and shapes to try, awkward ones above all. */
  abstract Stream<Example> examples();

  Stream<Example> cases() {
    return examples().flatMap(e -> IntStream.of(ROWS).mapToObj(e::ofRows));
  }

  @ParameterizedTest
  @MethodSource("cases")
  void gradientsMatchFiniteDifferences(Example example) {
    AttachedLayer layer = example.attached(SEED);
    layer.randomiseParameters(SEED);
    layer.loss();
    layer.backward(example.rows());
    float[] byParameter = Floats.toArray(layer.parameterGradients());
    for (DenseValue x : layer.sources()) {
      float[] byInput = Floats.toArray(x.gradients());
      int inputStep = Math.max(1, example.rows() * x.width() / 40);
      for (int i = 0; i < example.rows() * x.width(); i += inputStep) {
        int at = i / x.width() * x.stride() + i % x.width();
        Slopes.check("by input " + i, x.buffer(), at, example.step(), byInput[at], layer::loss);
      }
    }
    for (Parameter parameter : layer.parameters.all()) {
      long step = Math.max(1, parameter.count() / 60);
      for (long i = 0; i < parameter.count(); i += step) {
        long row = i / parameter.columns();
        int at = (int) (parameter.offset() + row * parameter.stride() + i % parameter.columns());
        Slopes.check(
            "by " + parameter.name() + " " + i,
            parameter.values(),
            at,
            example.step(),
            byParameter[at],
            () -> {
              layer.tape.derivations().forEach(Runnable::run);
              return layer.loss();
            });
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void givesTheSameBitsInAnyCutOfTheRows(Example example) {
    AttachedLayer whole = example.attached(SEED);
    AttachedLayer cut = example.attached(SEED);
    whole.randomiseParameters(SEED);
    cut.randomiseParameters(SEED);
    whole.forward(example.rows());
    cut.forward(1);
    assertThat(Floats.toArray(cut.y.buffer())).isEqualTo(Floats.toArray(whole.y.buffer()));
    whole.backward(example.rows());
    cut.backward(2);
    assertThat(gradients(cut)).isEqualTo(gradients(whole));
    assertThat(Floats.toArray(cut.parameterGradients()))
        .isEqualTo(Floats.toArray(whole.parameterGradients()));
  }

  private static float[][] gradients(AttachedLayer layer) {
    return layer.sources().stream().map(x -> Floats.toArray(x.gradients())).toArray(float[][]::new);
  }

  @ParameterizedTest
  @MethodSource("cases")
  void leavesThePaddingOfGradientsZero(Example example) {
    AttachedLayer layer = example.attached(SEED);
    layer.randomiseParameters(SEED);
    layer.loss();
    layer.backward(example.rows());
    for (DenseValue x : layer.sources()) {
      for (int row = 0; row < example.rows(); row++) {
        for (int i = x.width(); i < x.stride(); i++) {
          assertThat(Floats.read(x.gradients(), (long) row * x.stride() + i)).isZero();
        }
      }
    }
    float[] slopes = Floats.toArray(layer.parameterGradients());
    for (Parameter parameter : layer.parameters.all()) {
      for (long i = 0; i < parameter.rows() * parameter.stride(); i++) {
        if (i % parameter.stride() >= parameter.columns()) {
          assertThat(slopes[(int) (parameter.offset() + i)]).isZero();
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void startsFromItsSeedAlone(Example example) {
    float[] first = Floats.toArray(example.attached(1).parameters.values());
    assertThat(Floats.toArray(example.attached(1).parameters.values())).isEqualTo(first);
  }
}
