package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.InputSpec;
import io.headrace.engine.sample.LabelSpec;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SampleSchema;
import io.headrace.engine.sample.SparseColumn;
import java.util.List;
import java.util.Random;
import org.assertj.core.data.Offset;

/** What has to hold for the gradients of every layer that has a vector for each id. */
final class SparseGradients {
  static final int BASE = 3;
  static final int ROWS = 29;
  private static final int TRIALS = 60;

  private final AttachedLayer layer;
  private final SparseColumn pairs;
  private final int width;

  private SparseGradients(AttachedLayer layer, SampleBlock block, int width) {
    this.layer = layer;
    this.pairs = block.sparse(0);
    this.width = width;
  }

  /** Rows with many, repeated, one and no ids; of fields, where the spec counts them. */
  static SampleBlock block(InputSpec.Sparse spec, long seed) {
    var inputs = List.of(new SampleSchema.Input("x", spec));
    var block = new SampleBlock(new SampleSchema(inputs, new LabelSpec.Numeric()), 64);
    var random = new Random(seed);
    for (int row = 0; row < BASE + ROWS; row++) {
      int count = row % 7 < 2 ? row % 7 : random.nextInt(20);
      for (int i = 0; i < count; i++) {
        int id = random.nextInt(row % 2 == 0 ? 5 : 1024);
        int field = spec.fields() == 0 ? 0 : random.nextInt(spec.fields());
        block.sparse(0).add(id, (float) random.nextGaussian(), field);
      }
      block.commitRow(0, 1, 0, row);
    }
    return block;
  }

  static AttachedLayer attached(Layer layer, InputSpec.Sparse spec, SampleBlock block) {
    return AttachedLayer.behindInput(layer, spec, block, BASE, ROWS, 5);
  }

  /**
   * Checks those of a layer whose only parameter is the table.
   *
   * @param width floats of a vector
   */
  static void check(AttachedLayer layer, SampleBlock block, int width) {
    layer.randomiseParameters(5);
    layer.loss();
    layer.backward(ROWS);
    var gradients = new SparseGradients(layer, block, width);
    float[] slopes = Floats.toArray(layer.parameterGradients());
    gradients.areThoseOfFiniteDifferences(slopes);
    gradients.areOfTheBatchsIdsOnly(slopes);
  }

  private void areThoseOfFiniteDifferences(float[] slopes) {
    var random = new Random(3);
    for (int trial = 0; trial < TRIALS; trial++) {
      int row = random.nextInt(ROWS);
      int first = pairs.start(BASE + row);
      int count = pairs.start(BASE + row + 1) - first;
      int id = count == 0 ? random.nextInt(1024) : pairs.ids()[first + random.nextInt(count)];
      int at = id * width + random.nextInt(width);
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

  private void areOfTheBatchsIdsOnly(float[] slopes) {
    var touched = new boolean[1024];
    for (int i = pairs.start(BASE); i < pairs.start(BASE + ROWS); i++) {
      touched[pairs.ids()[i]] = true;
    }
    int moved = 0;
    for (int i = 0; i < 1024 * width; i++) {
      assertThat(touched[i / width] || slopes[i] == 0).as("slope %d", i).isTrue();
      moved += slopes[i] != 0 ? 1 : 0;
    }
    assertThat(moved).isPositive();
  }
}
