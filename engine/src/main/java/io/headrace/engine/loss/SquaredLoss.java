package io.headrace.engine.loss;

import io.headrace.engine.sample.LabelSpec;

/** Squared error of one score z and a number y: l = (z - y)^2, output z, slope 2 (z - y). */
record SquaredLoss() implements SingleScoreLoss {
  @Override
  public int units(LabelSpec label) {
    return Losses.oneUnitForANumber("squared", label);
  }

  @Override
  public double loss(double z, double y) {
    return (z - y) * (z - y);
  }

  @Override
  public double slope(double z, double y) {
    return 2 * (z - y);
  }

  @Override
  public double output(double z) {
    return z;
  }

  @Override
  public double awareSlope(double slope, double z, double y, double weight, double pull) {
    return (z - y) * -Math.expm1(-2 * weight * pull) / pull;
  }
}
