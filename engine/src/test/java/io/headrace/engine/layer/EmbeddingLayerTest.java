package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.TokenColumn;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EmbeddingLayerTest {
  private static final int LENGTH = 7;
  private static final int WORDS = 30;
  private static final InputSpec.Tokens SPEC = new InputSpec.Tokens(LENGTH, WORDS);
  private static final int BASE = 3;
  private static final int ROWS = 21;

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 19})
  void givesEachTokenItsVectorAndPaddingNone(int dimension) {
    SampleBlock block = block();
    AttachedLayer layer = attached(dimension, block);
    layer.forward(4);
    float[] table = Floats.toArray(layer.parameters.values());
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < LENGTH * dimension; i++) {
        int id = id(block.tokens(0), row, i / dimension);
        float expected = id == 0 ? 0 : table[id * dimension + i % dimension];
        assertThat(Floats.read(layer.y.buffer(), (long) row * layer.y.stride() + i))
            .isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 5, 16, 19})
  void sumsTheGradientsOfATokenInRowOrder(int dimension) {
    SampleBlock block = block();
    AttachedLayer layer = attached(dimension, block);
    layer.forward(4);
    layer.backward(4);
    float[] expected = new float[WORDS * dimension];
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < LENGTH * dimension; i++) {
        int id = id(block.tokens(0), row, i / dimension);
        if (id != 0) {
          long at = (long) row * layer.y.stride() + i;
          expected[id * dimension + i % dimension] += Floats.read(layer.y.gradients(), at);
        }
      }
    }
    float[] actual = Floats.toArray(layer.parameterGradients());
    assertThat(java.util.Arrays.copyOf(actual, expected.length)).isEqualTo(expected);
  }

  @Test
  void startsWithPaddingAtZeroAndEveryOtherVectorWithinItsLimit() {
    AttachedLayer layer = attached(16, block());
    float[] table = Floats.toArray(layer.parameters.values());
    for (int i = 0; i < WORDS * 16; i++) {
      assertThat(Math.abs(table[i])).isLessThanOrEqualTo(0.25f);
      assertThat(table[i] != 0).isEqualTo(i >= 16);
    }
  }

  @Test
  void asksForTokens() {
    assertThatThrownBy(
            () ->
                AttachedLayer.behindLayer(
                    Layers.variants().named("embedding").from(Map.of("dimension", 3)),
                    List.of(4),
                    1,
                    1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("needs tokens or a sparse input, but its input is dense [4]");
  }

  private static AttachedLayer attached(int dimension, SampleBlock block) {
    Layer layer = Layers.variants().named("embedding").from(Map.of("dimension", dimension));
    return AttachedLayer.behindInput(layer, SPEC, block, BASE, ROWS, 5);
  }

  /** The token of a step, 0 behind the row's last. */
  private static int id(TokenColumn tokens, int row, int step) {
    int at = (BASE + row) * LENGTH + step;
    return step < tokens.length(BASE + row) ? tokens.ids()[at] : 0;
  }

  /** Rows of all lengths, in memory that held longer ones before. */
  private static SampleBlock block() {
    var inputs = List.of(new SampleSchema.Input("x", SPEC));
    var block = new SampleBlock(new SampleSchema(inputs, new LabelSpec.Numeric()), 64);
    var random = new Random(9);
    java.util.Arrays.fill(block.tokens(0).ids(), 7);
    for (int row = 0; row < BASE + ROWS; row++) {
      for (int i = 0; i < row % (LENGTH + 1); i++) {
        block.tokens(0).add(row, random.nextInt(WORDS));
      }
      block.commitRow(0, 1, 0, row);
    }
    return block;
  }
}
