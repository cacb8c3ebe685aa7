package io.headrace.engine.loss;

import static io.headrace.engine.memory.Floats.read;
import static io.headrace.engine.memory.Floats.write;

import io.headrace.engine.sample.LabelSpec;

/**
 * Binary cross-entropy of one score z and a label y of 0 or 1: l = log(1 + exp(z)) - y z, output p
 * = 1 / (1 + exp(-z)), slope p - y; l and slope of a row of class 1 times its weight.
 */
final class LogisticLoss implements Loss {
  /** Beyond it a slope hardly changes. */
  private static final double FLAT_MARGIN = 30;

  private static final double TINY_GROWTH = 1e-6;
  private static final int NEWTON_STEPS = 20;
  private static final double NEWTON_PRECISION = 1e-7;

  private final double positiveWeight;

  LogisticLoss(double positiveWeight) {
    this.positiveWeight = positiveWeight;
  }

  @Override
  public int units(LabelSpec label) {
    return Losses.oneUnitForTwoClasses("logistic", label);
  }

  /** One exponential serves loss, output and slope. */
  @Override
  public void score(
      Scores rows, float[] labels, float[] weights, int base, int from, int to, float scale) {
    for (int row = from; row < to; row++) {
      long at = (long) row * rows.stride();
      double z = read(rows.scores(), at);
      double y = labels[base + row];
      double importance = importance(y, 1);
      double e = Math.exp(-Math.abs(z));
      double p = (z >= 0 ? 1 : e) / (1 + e);
      double loss = Math.max(z, 0) + Math.log(1 + e) - y * z;
      write(rows.losses(), row, (float) (importance * loss));
      write(rows.outputs(), row, (float) p);
      float slope = (float) (importance * (p - y));
      write(rows.gradients(), at, slope * (weights[base + row] * scale));
    }
  }

  @Override
  public void predict(Scores rows, int from, int to) {
    for (int row = from; row < to; row++) {
      double z = read(rows.scores(), (long) row * rows.stride());
      write(rows.outputs(), row, (float) probability(z));
    }
  }

  @Override
  public double importance(double y, double weight) {
    return y == 1 ? positiveWeight * weight : weight;
  }

  /**
   * With the margin m = z where y is 1, else -z, the score has moved as far as it should when m +
   * exp(m) has grown by weight x pull; Newton's steps find that m, from above, where they converge.
   */
  @Override
  public double awareSlope(double slope, double z, double y, double weight, double pull) {
    double side = y == 1 ? 1 : -1;
    double margin = side * z;
    double growth = importance(y, weight) * pull;
    if (margin > FLAT_MARGIN || growth < TINY_GROWTH) {
      return slope;
    }
    double goal = growth + margin + Math.exp(margin);
    double m = goal > 2 ? Math.log(goal) : margin + growth / (1 + Math.exp(margin));
    for (int i = 0; i < NEWTON_STEPS; i++) {
      double e = Math.exp(m);
      double excess = (m + e - goal) / (1 + e);
      m -= excess;
      if (Math.abs(excess) < NEWTON_PRECISION) {
        break;
      }
    }
    return -side * (m - margin) / pull;
  }

  /** 1 / (1 + exp(-z)), without overflow. */
  static double probability(double z) {
    double e = Math.exp(-Math.abs(z));
    return (z >= 0 ? 1 : e) / (1 + e);
  }
}
