package io.headrace.perf.data;

import java.util.SplittableRandom;

/**
 * Clicks on advertisements as Vowpal Wabbit's text: 13 counts on a logarithmic scale, of which a
 * fifth is missing, and 26 categories with vocabularies of 3 to 200,000 whose frequencies follow
 * Zipf's law. About 12 % are clicks. Whether a row is one follows from its features but for chance,
 * and from the row {@code drift} on the weights of half of the features are others. Immutable.
 */
final class CtrRows implements GeneratedRows {
  private static final int COUNTS = 13;
  private static final int CATEGORIES = 26;
  private static final double MISSING = 0.2;
  private static final int SMALLEST_VOCABULARY = 3;
  private static final int LARGEST_VOCABULARY = 200_000;
  private static final double BIAS = -2.23;
  private static final double CATEGORY_WEIGHT = 0.45;
  private static final double COUNT_WEIGHT = 0.12;
  private static final double MEAN_COUNT = 2;
  private static final int HEX_DIGITS = 7;

  private final long seed;
  private final long drift;
  private final double[] logVocabularies = new double[CATEGORIES];

  /**
   * @param drift the first row of which half of the weights are others
   */
  CtrRows(long seed, long drift) {
    this.seed = seed;
    this.drift = drift;
    double ratio = Math.log((double) LARGEST_VOCABULARY / SMALLEST_VOCABULARY);
    for (int i = 0; i < CATEGORIES; i++) {
      logVocabularies[i] = Math.log(SMALLEST_VOCABULARY) + ratio * i / (CATEGORIES - 1);
    }
  }

  @Override
  public void append(long index, StringBuilder to) {
    var random = new SplittableRandom(mixed(seed) + index);
    int start = to.length();
    to.append("-1 |i");
    double logit = BIAS;
    for (int i = 0; i < COUNTS; i++) {
      if (random.nextDouble() >= MISSING) {
        int hundredths = (int) (100 * Math.log1p(Math.expm1(4 * random.nextDouble())));
        to.append(" i").append(i + 1).append(':');
        appendHundredths(hundredths, to);
        logit += COUNT_WEIGHT * weight(i, 0, index) * (hundredths / 100.0 - MEAN_COUNT);
      }
    }
    to.append(" |c");
    for (int i = 0; i < CATEGORIES; i++) {
      int value = (int) Math.exp(random.nextDouble() * logVocabularies[i]);
      to.append(" c").append(i + 1).append('=');
      appendHex(mixed(value + ((long) i << 32)), to);
      logit += CATEGORY_WEIGHT * weight(COUNTS + i, value, index);
    }
    to.append('\n');
    if (random.nextDouble() < 1 / (1 + Math.exp(-logit))) {
      to.deleteCharAt(start); // 1 for -1
    }
  }

  /** What feature {@code feature} of a value counts for in a row: within -1 and 1. */
  private double weight(int feature, int value, long index) {
    boolean drifted = feature % 2 == 0 && index >= drift;
    long hash = mixed(seed ^ mixed(value + ((long) feature << 32) + (drifted ? 1L << 48 : 0)));
    return hash * 0x1p-63;
  }

  private static void appendHundredths(int hundredths, StringBuilder to) {
    to.append(hundredths / 100).append('.');
    to.append((char) ('0' + hundredths / 10 % 10)).append((char) ('0' + hundredths % 10));
  }

  private static void appendHex(long hash, StringBuilder to) {
    for (int i = 0; i < HEX_DIGITS; i++) {
      to.append(Character.forDigit((int) (hash >>> (4 * i)) & 15, 16));
    }
  }

  /** The output function of SplitMix64 (Steele, Lea and Flood, 2014). */
  private static long mixed(long state) {
    long z = state + 0x9e3779b97f4a7c15L;
    z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9L;
    z = (z ^ (z >>> 27)) * 0x94d049bb133111ebL;
    return z ^ z >>> 31;
  }
}
