package io.headrace.ingest.decode;

/**
 * Reads a number from the text that it begins, of which the usual kind, up to 15 digits without an
 * exponent, takes one pass. Not thread-safe; it holds where the last one ended.
 */
final class NumberScan {
  private static final int MOST_DIGITS = 15;

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

  /** Just past the digits last read. */
  int end() {
    return end;
  }

  private static boolean isDigit(byte b) {
    return b >= '0' && b <= '9';
  }
}
