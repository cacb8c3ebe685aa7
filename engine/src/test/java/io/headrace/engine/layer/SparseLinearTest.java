package io.headrace.engine.layer;

import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SparseLinearTest {
  private static final InputSpec.Sparse SPEC = new InputSpec.Sparse(10);
  private static final int BASE = 3;
  private static final int ROWS = 37;

  /** Sums and gradients against the obvious loops over a dense matrix, in double precision. */
  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 17})
  void agreesWithTheDenseDefinition(int units) {
    SampleBlock block = block(9);
    Layer linear = Layers.variants().named("linear").from(Map.of("units", units));
    AttachedLayer layer = AttachedLayer.behindInput(linear, SPEC, block, BASE, ROWS, 5);
    layer.randomiseParameters(7);
    layer.loss();
    layer.backward(8);
    float[] w = Floats.toArray(layer.parameters.values());
    int bias = (int) layer.parameters.all().getLast().offset();
    double[] slopes = new double[w.length];
    SparseColumn pairs = block.sparse(0);
    for (int row = 0; row < ROWS; row++) {
      for (int unit = 0; unit < units; unit++) {
        long at = (long) row * layer.y.stride() + unit;
        double factor = Floats.read(layer.y.gradients(), at);
        double sum = w[bias + unit];
        slopes[bias + unit] += factor;
        for (int i = pairs.start(BASE + row); i < pairs.start(BASE + row + 1); i++) {
          int weight = pairs.ids()[i] * units + unit;
          sum += (double) pairs.values()[i] * w[weight];
          slopes[weight] += factor * pairs.values()[i];
        }
        assertThat((double) Floats.read(layer.y.buffer(), at)).isCloseTo(sum, Offset.offset(1e-4));
      }
    }
    float[] actual = Floats.toArray(layer.parameterGradients());
    for (int i = 0; i < slopes.length; i++) {
      assertThat((double) actual[i]).as("slope %d", i).isCloseTo(slopes[i], Offset.offset(1e-4));
    }
  }

  /** Rows with many, repeated and no ids. */
  private static SampleBlock block(long seed) {
    var inputs = List.of(new SampleSchema.Input("x", SPEC));
    var block = new SampleBlock(new SampleSchema(inputs, new LabelSpec.Numeric()), 64);
    var random = new Random(seed);
    for (int row = 0; row < BASE + ROWS; row++) {
      int count = row % 7 == 0 ? 0 : random.nextInt(90);
      for (int i = 0; i < count; i++) {
        block.sparse(0).add(random.nextInt(row % 2 == 0 ? 5 : 1024), (float) random.nextGaussian());
      }
      block.commitRow(0, 1, 0, row);
    }
    return block;
  }
}
