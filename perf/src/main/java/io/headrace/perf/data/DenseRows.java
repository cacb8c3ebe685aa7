package io.headrace.perf.data;

import java.util.SplittableRandom;

/**
 * Rows of 50 numbers with four digits behind the point, named x0 to x49, as Vowpal Wabbit's text.
 * The sign of a fixed sum of them and of noise is the label. Immutable.
 */
final class DenseRows implements GeneratedRows {
  private static final int WIDTH = 50;
  private static final int UNITS = 10_000;
  private static final double NOISE = 2;

  private final long seed;
  private final double[] weights;

  DenseRows(long seed) {
    this.seed = seed;
    var random = new SplittableRandom(seed);
    weights = random.doubles(WIDTH, -1, 1).toArray();
  }

  @Override
  public void append(long index, StringBuilder to) {
    var random = new SplittableRandom(seed + 1 + index);
    int start = to.length();
    to.append("-1 |x");
    double sum = NOISE * random.nextGaussian();
    for (int i = 0; i < WIDTH; i++) {
      int value = random.nextInt(-UNITS, UNITS + 1);
      sum += weights[i] * value / UNITS;
      to.append(" x").append(i).append(value < 0 ? ":-" : ":");
      int digits = Math.abs(value);
      to.append(digits / UNITS).append('.');
      to.append(UNITS + digits % UNITS); // five digits, of which the first makes place for zeros
      to.deleteCharAt(to.length() - 5);
    }
    to.append('\n');
    if (sum > 0) {
      to.deleteCharAt(start);
    }
  }
}
