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
import java.util.Optional;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FfmLayerTest {
  /** Every two pairs of a row, as equation 4 says it, in double precision. */
  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 3, 4", "2, 5, 3", "3, 2, 17"})
  void addsUpEveryTwoPairsByTheirFields(int units, int fields, int factors) {
    var spec = new InputSpec.Sparse(10, fields, 1);
    SampleBlock block = SparseGradients.block(spec, 9);
    AttachedLayer layer = SparseGradients.attached(ffm(units, factors), spec, block);
    layer.randomiseParameters(7);
    layer.forward(4);
    float[] v = Floats.toArray(layer.parameters.values());
    for (int row = 0; row < SparseGradients.ROWS; row++) {
      for (int unit = 0; unit < units; unit++) {
        double expected = 0;
        SparseColumn pairs = block.sparse(0);
        int first = pairs.start(SparseGradients.BASE + row);
        int end = pairs.start(SparseGradients.BASE + row + 1);
        for (int i = first; i < end; i++) {
          for (int j = i + 1; j < end; j++) {
            int a = ((pairs.ids()[i] * units + unit) * fields + pairs.fields()[j]) * factors;
            int b = ((pairs.ids()[j] * units + unit) * fields + pairs.fields()[i]) * factors;
            double product = 0;
            for (int k = 0; k < factors; k++) {
              product += (double) v[a + k] * v[b + k];
            }
            expected += product * pairs.values()[i] * pairs.values()[j];
          }
        }
        double found = Floats.read(layer.y.buffer(), (long) row * layer.y.stride() + unit);
        assertThat(found).isCloseTo(expected, Offset.offset(2e-4 * (1 + Math.abs(expected))));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({"1, 1, 1", "1, 4, 4", "2, 3, 3", "3, 7, 2"})
  void gradientsAreThoseOfFiniteDifferences(int units, int fields, int factors) {
    var spec = new InputSpec.Sparse(10, fields, 1);
    SampleBlock block = SparseGradients.block(spec, 11);
    AttachedLayer layer = SparseGradients.attached(ffm(units, factors), spec, block);
    SparseGradients.check(layer, block, units * fields * factors);
  }

  @Test
  void isAFactorizationMachineWhereThereIsOneField() {
    var spec = new InputSpec.Sparse(10, 1, 1);
    SampleBlock block = SparseGradients.block(spec, 17);
    AttachedLayer ffm = SparseGradients.attached(ffm(1, 6), spec, block);
    Layer fm = Layers.variants().named("fm").from(Map.of("units", 1, "factors", 6));
    AttachedLayer plain = SparseGradients.attached(fm, spec, block);
    ffm.randomiseParameters(3);
    plain.randomiseParameters(3);
    ffm.forward(29);
    plain.forward(29);
    assertThat(Floats.toArray(ffm.y.buffer()))
        .usingComparatorWithPrecision(1e-3f)
        .containsExactly(Floats.toArray(plain.y.buffer()));
  }

  @Test
  void theOnlyPairOfAFieldHasNoSlopeForItsOwn() {
    var spec = new InputSpec.Sparse(10, 2, 1);
    SampleBlock block = SparseGradients.block(spec, 11);
    block.start(block.partition(), 0);
    for (int row = 0; row < SparseGradients.BASE + SparseGradients.ROWS; row++) {
      block.sparse(0).add(2 * row, 0.1f + row / 7f, 0);
      block.sparse(0).add(2 * row + 1, 0.3f - row / 9f, 1);
      block.commitRow(0, 1, 0, row);
    }
    AttachedLayer layer = SparseGradients.attached(ffm(1, 3), spec, block);
    layer.randomiseParameters(5);
    layer.loss();
    layer.backward(SparseGradients.ROWS);
    float[] slopes = Floats.toArray(layer.parameterGradients());
    for (int id = 2 * SparseGradients.BASE; id < 2 * SparseGradients.ROWS; id++) {
      for (int k = 0; k < 3; k++) {
        assertThat(slopes[id * 6 + id % 2 * 3 + k]).isZero();
        assertThat(slopes[id * 6 + (1 - id % 2) * 3 + k]).isNotZero();
      }
    }
  }

  @Test
  void asksForPairsWithFields() {
    var spec = new InputSpec.Sparse(10);
    SampleBlock block = SparseGradients.block(spec, 1);
    assertThatThrownBy(() -> SparseGradients.attached(ffm(1, 4), spec, block))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("needs the field of each pair");
    assertThatThrownBy(() -> AttachedLayer.behindLayer(ffm(1, 4), List.of(4), 1, 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("needs a sparse input, but its input is dense [4]");
  }

  @Test
  void saysWhichInputsFieldsItNeeds() {
    var chain =
        new LayerChain(
            List.of(
                Layers.variants().spec("towers", Map.of("inputs", towers())),
                Layers.variants().spec("dense", Map.of())));
    assertThat(chain.inputsByField(Optional.empty())).containsExactlyInAnyOrder("ads", "users");
    var alone = new LayerChain(List.of(Layers.variants().spec("ffm", Map.of())));
    assertThat(alone.inputsByField(Optional.of("only"))).containsExactly("only");
    var linear = new LayerChain(List.of(Layers.variants().spec("linear", Map.of())));
    assertThat(linear.inputsByField(Optional.of("only"))).isEmpty();
  }

  private static Map<String, Object> towers() {
    return Map.of(
        "ads",
        List.of(Map.of("ffm", Map.of("units", 2))),
        "second",
        List.of(Map.of("ffm", Map.of("input", "users"))),
        "words",
        List.of(Map.of("linear", Map.of("units", 2))));
  }

  private static Layer ffm(int units, int factors) {
    return Layers.variants().named("ffm").from(Map.of("units", units, "factors", factors));
  }
}
