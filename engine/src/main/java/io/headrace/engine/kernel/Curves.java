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

  /** Beyond this tanh is 1 in floats. */
  static final float TANH_MAX = 9.1f;

  static final float C2 = 1f / 2;
  static final float C3 = 1f / 6;
  static final float C4 = 1f / 24;
  static final float C5 = 1f / 120;
  static final float C6 = 1f / 720;
  static final float C7 = 1f / 5040;

  /** sqrt(2 / pi). */
  static final float GELU_SCALE = (float) 0.7978845608028654;

  static final float GELU_CUBIC = 0.044715f;

  private Curves() {}

  static float exp(float x) {
    float clamped = Math.min(Math.max(x, EXP_MIN), EXP_MAX);
    float shifted = clamped * LOG2_E + ROUND;
    float scale = scale(shifted);
    return scale * series(clamped, shifted - ROUND) + scale;
  }

  static float tanh(float x) {
    float twice = 2 * Math.min(Math.abs(x), TANH_MAX);
    float shifted = twice * LOG2_E + ROUND;
    float scale = scale(shifted);
    float expMinus1 = scale * series(twice, shifted - ROUND) + (scale - 1);
    return Math.copySign(expMinus1 / (expMinus1 + 2), x);
  }

  static float sigmoid(float x) {
    return 1 / (1 + exp(-x));
  }

  static float gelu(float x) {
    return 0.5f * x * (1 + tanh(GELU_SCALE * (x + GELU_CUBIC * x * x * x)));
  }

  static float geluSlope(float x) {
    float t = tanh(GELU_SCALE * (x + GELU_CUBIC * x * x * x));
    float inner = GELU_SCALE * (1 + 3 * GELU_CUBIC * x * x);
    return 0.5f * (1 + t) + 0.5f * x * (1 - t * t) * inner;
  }

  private static float scale(float shifted) {
    int bits = (Float.floatToRawIntBits(shifted) << EXPONENT_SHIFT) + ONE_BITS;
    return Float.intBitsToFloat(bits);
  }

  /** exp(r) - 1 for r = x - n ln 2. */
  private static float series(float x, float n) {
    float r = x - n * LN2_HIGH - n * LN2_LOW;
    float tail = ((((C7 * r + C6) * r + C5) * r + C4) * r + C3) * r + C2;
    return r + r * r * tail;
  }
}
