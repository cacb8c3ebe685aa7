package io.headrace.engine.loss;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;

/**
 * Binary cross-entropy of one score z and a label y of 0 or 1: l = log(1 + exp(z)) - y z, output p
 * = 1 / (1 + exp(-z)), slope p - y.
 */
final class LogisticLoss implements Loss {
  @Override
  public int units(LabelSpec label) {
    if (label instanceof LabelSpec.Classes classes && classes.names().size() == 2) {
      return 1;
    }
    throw new InvalidSettingException(
        "loss",
        "logistic needs a label of two classes, but the label is "
            + Losses.describe(label)
            + ". Use "
            + (label instanceof LabelSpec.Numeric ? "squared." : "softmax."));
  }

  @Override
  public void score(
      Scores rows, float[] labels, float[] weights, int base, int from, int to, float scale) {
    for (int row = from; row < to; row++) {
      long at = (long) row * rows.stride();
      double z = read(rows.scores(), at);
      double y = labels[base + row];
      double e = Math.exp(-Math.abs(z));
      double p = (z >= 0 ? 1 : e) / (1 + e);
      write(rows.losses(), row, (float) (Math.max(z, 0) + Math.log(1 + e) - y * z));
      write(rows.outputs(), row, (float) p);
      write(rows.gradients(), at, (float) (p - y) * (weights[base + row] * scale));
    }
  }

  @Override
  public void predict(Scores rows, int from, int to) {
    for (int row = from; row < to; row++) {
      double z = read(rows.scores(), (long) row * rows.stride());
      double e = Math.exp(-Math.abs(z));
      write(rows.outputs(), row, (float) ((z >= 0 ? 1 : e) / (1 + e)));
    }
  }
}
