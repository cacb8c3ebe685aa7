package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PairEmbeddingTest {
  private static final int BASE = SparseGradients.BASE;
  private static final InputSpec.Sparse PLAIN = new InputSpec.Sparse(10);

  @ParameterizedTest
  @CsvSource({
    "fields, 1, 4",
    "fields, 5, 3",
    "fields, 3, 17",
    "sum, 0, 5",
    "mean, 0, 5",
    "mean, 2, 1"
  })
  void addsUpVectorsTimesValues(String pool, int fields, int dimension) {
    var spec = new InputSpec.Sparse(10, fields, 1);
    SampleBlock block = SparseGradients.block(spec, 9);
    SparseColumn pairs = block.sparse(0);
    pairs.values()[pairs.start(BASE + 4)] = 0;
    AttachedLayer layer = SparseGradients.attached(embedding(pool, dimension), spec, block);
    layer.randomiseParameters(7);
    layer.forward(4);
    boolean byField = pool.equals("fields");
    assertThat(layer.y.shape()).containsExactly(byField ? fields * dimension : dimension);
    float[] v = Floats.toArray(layer.parameters.values());
    for (int row = 0; row < SparseGradients.ROWS; row++) {
      var expected = new double[layer.y.width()];
      int real = 0;
      for (int i = pairs.start(BASE + row); i < pairs.start(BASE + row + 1); i++) {
        real += pairs.values()[i] == 0 ? 0 : 1;
        for (int j = 0; j < dimension; j++) {
          int at = byField ? pairs.fields()[i] * dimension + j : j;
          expected[at] += (double) v[pairs.ids()[i] * dimension + j] * pairs.values()[i];
        }
      }
      for (int at = 0; at < expected.length; at++) {
        double mean = expected[at] / (pool.equals("mean") ? Math.max(1, real) : 1);
        double found = Floats.read(layer.y.buffer(), (long) row * layer.y.stride() + at);
        assertThat(found).as("row %d", row).isCloseTo(mean, Offset.offset(1e-5));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"fields, 4, 4", "sum, 0, 6", "mean, 0, 3"})
  void gradientsAreThoseOfFiniteDifferences(String pool, int fields, int dimension) {
    var spec = new InputSpec.Sparse(10, fields, 1);
    SampleBlock block = SparseGradients.block(spec, 11);
    AttachedLayer layer = SparseGradients.attached(embedding(pool, dimension), spec, block);
    SparseGradients.check(layer, block, dimension);
  }

  @Test
  void asksForFieldsOnlyWhereItTellsThemApart() {
    assertThat(embedding("fields", 2).inputsByField(Optional.of("x"))).containsExactly("x");
    Layer usual = Layers.variants().named("embedding").from(Map.of("dimension", 2));
    assertThat(usual.inputsByField(Optional.of("x"))).containsExactly("x");
    assertThat(embedding("sum", 2).inputsByField(Optional.of("x"))).isEmpty();
    assertThat(embedding("mean", 2).inputsByField(Optional.of("x"))).isEmpty();
    SampleBlock block = SparseGradients.block(PLAIN, 1);
    assertThatThrownBy(() -> SparseGradients.attached(usual, PLAIN, block))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("needs the field of each pair");
  }

  @Test
  void poolsNoTokens() {
    SampleBlock block = SparseGradients.block(PLAIN, 1);
    assertThatThrownBy(
            () ->
                AttachedLayer.behindInput(
                    embedding("sum", 2), new InputSpec.Tokens(5, 7), block, 0, 1, 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("Remove pool");
  }

  private static Layer embedding(String pool, int dimension) {
    return Layers.variants().named("embedding").from(Map.of("dimension", dimension, "pool", pool));
  }
}
