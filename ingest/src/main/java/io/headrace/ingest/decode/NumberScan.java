package io.headrace.ingest.decode;

/**
 * Reads a number from the text that it begins, of which the usual kind, up to 15 digits without an
 * exponent, takes one pass. Not thread-safe; it holds where the last one ended.
 */
final class NumberScan {
  private static final int MOST_DIGITS = 15;
  private static final long ONES = 0x0101010101010101L;
  private static final long HIGHS = 0x8080808080808080L;
  private static final long DOTS = 0x2e2e2e2e2e2e2e2eL;
  private static final long ZEROS = 0x3030303030303030L;
  private static final long UPPER_HALVES = 0xf0f0f0f0f0f0f0f0L;
  private static final long SIXES = 0x0606060606060606L;
  private static final long FIRST_OF_FOUR = 0x000000ff000000ffL;

  private int end;

  /**
   * The number of the usual kind that begins at {@code from}, correctly rounded; NaN if there is
   * none. Whether it ends where it should is for the caller to see, by {@link #end}.
   */
  double read(byte[] bytes, int from, int to) {
    int i = from < to && bytes[from] == '-' ? from + 1 : from;
    int digits = -i;
    long mantissa = 0;
    while (i < to && isDigit(bytes[i])) {
      mantissa = 10 * mantissa + bytes[i++] - '0';
    }
    digits += i;
    int decimals = 0;
    if (i < to && bytes[i] == '.') {
      int first = ++i;
      while (i < to && isDigit(bytes[i])) {
        mantissa = 10 * mantissa + bytes[i++] - '0';
      }
      decimals = i - first;
    }
    end = i;
    digits += decimals;
    if (digits == 0 || digits > MOST_DIGITS) {
      return Double.NaN;
    }
    double value = NumberText.shifted(mantissa, -decimals);
    return bytes[from] == '-' ? -value : value;
  }

  /**
   * The number that the first {@code length} bytes of a word are, fewer than eight, the first of
   * them lowest; NaN if they are none. It ends that much behind {@code from}.
   */
  double read(long word, int length, int from) {
    end = from + length;
    int sign = (byte) word == '-' ? 1 : 0;
    int count = length - sign;
    if (count <= 0) {
      return Double.NaN;
    }
    // Its last byte is now the highest; lower ones than its first are zero.
    long text = (word >>> (sign * Byte.SIZE)) << ((Long.BYTES - count) * Byte.SIZE);
    int decimals = 0;
    long others = text ^ DOTS;
    long dots = (others - ONES) & ~others & HIGHS;
    if (dots != 0) {
      int below = Long.numberOfTrailingZeros(dots) & -Byte.SIZE;
      decimals = Long.BYTES - 1 - below / Byte.SIZE;
      long behind = text & (-1L << below << Byte.SIZE);
      text = behind | ((text & ((1L << below) - 1)) << Byte.SIZE);
      count--;
      if (count == 0) {
        return Double.NaN;
      }
    }
    text |= ZEROS >>> (count * Byte.SIZE);
    if (((text & UPPER_HALVES) | (((text + SIXES) & UPPER_HALVES) >>> 4))
        != ZEROS + (ZEROS >>> 4)) {
      return Double.NaN;
    }
    double value = NumberText.shifted(eightDigits(text - ZEROS), -decimals);
    return sign == 1 ? -value : value;
  }

  /** Sums digits by pairs, pairs by pairs, and those, each in one multiplication. */
  private static long eightDigits(long digits) {
    long pairs = digits * 10 + (digits >>> Byte.SIZE);
    long first = (pairs & FIRST_OF_FOUR) * (100 + (1_000_000L << Integer.SIZE));
    long second = ((pairs >>> 16) & FIRST_OF_FOUR) * (1 + (10_000L << Integer.SIZE));
    return (first + second) >>> Integer.SIZE;
  }

  /** Just past the digits last read. */
  int end() {
    return end;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
