package io.headrace.engine.loss;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;

/** Squared error of one score z and a number y: l = (z - y)^2, output z, slope 2 (z - y). */
final class SquaredLoss implements Loss {
  @Override
  public int units(LabelSpec label) {
    if (label instanceof LabelSpec.Numeric) {
      return 1;
    }
    throw new InvalidSettingException(
        "loss",
        "squared needs a number as label, but the label is "
            + Losses.describe(label)
            + ". Use softmax.");
  }

  @Override
  public void score(
      Scores rows, float[] labels, float[] weights, int base, int from, int to, float scale) {
    for (int row = from; row < to; row++) {
      long at = (long) row * rows.stride();
      float z = read(rows.scores(), at);
      double error = (double) z - labels[base + row];
      write(rows.losses(), row, (float) (error * error));
      write(rows.outputs(), row, z);
      write(rows.gradients(), at, (float) (2 * error) * (weights[base + row] * scale));
    }
  }

  @Override
  public void predict(Scores rows, int from, int to) {
    for (int row = from; row < to; row++) {
      write(rows.outputs(), row, read(rows.scores(), (long) row * rows.stride()));
    }
  }
}
