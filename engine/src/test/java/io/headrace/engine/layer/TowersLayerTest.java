package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TowersLayerTest extends LayerContract {
  private static final Map<String, ?> DENSE = Map.of("dense", Map.of("units", 7));
  private static final Map<String, ?> CONV =
      Map.of("conv2d", Map.of("filters", 3, "padding", 1, "stride", 2));

  private static Example towers(
      Map<String, ?> towers, List<Integer> x, Map<String, List<Integer>> others) {
    return new Example("towers", Map.of("inputs", towers), x).beside(others);
  }

  @Override
  Stream<Example> examples() {
    Map<String, ?> inner = Map.of("towers", Map.of("inputs", Map.of("z", List.of(DENSE))));
    Map<String, ?> residual = Map.of("residual", Map.of("layers", List.of("tanh")));
    return Stream.of(
        towers(
            Map.of("x", List.of(DENSE, "tanh"), "a", List.of(CONV, "flatten")),
            List.of(5),
            Map.of("a", List.of(4, 6, 2))),
        towers(
            Map.of("x", List.of(CONV), "a", List.of(residual), "b", List.of("relu")),
            List.of(6, 5, 2),
            Map.of("a", List.of(3, 3, 5), "b", List.of(3, 3, 1))),
        towers(
            Map.of("x", List.of("batch-norm"), "one", List.of(inner, "tanh")),
            List.of(1),
            Map.of("z", List.of(3))),
        towers(
            Map.of("mean", List.of(Map.of("dense", Map.of("input", "x", "units", 1)))),
            List.of(17),
            Map.of("z", List.of(3))));
  }

  @Test
  void laysTowersSideBySideInTheOrderOfTheirNames() {
    Example example =
        towers(
            Map.of("x", List.of("flatten"), "a", List.of("flatten")),
            List.of(2),
            Map.of("a", List.of(3)));
    AttachedLayer layer = example.ofRows(2).attached(1);
    layer.forward(2);
    DenseValue a = layer.sources().getFirst();
    DenseValue x = layer.sources().getLast();
    assertThat(layer.y.shape()).containsExactly(5);
    for (int row = 0; row < 2; row++) {
      for (int i = 0; i < 5; i++) {
        DenseValue from = i < 3 ? a : x;
        assertThat(Floats.read(layer.y.buffer(), (long) row * layer.y.stride() + i))
            .isEqualTo(Floats.read(from.buffer(), (long) row * from.stride() + i % 3));
      }
    }
  }

  @Test
  void namesParametersByTheirPlace() {
    Example example =
        towers(
            Map.of("x", List.of("relu", DENSE), "a", List.of(CONV, "flatten")),
            List.of(5),
            Map.of("a", List.of(4, 6, 2)));
    assertThat(example.ofRows(2).attached(1).parameters.all().stream().map(Parameter::name))
        .containsExactly(
            "0.tested.inputs.a.0.conv2d.weight",
            "0.tested.inputs.a.0.conv2d.bias",
            "0.tested.inputs.x.1.dense.weight",
            "0.tested.inputs.x.1.dense.bias");
  }

  @Test
  void namesBothShapesWhereTheyCannotLieSideBySide() {
    Example example =
        towers(
            Map.of("x", List.of(DENSE), "a", List.of(CONV)),
            List.of(5),
            Map.of("a", List.of(4, 6, 2)));
    assertThatThrownBy(() -> example.ofRows(2).attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("tested (layer 0)")
        .hasMessageContaining("a gives the shape [2, 3, 3] and x the shape [7]");
  }

  @Test
  void namesTheNestedLayerThatDoesNotFit() {
    Example example =
        towers(
            Map.of("x", List.of("relu"), "a", List.of("relu", DENSE)),
            List.of(5),
            Map.of("a", List.of(4, 6, 2)));
    assertThatThrownBy(() -> example.ofRows(2).attached(1))
        .isInstanceOfSatisfying(
            InvalidSettingException.class,
            e -> assertThat(e.key()).isEqualTo("model[0].tested.inputs.a[1].dense"))
        .hasMessageContaining("dense (layer 1)")
        .hasMessageContaining("[4, 6, 2]");
  }

  @Test
  void namesAnInputThatIsNotThere() {
    Example example =
        towers(Map.of("y", List.of("relu")), List.of(5), Map.of("a", List.of(4, 6, 2)));
    assertThatThrownBy(() -> example.ofRows(2).attached(1))
        .isInstanceOfSatisfying(
            InvalidSettingException.class,
            e -> assertThat(e.key()).isEqualTo("model[0].tested.inputs.y[0].input"))
        .hasMessageContaining("y is not an input of the job. The inputs are [a, x].");
  }

  @Test
  void standsFirst() {
    var example = new Example("towers", Map.of("inputs", Map.of("x", List.of("relu"))), List.of(5));
    assertThatThrownBy(() -> example.ofRows(2).attached(1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("stands behind dense [5]. Put it first");
  }

  @Test
  void readsOnlyNamesWithListsOfLayers() {
    for (Object wrong :
        List.of(Map.of(), "x", Map.of("x", "relu"), Map.of("x.y", List.of("relu")))) {
      assertThatThrownBy(() -> Layers.variants().named("towers").from(Map.of("inputs", wrong)))
          .isInstanceOf(InvalidSettingException.class);
    }
  }

  @Test
  void keepsSequencesWithOtherStepsApart() {
    var one = new SampleSchema.Input("one", new InputSpec.Tokens(4, 5));
    var two = new SampleSchema.Input("two", new InputSpec.Tokens(4, 5));
    var schema = new SampleSchema(List.of(one, two), new LabelSpec.Numeric());
    Map<String, ?> embedding = Map.of("embedding", Map.of("dimension", 3));
    Map<String, ?> again = Map.of("embedding", Map.of("dimension", 2, "input", "one"));
    AttachedLayer same = over(schema, Map.of("one", List.of(embedding), "z", List.of(again)));
    assertThat(same.y.shape()).containsExactly(4, 5);
    assertThat(same.y.steps(same.pass(), 0)).isEqualTo(2);
    assertThatThrownBy(
            () -> over(schema, Map.of("one", List.of(embedding), "two", List.of(embedding))))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("one gives sequences [4, 3] and two sequences [4, 3]");
  }

  private static AttachedLayer over(SampleSchema schema, Map<String, ?> towers) {
    var block = new SampleBlock(schema, 1);
    block.tokens(0).add(0, 1);
    block.tokens(0).add(0, 2);
    block.commitRow(0, 1, 0, 0);
    Layer layer = Layers.variants().named("towers").from(Map.of("inputs", towers));
    return AttachedLayer.behindInputs(layer, Value.inputs(schema), block, 1);
  }
}
