package io.headrace.engine.layer;

import io.headrace.engine.memory.Floats;
import io.headrace.engine.sample.SampleBlock;
import io.headrace.engine.sample.SparseColumn;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The weights of a linear model over a sparse input, the optimizer's slots behind those of each id:
 * a pair of a row costs one line of the cache.
 *
 * @param input column of the sparse input
 * @param y takes the scores as row 0
 */
record SparseWeights(
    Updates updates, int input, DenseValue y, Parameter weight, @Nullable Parameter bias) {
  int out() {
    return y.width();
  }

  /** The same weights, with scores that go elsewhere. */
  SparseWeights withScores(DenseValue scores) {
    return new SparseWeights(updates, input, scores, weight, bias);
  }

  MemorySegment floats() {
    return weight.values();
  }

  SparseColumn pairs(SampleBlock rows) {
    return rows.sparse(input);
  }

  void score(SparseColumn pairs, int row) {
    for (int j = 0; j < out(); j++) {
      float first = bias == null ? 0 : Floats.read(floats(), bias.offset() + j);
      Floats.write(y.buffer(), j, sum(pairs, row, weight.offset() + j, first));
    }
  }

  private float sum(SparseColumn pairs, int row, long offset, float first) {
    MemorySegment floats = floats();
    int[] ids = pairs.ids();
    float[] values = pairs.values();
    long stride = weight.stride();
    int end = pairs.start(row + 1);
    float sum = first;
    for (int i = pairs.start(row); i < end; i++) {
      sum += values[i] * Floats.read(floats, offset + ids[i] * stride);
    }
    return sum;
  }

  /** The slope of a weight is that of its score times the value; of the bias, that of the score. */
  double squaredGradient(SparseColumn pairs, int row) {
    float[] values = pairs.values();
    int end = pairs.start(row + 1);
    double squaredValues = bias == null ? 0 : 1;
    for (int i = pairs.start(row); i < end; i++) {
      squaredValues += (double) values[i] * values[i];
    }
    double squaredSlopes = 0;
    for (int j = 0; j < out(); j++) {
      double slope = Floats.read(y.gradients(), j);
      squaredSlopes += slope * slope;
    }
    return squaredSlopes * squaredValues;
  }

  /** To be called before the weights of a row or their slots change. */
  void beforeChange(SparseColumn pairs, int row) {
    if (!updates.isCopied()) {
      return;
    }
    for (int i = pairs.start(row); i < pairs.start(row + 1); i++) {
      updates.beforeChange(weight.offset() + pairs.ids()[i] * weight.stride(), out());
    }
    if (bias != null) {
      updates.beforeChange(bias.offset(), out());
    }
  }
}
