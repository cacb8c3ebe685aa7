package io.headrace.engine.loss;

import io.headrace.engine.sample.LabelSpec;

/**
 * Hinge loss of one score z and a label of two classes, s = -1 and s = 1: l = max(0, 1 - s z),
 * slope -s where s z &lt; 1, else 0. Cortes and Vapnik, "Support-Vector Networks", 1995.
 *
 * <p>The output is 1 / (1 + exp(-z)): above 1/2 exactly where z is above 0, and in the order of z,
 * so that accuracy and AUC are those of z. It is no estimate of a probability, and its log loss is
 * not what is minimised.
 */
record HingeLoss() implements SingleScoreLoss {
  @Override
  public int units(LabelSpec label) {
    return Losses.oneUnitForTwoClasses("hinge", label);
  }

  @Override
  public double loss(double z, double y) {
    return Math.max(0, 1 - side(y) * z);
  }

  @Override
  public double slope(double z, double y) {
    return side(y) * z < 1 ? -side(y) : 0;
  }

  @Override
  public double output(double z) {
    return LogisticLoss.probability(z);
  }

  /** Straight up, but no further than to the margin. */
  @Override
  public double awareSlope(double slope, double z, double y, double weight, double pull) {
    double most = Math.max(0, 1 - side(y) * z) / pull;
    return Math.max(-most, Math.min(most, slope));
  }

  private static double side(double y) {
    return 2 * y - 1;
  }
}
