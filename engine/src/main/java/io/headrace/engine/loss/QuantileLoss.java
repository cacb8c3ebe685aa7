package io.headrace.engine.loss;

import io.headrace.engine.sample.LabelSpec;

/**
 * Pinball loss of one score z and a number y: l = tau (y - z) where z &lt; y, (1 - tau) (z - y)
 * elsewhere; output z, which is right when y is below it with probability tau; slope -tau or 1 -
 * tau, 0 at z = y. Koenker and Bassett, "Regression Quantiles", 1978.
 */
record QuantileLoss(double tau) implements SingleScoreLoss {
  @Override
  public int units(LabelSpec label) {
    return Losses.oneUnitForANumber("quantile", label);
  }

  @Override
  public double loss(double z, double y) {
    return z < y ? tau * (y - z) : (1 - tau) * (z - y);
  }

  @Override
  public double slope(double z, double y) {
    if (z == y) {
      return 0;
    }
    return z < y ? -tau : 1 - tau;
  }

  @Override
  public double output(double z) {
    return z;
  }

  /** Straight down, but no further than to y. */
  @Override
  public double awareSlope(double slope, double z, double y, double weight, double pull) {
    double most = Math.abs(z - y) / pull;
    return Math.max(-most, Math.min(most, slope));
  }
}
