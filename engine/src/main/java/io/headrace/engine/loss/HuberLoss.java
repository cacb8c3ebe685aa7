package io.headrace.engine.loss;

import io.headrace.engine.sample.LabelSpec;

/**
 * Huber's loss of one score z and a number y, with e = z - y: l = e^2 / 2 where |e| &lt;= delta,
 * delta (|e| - delta / 2) beyond; output z, slope e kept within -delta and delta. Huber, "Robust
 * Estimation of a Location Parameter", 1964.
 */
record HuberLoss(double delta) implements SingleScoreLoss {
  @Override
  public int units(LabelSpec label) {
    return Losses.oneUnitForANumber("huber", label);
  }

  @Override
  public double loss(double z, double y) {
    double error = Math.abs(z - y);
    return error <= delta ? error * error / 2 : delta * (error - delta / 2);
  }

  @Override
  public double slope(double z, double y) {
    return Math.max(-delta, Math.min(delta, z - y));
  }

  @Override
  public double output(double z) {
    return z;
  }
}
