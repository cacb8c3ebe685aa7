package io.headrace.engine.loss;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;

/**
 * Cross-entropy of K scores z and a class y: outputs p_k = exp(z_k) / sum of exp(z_j), l = - sum of
 * t_k log p_k, slopes p_k sum of t_j - t_k. The largest score is subtracted first, so that nothing
 * overflows.
 *
 * <p>The targets are t_k = w_k ((1 - e) [k = y] + e / K) with class weights w and the smoothing e
 * (Szegedy et al., "Rethinking the Inception Architecture", 2016, section 7).
 */
final class SoftmaxLoss implements Loss {
  private final float smoothing;
  private final ClassWeights weights;

  SoftmaxLoss(double smoothing, ClassWeights weights) {
    this.smoothing = (float) smoothing;
    this.weights = weights;
  }

  @Override
  public int units(LabelSpec label) {
    if (label instanceof LabelSpec.Classes classes && classes.names().size() >= 2) {
      weights.check(classes);
      return classes.names().size();
    }
    throw new InvalidSettingException(
        "loss",
        "softmax needs a label of two or more classes, but the label is "
            + Losses.describe(label)
            + (label instanceof LabelSpec.Classes ? "." : ". Use squared."));
  }

  @Override
  public double importance(double y, double weight) {
    return weights.of((int) y) * weight;
  }

  @Override
  public void score(
      Scores rows, float[] labels, float[] weights, int base, int from, int to, float scale) {
    predict(rows, from, to);
    for (int row = from; row < to; row++) {
      int label = (int) labels[base + row];
      slopes(rows, row, label, weights[base + row] * scale);
      write(rows.losses(), row, (float) loss(rows, row, label));
    }
  }

  private void slopes(Scores rows, int row, int label, float factor) {
    long at = (long) row * rows.stride();
    long out = (long) row * rows.width();
    float sum = targets(rows.width(), label);
    for (int k = 0; k < rows.width(); k++) {
      float slope = read(rows.outputs(), out + k) * sum - target(k, label, rows.width());
      write(rows.gradients(), at + k, slope * factor);
    }
  }

  private double loss(Scores rows, int row, int label) {
    long at = (long) row * rows.stride();
    float largest = largest(rows, at);
    double sum = 0;
    for (int k = 0; k < rows.width(); k++) {
      sum += Math.exp((double) read(rows.scores(), at + k) - largest);
    }
    double log = Math.log(sum);
    if (smoothing == 0) {
      double score = (double) read(rows.scores(), at + label) - largest;
      return (log - score) * weights.of(label);
    }
    double loss = 0;
    for (int k = 0; k < rows.width(); k++) {
      double score = (double) read(rows.scores(), at + k) - largest;
      loss += (log - score) * target(k, label, rows.width());
    }
    return loss;
  }

  private float target(int k, int label, int classes) {
    return ((k == label ? 1 - smoothing : 0) + smoothing / classes) * weights.of(k);
  }

  private float targets(int classes, int label) {
    if (smoothing == 0) {
      return weights.of(label);
    }
    float sum = 0;
    for (int k = 0; k < classes; k++) {
      sum += target(k, label, classes);
    }
    return sum;
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
