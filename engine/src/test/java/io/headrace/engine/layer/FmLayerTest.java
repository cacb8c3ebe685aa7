package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SparseColumn;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FmLayerTest {
  private static final InputSpec.Sparse SPEC = new InputSpec.Sparse(10);
  private static final int BASE = 3;
  private static final int ROWS = 29;

  /** Every two pairs of a row, as equation 1 says it, in double precision. */
  @ParameterizedTest
  @CsvSource({"1, 1", "1, 8", "2, 3", "3, 17"})
  void addsUpEveryTwoPairs(int units, int factors) {
    SampleBlock block = block(9);
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
    SampleBlock block = block(11);
    AttachedLayer layer = attached(units, factors, block);
    layer.randomiseParameters(5);
    layer.loss();
    layer.backward(ROWS);
    float[] slopes = Floats.toArray(layer.parameterGradients());
    var random = new Random(3);
    for (int trial = 0; trial < 60; trial++) {
      int row = random.nextInt(ROWS);
      SparseColumn pairs = block.sparse(0);
      int first = pairs.start(BASE + row);
      int count = pairs.start(BASE + row + 1) - first;
      int id = count == 0 ? random.nextInt(1024) : pairs.ids()[first + random.nextInt(count)];
      int at = (id * units + random.nextInt(units)) * factors + random.nextInt(factors);
      float value = Floats.read(layer.parameters.values(), at);
      float step = 1 / 64f;
      Floats.write(layer.parameters.values(), at, value + step);
      double above = layer.loss();
      Floats.write(layer.parameters.values(), at, value - step);
      double below = layer.loss();
      Floats.write(layer.parameters.values(), at, value);
      double slope = (above - below) / (2 * step);
      assertThat((double) slopes[at])
          .as("slope %d", at)
          .isCloseTo(slope, Offset.offset(5e-3 * (1 + Math.abs(slope))));
    }
  }

  @Test
  void onlyVectorsOfTheBatchsIdsHaveGradients() {
    SampleBlock block = block(13);
    AttachedLayer layer = attached(1, 4, block);
    layer.randomiseParameters(5);
    layer.loss();
    layer.backward(ROWS);
    float[] slopes = Floats.toArray(layer.parameterGradients());
    var touched = new boolean[1024];
    SparseColumn pairs = block.sparse(0);
    for (int i = pairs.start(BASE); i < pairs.start(BASE + ROWS); i++) {
      touched[pairs.ids()[i]] = true;
    }
    for (int id = 0; id < 1024; id++) {
      for (int f = 0; f < 4; f++) {
        assertThat(touched[id] || slopes[id * 4 + f] == 0).as("id %d", id).isTrue();
      }
    }
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
    return AttachedLayer.behindInput(fm, SPEC, block, BASE, ROWS, 5);
  }

  /** Rows with many, repeated, one and no ids. */
  private static SampleBlock block(long seed) {
    var inputs = List.of(new SampleSchema.Input("x", SPEC));
    var block = new SampleBlock(new SampleSchema(inputs, new LabelSpec.Numeric()), 64);
    var random = new Random(seed);
    for (int row = 0; row < BASE + ROWS; row++) {
      int count = row % 7 < 2 ? row % 7 : random.nextInt(20);
      for (int i = 0; i < count; i++) {
        int id = random.nextInt(row % 2 == 0 ? 5 : 1024);
        block.sparse(0).add(id, (float) random.nextGaussian());
      }
      block.commitRow(0, 1, 0, row);
    }
    return block;
  }
}
