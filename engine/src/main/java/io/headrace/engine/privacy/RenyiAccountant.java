package io.headrace.engine.privacy;

/**
 * The Renyi differential privacy of one use of the subsampled Gaussian mechanism, and what uses in
 * turn come to (Mironov, "Renyi Differential Privacy", 2017, proposition 1: it adds up). Neighbours
 * are data sets of which one has a sample more. Immutable.
 *
 * <p>At whole orders by the closed form of Mironov, Talwar and Zhang, "Renyi Differential Privacy
 * of the Sampled Gaussian Mechanism", 2019, section 3.3. Between them by a straight line between
 * the logarithms of the moments, which are convex in the order: never too little.
 */
final class RenyiAccountant {
  private static final int MOST_ORDERS = 256;
  private static final double[] LOG_FACTORIALS = logFactorials();

  private final double[] orders;
  private final double[] divergences;

  /**
   * @param rate probability with which a sample takes part in a use
   * @param noise standard deviation in units of what one sample can add; with 0 nothing is promised
   */
  RenyiAccountant(double rate, double noise) {
    this.orders = orders();
    this.divergences = new double[orders.length];
    boolean sampled = rate < 1 && noise > 0;
    double[] logMoments = sampled ? logMoments(rate, noise) : new double[0];
    for (int i = 0; i < orders.length; i++) {
      divergences[i] = sampled ? between(logMoments, orders[i]) : orders[i] / (2 * noise * noise);
    }
  }

  /** Close to each other where a low epsilon is out of reach, then whole, then far apart. */
  private static double[] orders() {
    int close = 140;
    double[] all = new double[close + MOST_ORDERS - 15];
    for (int i = 0; i < close; i++) {
      all[i] = 1.1 + i / 10.0;
    }
    for (int i = close; i < all.length; i++) {
      all[i] = 16 + i - close;
    }
    return all;
  }

  private static double[] logFactorials() {
    double[] logs = new double[MOST_ORDERS + 2];
    for (int n = 2; n < logs.length; n++) {
      logs[n] = logs[n - 1] + StrictMath.log(n);
    }
    return logs;
  }

  /** Of order - 1 times the divergence at each whole order, which is 0 at order 1. */
  private static double[] logMoments(double rate, double noise) {
    double[] logs = new double[MOST_ORDERS + 2];
    for (int order = 2; order < logs.length; order++) {
      logs[order] = logMoment(order, rate, noise);
    }
    return logs;
  }

  /** The logarithm of sum over k of binomial(n, k) (1-q)^(n-k) q^k exp(k (k-1) / (2 sigma^2)). */
  private static double logMoment(int order, double rate, double noise) {
    double[] terms = new double[order + 1];
    double most = Double.NEGATIVE_INFINITY;
    for (int k = 0; k <= order; k++) {
      terms[k] =
          LOG_FACTORIALS[order]
              - LOG_FACTORIALS[k]
              - LOG_FACTORIALS[order - k]
              + (order - k) * StrictMath.log1p(-rate)
              + k * StrictMath.log(rate)
              + k * (k - 1.0) / (2 * noise * noise);
      most = Math.max(most, terms[k]);
    }
    double sum = 0;
    for (double term : terms) {
      sum += StrictMath.exp(term - most);
    }
    return Math.max(0, most + StrictMath.log(sum));
  }

  private static double between(double[] logMoments, double order) {
    int below = (int) order;
    double part = order - below;
    double log = (1 - part) * logMoments[below] + part * logMoments[below + 1];
    return log / (order - 1);
  }

  /** The divergence of one use at an order, the next that is known from {@code order} on. */
  double divergence(double order) {
    for (int i = 0; i < orders.length; i++) {
      if (orders[i] >= order - 1e-9) {
        return divergences[i];
      }
    }
    return Double.POSITIVE_INFINITY;
  }

  /**
   * The least epsilon that holds after {@code uses}, but for a probability of {@code delta}: the
   * best over all orders of Canonne, Kamath and Steinke, "The Discrete Gaussian for Differential
   * Privacy", 2020, proposition 12.
   */
  double epsilon(long uses, double delta) {
    if (uses == 0) {
      return 0;
    }
    double least = Double.POSITIVE_INFINITY;
    double logDelta = StrictMath.log(delta);
    for (int i = 0; i < orders.length; i++) {
      double order = orders[i];
      double epsilon =
          uses * divergences[i]
              + StrictMath.log1p(-1 / order)
              - (logDelta + StrictMath.log(order)) / (order - 1);
      least = Math.min(least, epsilon);
    }
    return Math.max(0, least);
  }
}
