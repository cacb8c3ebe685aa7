package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import java.util.List;
import java.util.Map;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FmLayerTest {
  private static final InputSpec.Sparse SPEC = new InputSpec.Sparse(10);
  private static final int BASE = SparseGradients.BASE;
  private static final int ROWS = SparseGradients.ROWS;

  /** Every two pairs of a row, as equation 1 says it, in double precision. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 8", "2, 3", "3, 17"})
  void addsUpEveryTwoPairs(int units, int factors) {
    SampleBlock block = SparseGradients.block(SPEC, 9);
    AttachedLayer layer = attached(units, factors, block);
    layer.randomiseParameters(7);
    layer.forward(ROWS);
    float[] v = Floats.toArray(layer.parameters.values());
    for (int row = 0; row < ROWS; row++) {
      for (int unit = 0; unit < units; unit++) {
        double expected = pairs(block.sparse(0), row, v, unit, units, factors);
        double found = Floats.read(layer.y.buffer(), (long) row * layer.y.stride() + unit);
        assertThat(found).isCloseTo(expected, Offset.offset(2e-4 * (1 + Math.abs(expected))));
      }
    }
  }

  private static double pairs(
      SparseColumn pairs, int row, float[] v, int unit, int units, int factors) {
    double sum = 0;
    int first = pairs.start(BASE + row);
    int end = pairs.start(BASE + row + 1);
    for (int i = first; i < end; i++) {
      for (int j = i + 1; j < end; j++) {
        double product = 0;
        for (int f = 0; f < factors; f++) {
          product +=
              (double) v[(pairs.ids()[i] * units + unit) * factors + f]
                  * v[(pairs.ids()[j] * units + unit) * factors + f];
        }
        sum += product * pairs.values()[i] * pairs.values()[j];
      }
    }
    return sum;
  }

  @ParameterizedTest
  @CsvSource({"1, 1", "1, 8", "2, 3", "3, 5"})
  void gradientsAreThoseOfFiniteDifferences(int units, int factors) {
    SampleBlock block = SparseGradients.block(SPEC, 11);
    SparseGradients.check(attached(units, factors, block), block, units * factors);
  }

  @Test
  void asksForSparseInput() {
    assertThatThrownBy(
            () ->
                AttachedLayer.behindLayer(
                    Layers.variants().named("fm").from(Map.of()), List.of(4), 1, 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("needs a sparse input, but its input is dense [4]");
  }

  private static AttachedLayer attached(int units, int factors, SampleBlock block) {
    Layer fm = Layers.variants().named("fm").from(Map.of("units", units, "factors", factors));
    return SparseGradients.attached(fm, SPEC, block);
  }
}
