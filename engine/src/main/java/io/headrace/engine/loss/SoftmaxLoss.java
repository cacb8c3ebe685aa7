package io.headrace.engine.loss;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;

/**
 * Cross-entropy of K scores z and a class y: outputs p_k = exp(z_k) / sum of exp(z_j), l = -log
 * p_y, slopes p_k - [k = y]. The largest score is subtracted first, so that nothing overflows.
 */
final class SoftmaxLoss implements Loss {
  @Override
  public int units(LabelSpec label) {
    if (label instanceof LabelSpec.Classes classes && classes.names().size() >= 2) {
      return classes.names().size();
    }
    throw new InvalidSettingException(
        "loss",
        "softmax needs a label of two or more classes, but the label is "
            + Losses.describe(label)
            + (label instanceof LabelSpec.Numeric ? ". Use squared." : "."));
  }

  @Override
  public void score(
      Scores rows, float[] labels, float[] weights, int base, int from, int to, float scale) {
    predict(rows, from, to);
    int width = rows.width();
    for (int row = from; row < to; row++) {
      long at = (long) row * rows.stride();
      long out = (long) row * width;
      int label = (int) labels[base + row];
      float factor = weights[base + row] * scale;
      for (int k = 0; k < width; k++) {
        float target = k == label ? 1 : 0;
        write(rows.gradients(), at + k, (read(rows.outputs(), out + k) - target) * factor);
      }
    }
    losses(rows, labels, base, from, to);
  }

  private static void losses(Scores rows, float[] labels, int base, int from, int to) {
    for (int row = from; row < to; row++) {
      long at = (long) row * rows.stride();
      float largest = largest(rows, at);
      double sum = 0;
      for (int k = 0; k < rows.width(); k++) {
        sum += Math.exp((double) read(rows.scores(), at + k) - largest);
      }
      double score = (double) read(rows.scores(), at + (int) labels[base + row]) - largest;
      write(rows.losses(), row, (float) (Math.log(sum) - score));
    }
  }

  @Override
  public void predict(Scores rows, int from, int to) {
    int width = rows.width();
    for (int row = from; row < to; row++) {
      long at = (long) row * rows.stride();
      long out = (long) row * width;
      float largest = largest(rows, at);
      double sum = 0;
      for (int k = 0; k < width; k++) {
        double e = Math.exp((double) read(rows.scores(), at + k) - largest);
        sum += e;
        write(rows.outputs(), out + k, (float) e);
      }
      for (int k = 0; k < width; k++) {
        write(rows.outputs(), out + k, (float) (read(rows.outputs(), out + k) / sum));
      }
    }
  }

  private static float largest(Scores rows, long at) {
    float largest = read(rows.scores(), at);
    for (int k = 1; k < rows.width(); k++) {
      largest = Math.max(largest, read(rows.scores(), at + k));
    }
    return largest;
  }
}
