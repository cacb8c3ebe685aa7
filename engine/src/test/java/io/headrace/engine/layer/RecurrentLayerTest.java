package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RecurrentLayerTest extends LayerContract {
  private static final List<String> CELLS = List.of("rnn", "lstm", "gru");

  @Override
  Stream<Example> examples() {
    return CELLS.stream()
        .flatMap(
            cell ->
                Stream.of(
                    example(cell, 5, false, false, 1, 3),
                    example(cell, 1, true, false, 4, 1),
                    example(cell, 5, false, false, 4, 3).behindPaddedSteps(),
                    example(cell, 17, true, false, 3, 16),
                    example(cell, 5, false, true, 4, 16).behindPaddedSteps(),
                    example(cell, 3, true, true, 6, 7).behindPaddedSteps(),
                    example(cell, 17, true, true, 1, 5),
                    example(cell, 2, true, true, 35, 1), // more steps than are added at once
                    example(cell, 2, false, true, 35, 1).behindPaddedSteps()));
  }

  private static Example example(
      String cell, int units, boolean everyStep, boolean bidirectional, int steps, int width) {
    var settings = new LinkedHashMap<String, Object>();
    settings.put("units", units);
    settings.put("return-sequences", everyStep);
    settings.put("bidirectional", bidirectional);
    return new Example(cell, settings, List.of(steps, width));
  }

  /** The recurrence as its papers write it, in double precision, for one row of four steps. */
  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void followsItsDefinition(String cell) {
    AttachedLayer layer = example(cell, 2, true, false, 4, 3).ofRows(1).attached(1);
    layer.randomiseParameters(4);
    layer.forward(1);
    double[] h = new double[2];
    double[] c = new double[2];
    for (int step = 0; step < 4; step++) {
      double[] x = new double[3];
      for (int i = 0; i < 3; i++) {
        x[i] = Floats.read(((DenseValue) layer.input).buffer(), step * 3L + i);
      }
      double[] next = new double[2];
      for (int unit = 0; unit < 2; unit++) {
        next[unit] = state(cell, layer, unit, x, h, c);
      }
      h = next;
      for (int unit = 0; unit < 2; unit++) {
        double actual = Floats.read(layer.y.buffer(), step * 2L + unit);
        assertThat(actual).isCloseTo(h[unit], Offset.offset(2e-6));
      }
    }
  }

  private static double state(
      String cell, AttachedLayer layer, int unit, double[] x, double[] h, double[] c) {
    return switch (cell) {
      case "rnn" ->
          Math.tanh(sum(layer, 0, 0, unit, x) + sum(layer, 1, 0, unit, h) + bias(layer, 0, unit));
      case "lstm" -> {
        double[] sums = new double[4];
        for (int gate = 0; gate < 4; gate++) {
          sums[gate] =
              sum(layer, 0, gate, unit, x) + sum(layer, 1, gate, unit, h) + bias(layer, gate, unit);
        }
        c[unit] = sigmoid(sums[1]) * c[unit] + sigmoid(sums[0]) * Math.tanh(sums[2]);
        yield sigmoid(sums[3]) * Math.tanh(c[unit]);
      }
      default -> { // recurrent gates n, r, z; the input's r, z, n; biases of q, r, z, n
        double q = sum(layer, 1, 0, unit, h) + bias(layer, 0, unit);
        double r =
            sigmoid(sum(layer, 0, 0, unit, x) + sum(layer, 1, 1, unit, h) + bias(layer, 1, unit));
        double z =
            sigmoid(sum(layer, 0, 1, unit, x) + sum(layer, 1, 2, unit, h) + bias(layer, 2, unit));
        double n = Math.tanh(sum(layer, 0, 2, unit, x) + bias(layer, 3, unit) + r * q);
        yield (1 - z) * n + z * h[unit];
      }
    };
  }

  private static double sigmoid(double x) {
    return 1 / (1 + Math.exp(-x));
  }

  private static double sum(
      AttachedLayer layer, int parameter, int gate, int unit, double[] values) {
    Parameter weight = layer.parameters.all().get(parameter);
    int gates = (int) (weight.rows() / values.length);
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      long at = weight.offset() + ((long) i * gates + gate) * weight.stride() + unit;
      sum += values[i] * Floats.read(weight.values(), at);
    }
    return sum;
  }

  private static double bias(AttachedLayer layer, int gate, int unit) {
    Parameter bias = layer.parameters.all().get(2);
    return Floats.read(bias.values(), bias.offset() + gate * bias.stride() + unit);
  }

  @ParameterizedTest
  @ValueSource(strings = {"rnn", "lstm", "gru"})
  void paddedStepsNeitherChangeTheStateNorHaveGradients(String cell) {
    Example example = example(cell, 4, false, true, 5, 3).behindPaddedSteps().ofRows(6);
    AttachedLayer layer = example.attached(1);
    layer.randomiseParameters(4);
    layer.forward(6);
    float[] before = Floats.toArray(layer.y.buffer());
    DenseValue x = (DenseValue) layer.input;
    for (int row = 0; row < 6; row++) {
      int steps = (row + 1) % 6;
      for (int i = steps * 3; i < 15; i++) {
        Floats.write(x.buffer(), (long) row * x.stride() + i, 100);
      }
    }
    layer.forward(6);
    assertThat(Floats.toArray(layer.y.buffer())).isEqualTo(before);
    layer.backward(6);
    for (int row = 0; row < 6; row++) {
      for (int i = 0; i < 15; i++) {
        boolean real = i < (row + 1) % 6 * 3;
        float slope = Floats.read(x.gradients(), (long) row * x.stride() + i);
        assertThat(slope != 0).as("row %d value %d", row, i).isEqualTo(real);
      }
    }
  }

  @Test
  void startsTheForgetGateOpen() {
    AttachedLayer layer =
        new Example("lstm", Map.of("units", 2, "forget-bias", 3), List.of(4, 1), 1).attached(1);
    List<Double> first = Stream.of(0, 1, 2, 3).map(gate -> bias(layer, gate, 1)).toList();
    assertThat(first).containsExactly(0.0, 3.0, 0.0, 0.0);
  }

  @Test
  void asksForSequences() {
    assertThatThrownBy(() -> new Example("rnn", Map.of("units", 3), List.of(12), 1).attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("needs sequences")
        .hasMessageContaining("[12]");
  }
}
