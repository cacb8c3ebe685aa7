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
import java.util.Random;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;

class StandardizeLayerTest {
  private static final int ROWS = 12;
  private static final int WIDTH = 6;

  private static AttachedLayer layer(Map<String, ?> settings, float[][] x) {
    var spec = new InputSpec.Dense(List.of(2, 3));
    var schema =
        new SampleSchema(List.of(new SampleSchema.Input("x", spec)), new LabelSpec.Numeric());
    var block = new SampleBlock(schema, ROWS);
    var random = new Random(5);
    for (int row = 0; row < ROWS; row++) {
      for (int i = 0; i < WIDTH; i++) {
        x[row][i] = (float) (500 * (i % 3) + random.nextGaussian() * (1 + i % 3));
        Floats.write(block.dense(0).values(), row * (long) WIDTH + i, x[row][i]);
      }
      block.commitRow(0, 1, 0, row);
    }
    Layer layer = Layers.variants().named("standardize").from(settings);
    return AttachedLayer.behindInput(layer, spec, block, 0, ROWS, 1);
  }

  private static void learn(AttachedLayer layer) {
    layer.forward(ROWS);
    for (Tape.Tiles tiles : layer.tape.tiles()) {
      tiles.work().run(new Pass(), 0, Floats.allocate(0));
    }
  }

  private static float y(AttachedLayer layer, int row, int i) {
    return Floats.read(layer.y.buffer(), (long) row * layer.y.stride() + i);
  }

  @Test
  void standardisesByWhatWasKnownBeforeTheBatch() {
    float[][] x = new float[ROWS][WIDTH];
    AttachedLayer layer = layer(Map.of(), x);
    layer.forward(ROWS);
    assertThat(y(layer, 3, 4)).isEqualTo(x[3][4]);
    layer.forward(ROWS);
    assertThat(y(layer, 3, 4)).isEqualTo(x[3][4]);
  }

  @Test
  void givesWhatItHasSeenMeanZeroAndDeviationOne() {
    float[][] x = new float[ROWS][WIDTH];
    AttachedLayer layer = layer(Map.of(), x);
    learn(layer);
    learn(layer);
    layer.predict(5);
    for (int channel = 0; channel < 3; channel++) {
      double sum = 0;
      double squares = 0;
      for (int row = 0; row < ROWS; row++) {
        for (int i = channel; i < WIDTH; i += 3) {
          sum += y(layer, row, i);
          squares += Math.pow(y(layer, row, i), 2);
        }
      }
      assertThat(sum / (2 * ROWS)).isCloseTo(0, Offset.offset(1e-4));
      assertThat(squares / (2 * ROWS)).isCloseTo(1, Offset.offset(1e-4));
    }
  }

  @Test
  void staysAsItIsOnceItHasSeenEnough() {
    float[][] x = new float[ROWS][WIDTH];
    AttachedLayer layer = layer(Map.of("freeze-after", ROWS), x);
    learn(layer);
    layer.forward(ROWS);
    float before = y(layer, 3, 4);
    DenseValue input = (DenseValue) layer.input;
    Floats.write(input.values(layer.pass()), 1, 1e6f);
    learn(layer);
    layer.forward(ROWS);
    assertThat(y(layer, 3, 4)).isEqualTo(before);
  }

  @Test
  void refusesToStandBehindLayersThatLearn() {
    Layer layer = Layers.variants().named("standardize").from(Map.of());
    assertThatThrownBy(() -> AttachedLayer.behindLayer(layer, List.of(3), 2, 1))
        .isInstanceOf(InvalidSettingException.class)
        .hasMessageContaining("Put it first");
  }
}
