package io.headrace.engine.loss;

import io.headrace.engine.error.InvalidSettingException;
import io.headrace.engine.sample.LabelSpec;

/**
 * Half the Poisson deviance of one score z, the logarithm of the expected count, and a count y: l =
 * exp(z) - y z + (y log y - y), output exp(z), slope exp(z) - y. McCullagh and Nelder, "Generalized
 * Linear Models", 1989, section 6.2. What depends on y alone makes a perfect prediction cost 0; the
 * slope is that of the negative log-likelihood.
 */
record PoissonLoss() implements SingleScoreLoss {
  @Override
  public int units(LabelSpec label) {
    if (label instanceof LabelSpec.Count) {
      return 1;
    }
    throw new InvalidSettingException(
        "loss",
        "poisson needs a count as label, but the label is "
            + Losses.describe(label)
            + (label instanceof LabelSpec.Numeric
                ? ". Set the label's type: count, which rejects numbers below 0, or use squared."
                : ". Use softmax."));
  }

  @Override
  public double loss(double z, double y) {
    return Math.exp(z) - y * z + (y == 0 ? 0 : y * Math.log(y) - y);
  }

  @Override
  public double slope(double z, double y) {
    return Math.exp(z) - y;
  }

  @Override
  public double output(double z) {
    return Math.exp(z);
  }
}
