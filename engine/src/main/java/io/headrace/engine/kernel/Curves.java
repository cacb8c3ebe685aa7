package io.headrace.engine.kernel;

/**
 * Constants of the exponential function as both kernels compute it: exp(x) = 2^n exp(r) with n the
 * whole number nearest x / ln 2, and exp(r) - 1 by its Taylor series up to r^7, which for |r| &lt;=
 * ln(2) / 2 is exact to about 1.5e-8. Exact operations only, so every compiler gives the same bits.
 */
final class Curves {
  static final float LOG2_E = (float) 1.4426950408889634;

  /** ln 2 in two parts, the first with few digits, so that x - n ln 2 loses none. */
  static final float LN2_HIGH = 355f / 512;

  static final float LN2_LOW = (float) (0.6931471805599453 - 355.0 / 512);

  /** Adding this rounds to a whole number and leaves that number in the lowest bits. */
  static final float ROUND = 12582912f;

  static final int ONE_BITS = 0x3F800000;
  static final int EXPONENT_SHIFT = 23;

  /** Beyond these exp is 0 or infinite in floats. */
  static final float EXP_MIN = -87f;

  static final float EXP_MAX = 88f;

  /** Beyond plus and minus this tanh is 1 and -1 in floats. */
  static final float TANH_MAX = 9.1f;

  static final float C2 = 1f / 2;
  static final float C3 = 1f / 6;
  static final float C4 = 1f / 24;
  static final float C5 = 1f / 120;
  static final float C6 = 1f / 720;
  static final float C7 = 1f / 5040;

  /** 2 sqrt(2 / pi): gelu(x) = x sigmoid(x (GELU_1 + GELU_3 x^2)). */
  static final float GELU_1 = (float) 1.5957691216057308;

  static final float GELU_3 = (float) (0.044715 * 1.5957691216057308);

  private Curves() {}

  static float exp(float x) {
    float clamped = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
    float shifted = Math.fma(clamped, LOG2_E, ROUND);
    float scale = scale(shifted);
    return Math.fma(scale, series(clamped, shifted - ROUND), scale);
  }

  static float tanh(float x) {
    float twice = 2 * Math.min(Math.max(x, -TANH_MAX), TANH_MAX);
    float shifted = Math.fma(twice, LOG2_E, ROUND);
    float scale = scale(shifted);
    float expMinus1 = Math.fma(scale, series(twice, shifted - ROUND), scale - 1);
    return expMinus1 / (expMinus1 + 2);
  }

  static float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  /** gelu(x) / x. */
  static float gate(float x) {
    return sigmoid(x * (GELU_3 * (x * x) + GELU_1));
  }

  static float geluSlope(float x, float gate) {
    float cubic = GELU_3 * (x * x);
    return gate + x * (gate * (1 - gate)) * (cubic + cubic + cubic + GELU_1);
  }

  private static float scale(float shifted) {
    int bits = (Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT) + ONE_BITS;
    return Float.intBitsToFloat(bits);
  }

  /** exp(r) - 1 for r = x - n ln 2. */
  private static float series(float x, float n) {
    float r = Math.fma(n, -LN2_LOW, Math.fma(n, -LN2_HIGH, x));
    float tail = Math.fma(r, C7, C6);
    tail = Math.fma(tail, r, C5);
    tail = Math.fma(tail, r, C4);
    tail = Math.fma(tail, r, C3);
    tail = Math.fma(tail, r, C2);
    return Math.fma(r * r, tail, r);
  }
}
