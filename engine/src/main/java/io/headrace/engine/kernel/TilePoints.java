package io.headrace.engine.kernel;

/**
 * The points that F(4, 2) of {@link TileTransform} interpolates at: P, -P, Q, -Q and infinity. With
 * these sums stay small, and all their powers are floats: results are off by 2.5e-7 of their size
 * for 32 channels, where the points 0, 1, -1, 2 give 4.5e-7 and sums of products 1e-7.
 */
final class TilePoints {
  static final float P = 1f / 2;
  static final float P2 = P * P;
  static final float P3 = P * P2;
  static final float Q = 5f / 4;
  static final float Q2 = Q * Q;
  static final float Q3 = Q * Q2;

  /** P^2 + Q^2. */
  static final float SQUARES = P2 + Q2;

  /** P^2 Q^2. */
  static final float PRODUCT = P2 * Q2;

  static final float P_TIMES_Q2 = P * Q2;
  static final float Q_TIMES_P2 = Q * P2;

  /** 1 / (2 P (P^2 - Q^2)), by which filters are divided at P, and at -P with the other sign. */
  static final float P_SCALE = -16f / 21;

  /** P times that. */
  static final float P_TAP = -8f / 21;

  /** 1 / (2 Q (Q^2 - P^2)). */
  static final float Q_SCALE = 32f / 105;

  /** Q times that. */
  static final float Q_TAP = 8f / 21;

  private TilePoints() {}
}
